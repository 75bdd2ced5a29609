"""Recognises who asks when their own order, parcel or refund comes, or for something to be done with it.

It is their own by possession ("my order") or by a purchase that is told as past ("what I bought last
week"). What holds for anybody, and what has gone wrong, is for others. Works on folded text; pure.
"""

import re

FIRST_PERSON = "[我俺咱]"
SPAN = r"(?:\d+|[一二两三四五六七八九十半几好多]+)个?多?(?:天|周|星期|礼拜|月|小时|钟头|晚上)"
SPAN_EN = (
    r"(?:\d+|an?|one|two|three|four|five|six|several|few|couple(?: of)?)"
    r" ?(?:hours?|hrs?|days?|weeks?|wks?|months?)"
)


def near(first: str, second: str, *, characters: int) -> re.Pattern[str]:
    """Matches where both are said, in either order, so far apart at most: long texts speak of many things."""
    gap = f".{{0,{characters}}}?"
    return re.compile(f"(?:{first}){gap}(?:{second})|(?:{second}){gap}(?:{first})")


def is_found(patterns: tuple[re.Pattern[str], ...], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


# Chinese ----------------------------------------------------------------------------------------------------
_LATELY = (
    rf"(?:昨[天晚日儿]|大?前[天晚]|前一天|上(?:个|一)?(?:周|星期|礼拜|月)|[上前]几[天周]|{SPAN}[之以]?前)"
)
_ORDER = (
    rf"(?:{FIRST_PERSON}们?家?(?:{_LATELY})?(?:的那?|那|这个?(?=[单件订]))[个双件单条台]?"
    r"(?:订单|单子?(?![反双人品手独张只日词元节买件价位])|快递|包裹|物流|[退换]货|退款|货|件|东西|[定订]金|尾款|预约)"
    rf"|{FIRST_PERSON}(?:订单|单子|快递|包裹|物流))"
)
_BUY = (
    r"(?:购?买|[拍订定][下购]?|下单?|付款?|抢到?|退|寄(?:回去?|过去)?"
    r"|交(?=.{0,2}[钱费款金])|申请(?=.{0,2}[退换保售]))"
)
_BOUGHT_THING = rf"{_BUY}[款钱单货]?的(?!是|那[款种]|同款|款式|时候|话)"
_BOUGHT = rf"{_BUY}.{{0,2}}?[了完好过](?!之?以?后)"
_NOT_YET = r"[想要该今会如没不能应]|准备|打算|现在|马上|明天|后天|可以"
_I_HAVE = rf"{FIRST_PERSON}们?(?:(?!{_NOT_YET}).){{0,8}}?"
_LATELY_BOUGHT_THING = rf"{_LATELY}.{{0,6}}?(?:{_BOUGHT_THING}|{_BUY}错)"
_WHEN = r"(?:(?:什么|啥)时[候间]|几时|何时|几点|多[久长]|多会儿|哪天|几[天号]|几个?(?:月|小时|星期|礼拜))"
# Words that begin like an arrival or a dispatch and are none: what runs out, is back in stock, is an invoice.
_COMES = (
    r"(?:到(?!期|底|位|店买|时候|的|[几多])|发(?![票烧现育霉黄]|朋友)|寄|送(?![的礼])|退(?![休役出])|揽|派(?!对)"
    r"|走(?!路)|出库|[收拿]到|回来|返(?!场)|入?账|补[发寄给]|审|批(?!发)|处理|办好|来(?![源自]))"
)
_COMES_WHEN = (
    rf"(?:{_WHEN}.{{0,5}}?{_COMES}|(?:还[要得]|大概|预计|估计).{{0,3}}?{_WHEN}"
    rf"|{_COMES}[货款]?没有?[啊呀呢]?\??$)"
)
_PROGRESS = r"(?<![没无])问题|进[度展]|怎么?样了|哪一?步"
_ACT = (
    r"(?:退(?!休)|换(?!季)|取消|撤|改|补[发寄差开]|加急|合并|合单|一起[发寄]|升级|转[寄成给]"
    r"|开[个张]?(?:发)?票|催|查|先发)"
)
_ACT_ON = (
    rf"(?:(?:能(?!量)|可以|可否|可不可|来得及|想|我要).{{0,8}}?{_ACT}|[帮给替].{{0,4}}?{_ACT}"
    rf"|{_ACT}[掉了]?(?:吧|行[不吗]|成不|可以))"
)

# English ----------------------------------------------------------------------------------------------------
_ORDER_EN = (
    r"(?:(?<!put )(?<!place )\bmy (?:\w+ ){0,2}?(?:orders?|preorder|purchase|packages?|pkg|parcels?"
    r"|shipments?|delivery|refunds?|returns?|replacement|reservation|booking|stuff)\b"
    r"(?! (?:address|date|time|fee|number|total|history|page|form|label|window|policy|confirmation"
    r"|shipping)\b)"
    r"|\b(?:the|an) orders? (?:that )?i (?:just )?(?:placed|made|paid)\b)"
)
_BUY_EN = (
    r"(?:ordered|bought|purchased|paid|preordered|booked|returned"
    r"|placed (?:an|my|the|\d+) (?:\w+ )?orders?|(?:sent|shipped|mailed) (?:it|them|mine|\w+ \w+) back)"
)
_I_BOUGHT_EN = (
    rf"(?:\b(?:i|we)(?:ve)?(?: (?:have|just|already|only|literally|finally))* {_BUY_EN}\b"
    rf"|^(?:just |already )?{_BUY_EN}\b)"
)
_LATELY_EN = rf"\b(?:{SPAN_EN} ago|yesterday|this morning|last (?:night|week|month|\w+day)|on \w+day)\b"
_WHEN_EN = (
    r"\b(?:whens?|how (?:long|much longer|many (?:more )?(?:hours|days|weeks))|what (?:day|time|date)|eta)\b"
)
_COMES_EN = (
    r"\b(?:ship(?:s|ped)?|arriv\w+|deliver\w*|dispatch\w*|sent|send(?:ing)?|coming"
    r"|come(?! (?:in|out|back|with|down))|on (?:its|the) way|out for delivery|get here|show up"
    r"|go(?:ne|ing)? out|leave|land|be here|(?:get|receive) (?:it|them|mine|my \w+)"
    r"|refunded|paid back|process\w*|approved)\b"
)
_TOPIC_EN = r"\b(?:status|tracking|updates?|help|problem|issues?|questions?|trouble|complaint)\b"
_ACT_EN = (
    r"\b(?:cancel|change|modify|edit|amend|update|fix|correct|switch|swap|combine|merge|split|upgrade"
    r"|expedite|rush|resend|reship|redirect|reroute|exchange|refund|replace"
    r"|return(?! (?:window|policy|label|address|period))|(?:add|remove) (?:\w+ ){1,4}?(?:to|from)"
    r"|(?:refund|money|replacement|invoice|receipt|adjustment) (?:\w+ )?(?:for|on|of|from))\b"
)
_CAN_I_RETURN_EN = (
    r"\bcan (?:i|we|you|u)\b.{0,12}?\b(?:cancel|change|return|exchange|refund|swap"
    r"|get (?:a |my )?(?:refund|money))\b"
)

# What decides -----------------------------------------------------------------------------------------------
_IN_GENERAL = (
    re.compile(
        r"如果|要是|万一|假如|假设|若是|的话|一般|通常|怎么(?:改|查|看|退|换|领|取消|用|算|补|申请)"
        r"|[在去从]哪.{0,2}[查看点领弄找]"
    ),
    re.compile(
        r"\b(?:if|what happens|in case|how (?:do|can|to)|where (?:can|do|should) (?:i|we|you)|do i have to"
        r"|once (?:i|we)(?:ve)?|normally|usually)\b"
    ),
)
# Without one of these nothing below is said: most lines cost one look.
_MENTIONED = re.compile(rf"[我俺咱昨前上帮替]|\b(?:my|i|we|ive|weve)\b|^(?:just |already )?{_BUY_EN}\b")
_OWN = (
    near(_ORDER, f"{_COMES_WHEN}|{_ACT_ON}|{_PROGRESS}", characters=8),
    near(f"{_I_HAVE}{_BOUGHT_THING}", _ACT_ON, characters=6),
    near(f"{_I_HAVE}(?:{_BOUGHT_THING}|{_BOUGHT})|{_LATELY}.{{0,6}}?{_BOUGHT}", _COMES_WHEN, characters=8),
    near(_LATELY_BOUGHT_THING, f"{_COMES_WHEN}|{_ACT_ON}", characters=8),
    # 我的衣服什么时候发, whatever it is; but a size or colour is awaited by everybody.
    near(
        rf"{FIRST_PERSON}的(?!.{{0,2}}[码号色款])",
        rf"{_WHEN}.{{0,3}}?(?:[发寄]货?|到(?!期|货|底)|退|开(?![播始抢团卖售课学奖业]))",
        characters=4,
    ),
    re.compile(rf"[帮替](?:我|一?下|忙)?.{{0,3}}?(?:取消|撤|退|改).{{0,6}}?(?:订单|{_LATELY})"),
    re.compile(
        rf"{_WHEN_EN}.{{0,25}}?{_ORDER_EN}|{_ORDER_EN}.{{0,10}}?{_WHEN_EN}|\bwhere {_ORDER_EN}"
        rf"|{_TOPIC_EN} (?:\w+ ){{0,2}}?{_ORDER_EN}"
        rf"|\b(?:has|have|did|is|was|will)\b.{{0,12}}?{_ORDER_EN} (?:\w+ ){{0,3}}?{_COMES_EN}"
        rf"|\b(?:are|did|have|will) (?:\w+ ){{1,4}}?{_COMES_EN} {_ORDER_EN}"
    ),
    re.compile(rf"{_ACT_EN}.{{0,20}}?{_ORDER_EN}"),
    near(
        _I_BOUGHT_EN,
        rf"{_WHEN_EN}.{{0,20}}?{_COMES_EN}|\bwhere(?:s| is| are) (?:it|they|mine|that)\b"
        rf"|\b(?:has|have|did) (?:it|they|that|you|u|yall)\b.{{0,12}}?{_COMES_EN}",
        characters=40,
    ),
    near(rf"{_I_BOUGHT_EN}.{{0,30}}?{_LATELY_EN}", _CAN_I_RETURN_EN, characters=20),
)


def asks_about_own_order(folded: str) -> bool:
    return bool(_MENTIONED.search(folded)) and is_found(_OWN, folded) and not is_found(_IN_GENERAL, folded)
