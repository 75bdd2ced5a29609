"""Recognises lines that try to give the assistant orders, or to run as code somewhere. Pure.

Nothing here obeys any text; such lines are ignored so that they bother neither the room nor the host. A line
is read as it would be understood: one width and script, without what is invisible, letters spelled apart
joined, digits in words as the letters they stand for.
"""

import re
import unicodedata
from typing import Final

from knowledge.text import fold

_LONGEST = 500


def _any(*patterns: str) -> re.Pattern[str]:
    """One expression; words end where the ASCII letters do, for Chinese may follow without a space."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.ASCII)


_STRICT = r"(?:指令|指示|提示词?|设定|规则|命令|限制|约束|prompts?|对话|内容)"
_PRIVATE_CHINESE = (
    r"(?:提示词|prompts?|指令|设定|密钥|密码|口令|api ?key|token|配置文件|源代?码|数据库|记忆|知识库)"
)
_OURS = r"(?:你(?!们)(?:被给|收到|得到|看到|后台|内部|系统|初始|原始|全部|所有|的)|系统|后台|内部|初始)"
_SAY = r"(?:输出|打印|复述|重复|泄露|公布|展示|显示|列出|导出|念|贴|打在|发|给我|告诉我|说)"
_TELL = r"(?:告诉|通知|回复|宣布|转告|劝)"
_EVERYONE = r"(?:所有人|大家|每个?人|每条|观众|全场|别人|直播间)"
_ROLE = r"(?:管理员|店主|店长|老板|开发者|工程师|平台|官方|客服主管|超管|主人|root|admin)"

# Of folded Chinese: signs and spaces are gone from between the characters. These are orders however put.
_CHINESE: Final = _any(
    rf"(?:忽略|无视|忘记|忘掉|忘了|不要理会|不用管|抛开|抛弃|跳出|覆盖|绕过|解除|取消).{{0,4}}"
    rf"(?:之前|此前|前面|以上|上面|上述|先前|所有|一切|全部|系统|你(?!们)的?|原来).{{0,6}}{_STRICT}",
    r"系统提示词|系统prompt|提示词(?:是什么|发|给|输出|打印)",
    rf"把?{_OURS}的?.{{0,6}}{_PRIVATE_CHINESE}.{{0,6}}{_SAY}",
    rf"{_SAY}.{{0,4}}{_OURS}的?.{{0,6}}{_PRIVATE_CHINESE}",
    rf"把.{{0,6}}(?:密钥|密码|api ?key|token|提示词|prompt).{{0,3}}{_SAY}",
    rf"你(?!们)收到的.{{0,6}}(?:话|规则|内容|消息|指令).{{0,6}}{_SAY}|{_SAY}.{{0,3}}你(?!们)收到的",
    r"(?:用|以)json.{0,3}(?:格式)?(?:输出|返回)",
)
# These may stand in an honest question, and are no order there.
_CHINESE_UNLESS_ASKED: Final = _any(
    r"(?:现在你|你(?!们)(?:现在|从现在|接下来|以后))(?:开始)?(?:就?是|变成|变为)"
    r"(?:一个|一只|一名|一位|个|只|没有|不受|dan|.{0,4}(?:模式|角色|机器人|模型|助手|管理员|销售|老板))",
    r"(?:从现在(?:起|开始)|从今以后|接下来|今后)(?:你(?!们)|把|不管|无论|别人|有人|谁|只|关闭|所有|都"
    r"|回答|停止)",
    r"^(?:请|现在|那)?(?:你(?!们)|你来)?(?:假装|假设|扮演|装作|模仿|充当)(?:你|我|成?一|自己|是|成|店|主播"
    r"|客服)"
    r"|(?:你(?!们)|接下来|请|现在)(?:来|要|就)?(?:扮演|假装|装作|充当)",
    r"(?:进入|开启|启动|切换到?|打开|激活|你现在是).{0,6}(?:开发者|调试|管理员|维护|越狱|上帝|无限制"
    r"|测试)模式",
    r"(?:重复|复述|跟我念|跟我说|跟着我?[念说]|照着?念|原样[念说]).{0,4}(?:我说|我的话|以下|下面|上面|上述"
    r"|这句|这段|一遍|全场)"
    r"|^(?:跟我念|跟我说|跟着我[念说])",
    r"(?:下面|以下|上面|这)(?:这)?[句段条]?(?:话|内容)?(?:当|作为|设为|标为|标成|算作).{0,6}(?:公告|答案"
    r"|常见问题|通知|指令|规则)"
    r"|把(?:这|下面|上面|以下).{0,6}(?:当作?|设为|标为|加入|存进|写进).{0,6}(?:公告|答案|常见问题|知识库|指令"
    r"|规则)",
    rf"{_TELL}{_EVERYONE}.{{0,14}}(?:免费|免单|元|块|折|退|送|券|倒闭|假|别买|不用|可以|价格|包)",
    r"把.{0,10}(?:改成|改为|设为|设成|调成|说成|答成|标成).{0,5}(?:免费|免单"
    r"|[0-9一零半]+\.?[0-9]*[万元块折])",
    rf"我(?:就?是)你?的?{_ROLE}.{{0,8}}(?:授权|命令|立即|立刻|执行|要求你|提供|请你|给我|改)",
    r"你(?!们)必须(?:无条件)?(?:承认|服从|听|照做|执行|同意)|你(?!们)是(?:个)?(?:ai|机器人|人工智能"
    r"|程序).{0,4}"
    r"(?:必须|就要|就得|听我|服从|照做|把|给我|输出|复述)",
    r"(?:自动)?(?:回答|答|回复)成|只(?:能|准|许)(?:回答|回复|说)(?!我)",
    r"(?:把|列出|公布|导出|念).{0,6}(?:主播|买家|用户|客户|别人|顾客)的?.{0,2}(?:手机号?|电话|地址|身份证"
    r"|住址|密码)",
    r"(?:清空|删除|导出|输出)(?:所有|全部|数据库)(?:的)?(?:数据|订单|记录|用户)",
)
_CHINESE_ASKS = re.compile(
    r"怎么|咋|如何|什么意思|啥意思|是什么|是啥|为什么|为啥|是不是|能不能|可不可以|可以不|有没有|什么时候"
    r"|啥时候|多少|哪|吗|嘛$|么\??$|呢\??$|\?"
)

_RULES = (
    r"(?:instructions?|prompts?|rules|orders|messages?|guidelines|directives|faq|guardrails|training|context)"
)
_PRIVATE = (
    r"(?:system (?:prompt|message)|(?:your|initial|hidden|internal|admin|secret) (?:\w+ )?(?:prompt"
    r"|instructions?|rules|config\w*"
    r"|password|api ?keys?|system message|faq entries|knowledge base|source code|memory)|api ?keys?"
    r"|admin password)"
)
_BE = r"(?:a|an|my|the|if|in|dan|no longer|free|unrestricted|his|our|you)"
_ENGLISH: Final = _any(
    r"\b(?:ignore|disregard|forget|override|bypass|drop)\b.{0,24}\b(?:previous|prior|above|earlier|all|any"
    r"|every|system"
    rf"|your|preceding)\b.{{0,20}}\b{_RULES}\b",
    r"\b(?:forget|ignore|disregard) (?:everything|all|anything)(?: that)?(?: is| was| i| you)?(?: said| told"
    r"| were| know)*"
    r"(?: above| before| previously| so far| about| told)\b",
    rf"\b(?:reveal|print|show|repeat|output|dump|leak|display|expose|give|send|tell"
    rf"|list)\b.{{0,20}}\b{_PRIVATE}",
    r"\bdump (?:all |me )?(?:your|the) \w+",
    r"\byou are now (?:a|an|dan|in|my|the|free|unrestricted|no longer)\b|\bdo anything now\b|\bjailbr(?:eak"
    r"|oken)\b",
    r"\brepeat (?:the |all |every )?(?:text|words|everything|message|sentence)\w*.{0,12}(?:above|verbatim"
    r"|word for word)",
    r"\bsystem override\b|\bend of (?:system )?prompt\b|\bnew (?:system )?instructions?\b.{0,10}\b(?:you"
    r"|follow|are)\b",
)
_ENGLISH_UNLESS_ASKED: Final = _any(
    rf"\b(?:ignore|disregard|forget|override|bypass) (?:the|these|those) (?:\w+ )?{_RULES}\b",
    r"\bfrom now on,? (?:you|tell|say|answer|reply|respond|act|speak|only|every|all|always|never|write"
    r"|pretend|ignore)\b",
    r"(?:^|\b(?:please|you|now|and|bot|ai|to|will|must|just) )"
    rf"(?:act (?:as|like)|role-?play(?:ing)?(?: as)?|pretend(?: to be| that| like)?|impersonate"
    rf"|behave like) (?:{_BE}|you(?:re| are)?)\b",
    r"\b(?:enable|enter|activate|switch to|turn on|in) (?:the )?(?:developer|admin|debug|god|jailbreak|sudo"
    r"|dan|unrestricted) mode\b"
    r"|\b(?:developer|admin|debug|god|jailbreak|dan) mode (?:on|enabled|activated|now)\b",
    r"^(?:please |now |bot )?(?:repeat|say|type|write|copy) (?:after me|exactly|verbatim|the following"
    r"|word for word)\b",
    r"\b(?:reply|respond|answer) (?:to )?(?:every|all|each|any)\w*.{0,20}\b(?:with|that|as|in|by)\b",
    r"^(?:please |now |bot )?tell (?:every(?:one|body)|all (?:viewers|of them)|the chat|them)\b.{0,40}\b(?:is"
    r"|are|free|that|off|we)\b",
    r"\bas (?:the|an?|your) (?:\w+ )?(?:developer|admin\w*|owner|creator|host|moderator|engineer"
    r"|ceo) i (?:\w+ )?"
    r"(?:order|command|authori[sz]e|instruct|demand|tell)\b",
    r"\bi(?:m| am) (?:the|an?|your) (?:admin\w*|developer|owner|creator)\b.{0,6}\b(?:unlock|give|set|override"
    r"|approve|you must)\b",
    r"\b(?:set|change|make) (?:the |all |every |your )?(?:\w+ )?(?:prices?|cost) (?:to|be) [$]?\d",
    r"\bgive (?:every(?:one|body)|me) (?:a )?\d+ ?% (?:off|discount)\b",
    r"\blist (?:all )?(?:the )?(?:customer|user|buyer|viewer)s?'? (?:e?mails|addresses|phone numbers"
    r"|names)\b",
    r"\bmark this as\b.{0,12}\b(?:answer|faq|official)|\bend your (?:next )?(?:answers?|repl\w+) with\b",
)
_ENGLISH_ASKS = re.compile(
    r"\?|^(?:so |and |ok |hi |hey )?(?:can|could|how|what|whats|does|do|did|is|are|will|would|should|when"
    r"|where|why|which|who|if|may)\b"
)

_CODE: Final = _any(
    r"<\s*/?\s*(?:script|iframe|img|svg|style|object|embed|body|system|assistant|user|prompt|inst)\b",
    r"\[/?inst\]|<\|\w+|^#{2,}\s*(?:system|instructions?|新任务|新指令|任务|指令)",
    r"javascript:|\bon(?:error|load|click|mouseover)\s*=|%3cscript|&lt;\s*script|\beval\(|\balert\(",
    r"^[=+@-]\s*(?:cmd|hyperlink|importxml|webservice|dde)\b|[=+@-]\s*cmd\s*\|",
    r"['\"]\s*;?\s*(?:drop|delete|update|insert|select)\s+\w|['\"]\s*or\s+['\"]?\d+['\"]?\s*="
    r"|\bunion\s+(?:all\s+)?select\b",
    r"\$\{.+\}|\{\{.*\}\}|\{%.*%\}|\$\(.+\)|<%.*%>|__(?:class|import|globals)__|\bos\.system",
    r"[;|&]\s*(?:rm|cat|curl|wget|nc|bash|sh)\b\s+[-/.\w]|\|\s*(?:ba|z)?sh\s*$|/etc/(?:passwd|shadow)"
    r"|(?:\.\./){2,}|\bpowershell\s+-",
)
_CODE_UNLESS_ASKED: Final = _any(
    r"\bdrop\s+table\b|\bselect\s+[*\w,\s]+\s+from\s+\w+\s*(?:;|where\b|limit\b|$)"
    r"|\bdelete\s+from\s+\w+\s*(?:;|where\b|$)|\brm\s+-rf\b|\bsudo\s+\w",
    r"^[\s\W]*(?:system|assistant|developer|root|admin(?:istrator)?)\s*:",
    r"^[\s\W]*(?:系统|管理员|平台|官方|后台)(?:消息|提示|通知|指令|公告|命令|更新)?\s*[】\]:>]",
)

_SPELLED_APART = re.compile(r"(?<![a-z])(?:[a-z][\s.\-_*]+){5,}[a-z](?![a-z])")
_JOINED: Final = _any(
    rf"(?:ignore|disregard|forget|override)(?:all|any|the|of|my|your|these|those)*"
    rf"(?:previous|prior|above|earlier|system|your)*{_RULES}",
    r"(?:reveal|print|show|output|repeat)(?:me)?(?:your|the)?(?:system|initial|hidden)?(?:prompt"
    r"|instructions)",
    r"systemprompt|youarenow(?:dan|an?unrestricted)|developermode",
)
_LIKE_LETTERS = str.maketrans("013457@$аеорсухі", "oieastasaeopcyxi")
# A digit or a Cyrillic letter beside Latin ones, read as the letter that it looks like.
_MIXED_WORD = re.compile(
    r"[a-zа-яі@$]{0,20}(?:[a-zа-яі][013457@$]|[013457@$][a-zа-яі]|[а-яі])[a-zа-яі0-9@$]{0,40}"
)


def is_injection(text: str, *, folded: str | None = None) -> bool:
    """Whether `text`, of which the first 500 characters are read, is an order to us or code.

    `folded` is the same text folded, where that was done already.
    """
    visible = _visible(text[:_LONGEST])
    order = fold(visible) if folded is None else folded[:_LONGEST]
    return _is_code(visible) or _is_order(order) or _is_disguised(visible)


def _is_code(visible: str) -> bool:
    if _CODE.search(visible):
        return True
    return _CODE_UNLESS_ASKED.search(visible) is not None and not _asks(visible)


def _is_order(folded: str) -> bool:
    if _CHINESE.search(folded) or _ENGLISH.search(folded):
        return True
    unless_asked = _CHINESE_UNLESS_ASKED.search(folded) or _ENGLISH_UNLESS_ASKED.search(folded)
    return unless_asked is not None and not _asks(folded)


def _is_disguised(visible: str) -> bool:
    apart = _SPELLED_APART.sub(lambda match: re.sub(r"[^a-z]", "", match[0]), visible)
    if apart != visible and _JOINED.search(re.sub(r"[^a-z]", "", apart)):
        return True
    meant = _MIXED_WORD.sub(lambda match: match[0].translate(_LIKE_LETTERS), visible)
    return meant != visible and _ENGLISH.search(fold(meant)) is not None


def _asks(text: str) -> bool:
    return _CHINESE_ASKS.search(text) is not None or _ENGLISH_ASKS.search(text) is not None


def _visible(text: str) -> str:
    """One width and case, without what takes no room."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return plain if plain.isascii() else "".join(c for c in plain if unicodedata.category(c) != "Cf")
