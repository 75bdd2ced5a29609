"""Whether a question asks for a number, an amount or a time, and whether an answer names one. Pure.

By words alone, Chinese and English, on folded text: a hint for an editor, not a judgement.
"""

import re
from typing import Final

_ASKS: Final = re.compile(
    r"多少|多久|多长|多高|多重|多宽|多厚|几(?!乎|何|率|样|种|款|个?颜色|个?色)|何时|哪[天年月日]|什么(?:时候|时间|价)"
    r"|(?<!茶)几[点号]|啥时候|价格|价位|售价"
    r"|\bhow (?:much|many|long|often|soon|far|tall|big|heavy|old|wide|thick|hot|loud|fast)\b"
    r"|\bwhen\b|\bwhat time\b|\bwhat (?:is|are|s) the (?:price|cost|size|weight|dimensions)\b|\bprice\b"
)
_NOT_AMOUNTS: Final = re.compile(
    r"多少有点|茶几|\bhow (?:much|long) (?:of a )?(?:difference|do i have to wait for support)\b|\bwhenever\b"
)
_DIGIT: Final = re.compile(r"\d")
_HAN_NUMBER: Final = re.compile(
    r"(?<![统万唯之单])[一二两三四五六七八九十百千万半](?![下点起样般定直些旦切致边律])|终身|永久|数[天日周月年]"
)
_TIME: Final = re.compile(
    r"今[天晚日年早夜]|明[天晚日年早]|后天|当[天日晚场]|每[天日周月年晚早]|周[一二三四五六日末]|星期|礼拜|月[底初末中]|年[底初末]"
    r"|马上|立[即刻]|现在|随时|即[时刻]|早上|中午|下午|晚上|凌晨|节前|节后|春节|国庆|双十[一二]|直播(?:间)?(?:结束|后)|下播|开播"
    r"|\b(?:today|tonight|tomorrow|daily|weekly|monthly|yearly|hourly|now|immediately|instantly|noon|midnight"
    r"|weekends?|weekdays?|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|anytime|any time|always|lifetime"
    r"|january|february|march|april|june|july|august|september|october|november|december"
    r"|spring|summer|fall|autumn|winter)\b"
)
_NOTHING: Final = re.compile(
    r"免费|不要钱|不收|不限|没有|没法|无需|不用|暂无|还没|不能|不会|包邮|不定"
    r"|\b(?:free|none|no|not|nothing|unlimited|never|cannot|isnt|doesnt)\b"
)
_NUMBER_WORD: Final = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty"
    r"|sixty|ninety|hundred|thousand|million|dozens?|half|once|twice|both|single|double|couple|few)\b"
)
_ANSWERS: Final = (_DIGIT, _HAN_NUMBER, _TIME, _NOTHING, _NUMBER_WORD)


def asks_quantity(folded: str) -> bool:
    """How much, how many, how long, when."""
    return _ASKS.search(_NOT_AMOUNTS.sub("", folded)) is not None


def names_quantity(folded: str) -> bool:
    """A number in digits or words, a time, or that there is none of it."""
    return any(pattern.search(folded) for pattern in _ANSWERS)
