"""Recognises insults and swearing, and advertisements for something else, by short lists of words. Pure.

A linear model was tried first: the corpus has too few such lines, and at one false alarm in sixty lines of
other chatter it found three of ten. What follows from such words is for `decide`. Texts come folded.
"""

import re
from typing import Final


def _any(*patterns: str) -> re.Pattern[str]:
    """One expression; words end where the ASCII letters do, for Chinese may follow without a space."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.ASCII)


_ABUSE: Final = _any(
    r"傻[逼比b叉x子狗]|煞笔|沙比|脑残|智障|弱智|白痴|蠢货|废物|人渣|贱人|婊|畜生|狗东西|狗屁|狗都不",
    r"[操草艹肏日干]你(?:妈|爸|全家|大爷)|[你他]妈的?逼|[你他]妈的|尼玛|特么|^妈的|去死(?!皮)|死全家|全家死",
    r"不要脸|要点脸|没素质|没良心|缺德|臭不要|什么破(?!洞|损)|破玩意|死骗子|骗子(?:主播|公司)|奸商|脑子(?:有"
    r"|进|坏)",
    r"(?<!打)滚(?:出去|蛋|吧|远点|下播|$)|有病(?:吧|啊)?$|丑(?:死|逼|八怪)|真丑|好丑|穷[鬼逼]|土鳖|装[逼x]|呸",
    r"(?:主播|你|老板|老师|客服)(?:真|就|长得)?(?:是|像)(?:个|头|只)?(?:猪|狗)(?!年|肉|皮|粮)|猪(?:头|脑)三?$"
    r"|吃屎|死肥",
    r"(?<![a-z0-9])(?:sb|nmsl|tmd|cnm|tnnd|wcnm|rnm)(?![a-z0-9])",
    r"\b(?:\w{0,9}fuck\w*|stfu|gtfo|kys|bitch\w*|assholes?|bastards?|dumbass|fatass|\w{0,9}shitty|bullshit|wtf"
    r"|moron\w*"
    r"|retard\w*|imbeciles?|cunts?|dickheads?|dumbest)\b",
    r"\b(?:yo)?u (?:suck|stink)s?|\bgo to hell\b|\bkill yourself\b",
    r"\b(?:you(?:re| are)|youre|ur|hes|shes) (?:so |a |an |just )*"
    r"(?:ugly|fat|stupid|dumb|pathetic|trash|garbage|joke|clowns?|idiots?|losers?|liars?)\b",
)
# What somebody in doubt may ask about honestly: is this a scam?
_ABUSE_UNLESS_ASKED: Final = _any(
    r"骗子|骗钱|骗人的?$|黑心|割韭菜|智商税|误人子弟|水军|闭嘴(?!粉)|恶心(?:死了)?$|破(?:烂|课|车)"
    r"|早点?倒闭",
    r"(?<![倒扔收装盛])垃圾(?!铲|容器|装卸|袋|桶|分类|箱|处理|篓|盘|车|短信|邮件|文件|清理|食品|间|佬)",
    r"\b(?:idiots?|losers?|liars?|thieves|scam(?:mers?)?|shills?|clowns?)\b|\bthis sucks\b|\bshut up\b(?! and"
    r"| no)",
    r"^(?:absolute |total |complete )?(?:trash|garbage|rip ?off)$|\b(?:plastic|absolute|total) (?:trash"
    r"|garbage|ripoff)\b",
)
_SPAM: Final = _any(
    r"(?:加|\+)(?:我|个)?(?:薇|威|微信?|v|vx|wx|扣扣|qq) ?(?:[a-z0-9看领了聊免]|$)"
    r"|(?:薇|威|vx)信?[:a-z0-9]{4}",
    r"(?:看|点|戳)(?:我|一下)?(?:的)?(?:主页|头像)|主页有|我主页|看头像|滴滴我|私我|私信我(?:领|拿|看|带|送)",
    r"兼职|日结(?:[0-9一二三四五六七八九十工]|$)|刷单|招代理|月入[0-9一二三四五六七八九十]|一单一结"
    r"|宝妈.{0,4}赚|躺赚|稳赚|带你(?:炒股|赚|做)",
    r"(?:互|回)[关粉赞]|涨粉|刷[赞粉]|买粉|千粉|(?:进|拉)(?:群|裙)(?:领|送|有|明)|进裙|领红包|[找加]我$|诚招"
    r"|招(?:加盟|打字|代理)|股票群|炒股|荐股",
    r"代(?:写|练|抢|办证)|办证|黑户|征信.{0,4}秒|秒下款|(?:贷款|毕设).{0,6}秒|同城交友"
    r"|附近小姐姐|美女私聊",
    r"高价(?:回)?收|(?:来|去)我(?:的)?直播间|低价出号|出号",
    r"\b(?:check|see|visit|click) (?:out )?(?:my|the link in) (?:my )?(?:bio|profile|channel|page)\b"
    r"|\b(?:link )?in (?:my )?bio\b",
    r"\bdm (?:me|for|to)\b|\b(?:whats ?app|telegram) me\b|\bon telegram\b|\bjoin my \w+|\bmessage me (?:for"
    r"|to|on)\b",
    r"\b(?:sub|follow|f|l|promo) ?(?:4|for) ?(?:sub|follow|f|l|promo)\w*\b|\bfollow me\b|\bsubscribe to my\b",
    r"\b(?:buy|cheap|free|get) (?:\w+ )?(?:followers|viewers|robux|likes|subs)\b|\bwork from home ask\b"
    r"|\b(?:made|make|earn\w*|making) [$]?[0-9]+k? ?(?:last|this|a|per|every) (?:week|day|month)",
    r"\bcrypto signals?\b|\bsignals group\b|\bhot singles\b|\b(?:come|go) (?:to|watch|see) my (?:live|stream"
    r"|channel)\b",
    r"\bclaim your (?:prize|reward)\b|\b(?:seo|essay writing) services?\b|\bloan approved\b"
    r"|\bhire me\b",
)
_ASKS = re.compile(
    r"吗|怎么|咋|能不能|可以|有没有|支持|多少|哪|是不是|会不会|不$|还是|多不多|么$|\?"
    r"|^(?:is|are) there\b|\b(?:can|could|how|am|does|do|is|are|what|where|when|would) (?:i|do|in|you|we|it"
    r"|this|that|they|the|my)\b"
)


def is_abusive(folded: str) -> bool:
    """Whether it insults or swears, asking or not."""
    if _ABUSE.search(folded):
        return True
    return _ABUSE_UNLESS_ASKED.search(folded) is not None and _ASKS.search(folded) is None


def is_spam(folded: str) -> bool:
    """Whether it advertises what the room does not sell. What asks is none: a shop may do so itself."""
    return _SPAM.search(folded) is not None and _ASKS.search(folded) is None
