"""Recognises what concerns the writer's own order, parcel, refund or account: for customer service.

A text is personal when it speaks of something of the writer's own (owned, bought, paid, handed in) and says
near by that it is late, wrong, or to be looked up; when it comes, and what to do with it, `own_order` hears.
What would be so for anybody (before buying, "if it breaks", how a thing is done) is for the entries. Works on
folded text, in Chinese and in English; pure.
"""

import re

from assistant.pipeline.own_order import (
    FIRST_PERSON,
    SPAN,
    SPAN_EN,
    asks_about_own_order,
    is_found,
    near,
)

_LONGEST = 200

# Chinese ----------------------------------------------------------------------------------------------------
_BEFORE = (
    rf"(?:昨[天晚日儿]|前[天晚]|前一天|大前天|刚才|刚刚|上(?:个|一)?(?:周|星期|礼拜|月)|[上前]几[天周]|早上|{SPAN}[之以]?前"
    r"|\d+号(?!链接|色|线)|双十?[一二]|618)"
)
_DEED = (
    r"(?:购?买|拍|下[的了过]?单|[预约]?[订定约]|付(?:款|钱)?|交|报[的了]?名|申请|提(?:交)?|退(?:款|货|回)?|换(?:货)?"
    r"|寄|填|上?传|充值?|补|领|签收?|选|改|投诉?|抢|联系|催|登记|反馈)"
)
_DONE = rf"(?:{_DEED}(?:[的了过完好]|.{{0,4}}?了)|{_DEED}.{{0,4}}?{SPAN}了?)"
_GOODS = (
    r"(?:订单|单子|单号|单(?![反双人品手独张只日词元节买件价位])|快递|包裹|物流|退款|退货|换货|退换|售后|发票"
    r"|[账帐][号户]|密码|[定订押]金|尾款|余额|积分|差价|保价|价保|[优惠]*券|红包|返现|补贴|会员|权益|额度|资格"
    r"|证书|作业|工单|预约|报名|申请|贷款|赠品|礼品|奖品?|名额|地址|备注|客服|专员|顾问|师傅|手机号|实名)"
)
_STAFF = "(?:客服|专员|顾问|师傅)"
_MINE = (
    rf"(?:{FIRST_PERSON}(?:们)?(?:家)?(?:的|那|这(?!个?人|边|种|么)|号(?!链接)|件|.{{0,4}}?{_GOODS})"
    rf"|{FIRST_PERSON}.{{0,6}}?{_DEED}.{{0,3}}?的)"
)
_LATE = (
    r"(?:还(?:是)?(?:没|不(?!错)|在(?!吗)|未|显示|处于)|(?:到现在|一直|始终|都|也|怎么|咋|迟迟).{0,3}?[没不未]"
    r"|没(?:有)?(?:动静|反应|消息|下文|更新|动|收到|到账|到|发|寄|退|给|减|弹|来|人|回|通过|审|批|处理|进展|显示|记录|物流|货)"
    r"|未(?:收到|到账|发货|到)|不(?:动|更新|回|理|发|处理|见了)|卡(?:在|住)|迟迟|晚了|超时)"
)
_WRONG = (
    r"(?:[发寄送装写打填配拿开弄印][错漏少反混]|[发寄送装写打配变]成|[少缺漏]了?(?:发|寄|一|两|[个件条双只])"
    r"|只(?:到|收到|发|寄|给)了?|不见了|丢了|没了|坏[了的]|破[了的]|碎|裂[了开]|被盗"
    r"|[被给].{0,3}?(?:拒|驳回|冻结|封|取消|关闭|退回)|驳回|冻结"
    r"|(?:重复|多)扣|扣.{0,3}?(?:两|2|三|3|多)(?:次|遍|回|笔|份)|(?:两|2)次扣|[查找](?:不到|不着|没)|对不上|失败"
    r"|异常|出错|交易关闭|自己关|过期了|失效了|用不了|登不[上了]|进不去|上不去|错了|不对|搞错|反了|说我)"
)
_ASKED = (
    r"(?:到哪|在哪(?:儿|里)?了|排到|哪[儿里]?去了|[钱人货]呢|怎么回事|咋回事|什么情况|啥情况"
    r"|(?:发货?|寄|退|审|批|开|处理|办|通过|到账?|生效|成功|出来?).{0,4}?了(?:吗|嘛|么|没|不)|.了没(?:有)?$"
    r"|(?:走|出库|在路上|揽收|进来).{0,2}?(?:没|木有|了不|了吗))"
)
_TROUBLE = f"{_LATE}|{_WRONG}|{_ASKED}"
_LOOK_UP = r"(?:查|看|催|核实|确认|找|跟进|备注|改|取消|处理|加急|登记|补发)"
_ONE = "[个双件单条台]"

# English ----------------------------------------------------------------------------------------------------
_BEFORE_EN = (
    rf"(?:{SPAN_EN} (?:ago|back|now|later)"
    rf"|(?:its been|for|in|over|been) (?:over |like |about |almost )?{SPAN_EN}"
    r"|yesterday|last (?:night|week|month|year|time|\w+day)|since \w+|on (?:day \d+|\w+day)|earlier|already"
    r"|this morning)"
)
_BOUGHT_EN = (
    r"(?:ordered|bought|purchased|paid|placed|preordered|subscribed|signed up|enrolled|booked|submitted"
    r"|applied|emailed|called|messaged|contacted|sent|returned|shipped back|mailed|cancell?ed|filed|opened"
    r"|requested|picked|chose|(?:was|got) (?:promised|charged|billed|sent|a))"
)
_THINGS_EN = (
    r"(?:orders?|packages?|parcels?|shipments?|delivery|tracking|refunds?|returns?|exchange|account|login|password"
    r"|tickets?|claims?|case|invoice|receipt|payments?|cards?|carts?|subscription|trial|membership|reservation"
    r"|address|deposit|balance|points|credits?|gift cards?|codes?|coupons?|discount|application|emails?"
    r"|replacement|warranty|stuff|box|porch|bill|bank|statement|inbox|mailbox)"
)
_MINE_EN = rf"(?:\bm[yi] (?:\w+ ){{0,3}}?{_THINGS_EN}\b)"
_DID_EN = (
    rf"(?:\b(?:i|we)(?:ve)?(?: (?:have|just|already|only|literally|ve))* ?{_BOUGHT_EN}\b"
    rf"|\bi (?:got|received)\b|^{_BOUGHT_EN}\b)"
)
_LATE_EN = (
    r"(?:\b(?:still|never|nothing|crickets|stuck|late|pending|empty|yet|waiting|nobody|supposed to)\b"
    r"|\bha(?:s|ve)(?:nt| not)\b|\bno (?:reply|response|answer|tracking|refund|email|update|word|one|news"
    r"|confirmation)\b|\bnot (?:here|arrived?|received|shipped|moved|updated|showing)\b"
    r"|\btaking (?:so|too|this|for)\b|\bdidnt (?:get|receive|come|arrive|go|work|ship)\b"
    r"|\bisnt (?:moving|here|updating|showing)\b"
    r"|\bsays? (?:its )?(?:delivered|label|pending|shipped|declined|invalid|cancell?ed)|\bwhere(?:s| is)\b"
    r"|\bwhats (?:going on|up) with\b)"
)
_WRONG_EN = (
    r"(?:\b(?:wrong|missing|charged|billed|twice|declined|denied|rejected|locked|lost|broken?|damaged|cracked"
    r"|defective|shattered|cancell?ed|expired|failed|banned|hacked|instead of|ignor(?:ed|ing))\b"
    r"|\blogg(?:ed|ing) me out\b|\bcant (?:log|sign|find|get)\b)"
)
_ASKED_EN = (
    r"(?:\bdid (?:my|you)\b|\bgo thr(?:u|ough)\b|\bstatus\b|\bany (?:idea|update|news)\b|\bwhat happened\b)"
)
_TO_ME_EN = (
    r"\b\w+ (?:\w+ ){0,2}?(?:sent|shipped|charged|billed|gave|refunded|denied|declined|rejected|overcharged"
    r"|cancell?ed|called|shorted|owes?|locked|banned|logging) (?:my|me|us)\b"
)
_TROUBLE_EN = f"{_LATE_EN}|{_WRONG_EN}"
_OWN_EN = f"(?:{_DID_EN}|{_MINE_EN}|{_TO_ME_EN})"

# What decides -----------------------------------------------------------------------------------------------
_CERTAIN = (
    re.compile(r"(?:尾号|后四位|(?:订单号?|单号|手机号?).{0,4}?)\s*[a-z]?\d{3,}"),
    re.compile(
        rf"(?:帮|麻烦|给|替|能|请).{{0,5}}?{_LOOK_UP}.{{0,4}}?"
        rf"(?:{FIRST_PERSON}.{{0,6}}?(?:{_GOODS}|{_DEED}|(?:的|那){_ONE}?$|那{_ONE})|[那这]一?单)"
    ),
    re.compile(rf"(?:帮|给|把|麻烦){FIRST_PERSON}?的?[那这]一?[单件笔].{{0,4}}?{_LOOK_UP}"),
    re.compile(r"(?:帮|麻烦|给).{0,3}?催"),
    re.compile(r"\b(?:order|ticket|case|claim|tracking) (?:number |no |id )?#?\d{4,}\b"),
)
# Nobody's by its words, but told as what has happened, which only who ordered can know.
_HAPPENED = (
    re.compile(
        r"(?:物流|快递|包裹|(?<![软硬条邮零配])件|订单|单子|状态).{0,8}?(?:一直.{0,3}?[没不卡停]|[卡停]在|不[更走]|不动|没[更走]|没变|没动)"
    ),
    re.compile(r"(?:显示|说是?|写着?).{0,4}?(?:签收|送达|妥投|发货|投柜).{0,8}?(?:[没不](?!是)|啥也)"),
    re.compile(rf"都{SPAN}了?.{{0,3}}?(?:还|货呢|钱呢|没)"),
    re.compile(r"(?:说好|买|拍|付).{0,6}?(?:只收到|只到|到手就?|只来)[一二两三俩仨\d]|收到的不是我|来了个"),
    re.compile(r"^.{0,5}?(?:发错|漏发|(?<!多)少[发件]|寄错|丢件|扣重|扣了?两[次遍回份])了?(?:一[件个样])?$"),
    near(r"赠品|礼品|送的.{0,3}", "没(?:收到|给|发|看?见)|漏", characters=3),
    re.compile(
        r"\b(?:tracking|package|parcel|order|pkg|shipment|it)\b.{0,25}?\b(?:stuck|frozen"
        r"|hasnt (?:moved|updated)|never came|in transit forever)\b|\bno scans\b|\blabel created\b"
    ),
    re.compile(
        rf"\bstill (?:no (?:\w+ )?{_THINGS_EN}\b|(?:not|hasnt been|isnt) (?:refunded|shipped"
        r"|delivered|arrived|here)|waiting (?:on|for)|processing|unfulfilled|says)"
    ),
    re.compile(
        r"\b(?:says|marked|shows)(?: as)? (?:delivered|dropped).{0,40}?\b(?:nothing|not|isnt|never|no)\b"
        r"|\b(?:got|received|came|arrived).{0,20}?\bwrong\b"
        r"|\bwrong (?:one|item|size|colou?r|thing)(?: was)? (?:sent|came|arrived)|\bordered .{1,25}?\bgot\b"
    ),
    re.compile(
        r"\bdouble (?:charged|billed)|\b(?:billed|charged) (?:me |us )?(?:double|twice|2x)"
        r"|\btwo (?:charges|payments) (?:on|for|of)\b|\bonly (?:\w+ ){1,4}?(?:came|showed up|arrived)\b"
    ),
    re.compile(
        rf"\bi (?:didnt|havent|never) (?:get|got|gotten|receive|received) (?:\w+ ){{0,3}}?{_THINGS_EN}\b"
    ),
    re.compile(
        rf"\b{SPAN_EN}\b.{{0,30}}?\b(?:nothing (?:sent|came|yet)|no (?:money|reply|refund|box)|silence)\b"
    ),
)
_WHAT_THEN = re.compile(
    r"怎么办|咋办|咋整|肿么办|怎么处理|[赔补换退]不|[赔补换退]吗|不会|谁"
    r"|\b(?:who|what can|resend|do they|will)\b"
)
_FOR_ANYBODY = (
    re.compile(
        r"如果|要是|万一|假如|假设|若是|的话|会不会|一般|通常|之后能|以后能|前能|(?<!说)可以.{0,8}[吗么嘛不]"
        r"|(?<![不功])能(?:不能)?.{0,8}[吗么嘛不没]|支持|现在[买拍下订定]|今天[买拍下订定付](?!的)|想[买拍下订定]"
        r"|怎么(?:改|查|看|退|换|领|取消|用|算|补|申请)|[在去从]哪.{0,2}[查看点领弄找]|多久|有效期|有没有那种"
        r"|你[们]?家"
    ),
    re.compile(
        r"\b(?:if|once (?:i|we)(?:ve)?|what happens|would|should|in case|do (?:you|u|yall)|does"
        r"|(?:can|could|may|will) i|are|is (?:it|there)|how (?:do|can|long|much|many)"
        r"|when (?:will|do|does|would|can|is|are)|will (?:it|my))\b"
    ),
)
_OWN_MATTER = (
    near(_MINE, _TROUBLE, characters=10),
    near(rf"{_BEFORE}.{{0,6}}?{_DEED}", _TROUBLE, characters=10),
    near(
        rf"(?:{_DEED}|{_GOODS}).{{0,8}}?{SPAN}了?|{SPAN}了.{{0,4}}?(?:{_DEED}|{_GOODS})",
        f"{_LATE}|{_ASKED}",
        characters=8,
    ),
    near(_DONE, rf"{_GOODS}.{{0,6}}?(?:{_TROUBLE})", characters=8),
    near(
        rf"[给扣把退欠]了?{FIRST_PERSON}|{FIRST_PERSON}被|收到的|{FIRST_PERSON}.{{0,4}}?(?:{_GOODS}|明明)",
        f"{_WRONG}|{_ASKED}",
        characters=6,
    ),
    near(rf"{_DONE}|{FIRST_PERSON}", rf"{_STAFF}.{{0,4}}?[没不]|没人(?:联系|[加理管回审批])", characters=12),
    re.compile(
        rf"扣了?{FIRST_PERSON}.{{0,2}}?(?:[两2二三3多几]|钱)|{FIRST_PERSON}.{{0,4}}?密码.{{0,4}}?[错不]"
    ),
    re.compile(r"[选拍买要订定]的.{0,10}?(?:[发寄送变]?成(?!份|分)|[发寄送]来)."),
    near(
        r"付[完了过]?[款钱]?|钱.{0,2}?扣|扣.{0,2}?[钱款]",
        r"[没不]有?(?:弹|跳|显示|反应|出|到账)|还?显示.{0,3}?[待未]",
        characters=8,
    ),
    re.compile(
        r"\b(?:look up|check(?: on)?|track|find|pull up|update|change|fix|cancel|expedite|see) (?:\w+ )?"
        r"(?:my (?:\w+ )?(?:order|account|refund|status|package|case|ticket|claim)"
        r"|(?:order|ticket|case|claim) (?:number )?#?\d{3,})"
    ),
    re.compile(
        r"\b(?:declined|denied|rejected|charged|billed|locked|banned|logging|logged) (?:me|us)\b"
        r"|\b(?:sent|gave|shipped) (?:me|us) .{1,30}\b(?:ordered|asked|wanted|chose|paid)\b"
    ),
    near(_MINE_EN, f"{_TROUBLE_EN}|{_ASKED_EN}", characters=40),
    near(_DID_EN, _TROUBLE_EN, characters=50),
    near(
        _BEFORE_EN,
        rf"{_OWN_EN}.{{0,60}}?(?:{_TROUBLE_EN})|(?:{_TROUBLE_EN}).{{0,60}}?{_OWN_EN}",
        characters=30,
    ),
    near(_TO_ME_EN, f"{_TROUBLE_EN}|{_BEFORE_EN}", characters=40),
)


def is_personal(folded: str) -> bool:
    """Whether the text, of which the first 200 characters are read, is about the writer's own matter."""
    read = folded[:_LONGEST]
    if is_found(_CERTAIN, read) or asks_about_own_order(read):
        return True
    if is_found(_FOR_ANYBODY, read):
        return False
    return is_found(_OWN_MATTER, read) or (not _WHAT_THEN.search(read) and is_found(_HAPPENED, read))
