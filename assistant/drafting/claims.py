"""What a text states that somebody could be held to: numbers with units, prices, addresses, codes. Pure.

A draft may state nothing of the kind that its sources do not. Chinese numerals and English number words count
as the numbers they are; where a unit is not known, the bare number is compared.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_UNITS = {
    unit: name
    for name, units in {
        "second": "秒 秒钟 s sec second seconds",
        "minute": "分钟 min mins minute minutes",
        "hour": "小时 个小时 钟头 个钟头 h hr hrs hour hours",
        "day": "天 日 day days",
        "week": "周 星期 个星期 week weeks",
        "month": "月 个月 month months",
        "year": "年 year years",
        "yuan": "元 圆 块 块钱 yuan rmb cny",
        "jiao": "毛 毛钱 角",
        "fen": "分钱",
        "dollar": "美元 美金 刀 dollar dollars usd bucks",
        "euro": "欧元 euro euros eur",
        "pound": "英镑 gbp",
        "degree": "度 摄氏度 degree degrees",
        "%": "% percent",
        "tenth": "折 成",
        "metre": "米 m metre metres meter meters",
        "centimetre": "厘米 公分 cm",
        "millimetre": "毫米 mm",
        "kilogram": "千克 公斤 kg",
        "gram": "克 g gram grams",
        "jin": "斤",
        "litre": "升 l litre litres liter liters",
        "millilitre": "毫升 ml",
        "watt": "瓦 w watt watts",
        "volt": "伏 伏特 v volt volts",
        "decibel": "分贝 db decibel decibels",
        "times": "次 倍 times",
        "years old": "岁",
        "o'clock": "点 点钟 点半",
    }.items()
    for unit in units.split()
}
_COUNTED = tuple("个件只条张台本支盒袋瓶包套双节堂")  # so many things: the number is what is said
_HAN_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_HAN_TENS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_PROMISES = re.compile(
    "免费|白送|买[一二两]送[一二两]|半价|终身|永久|百分百|百分之百|翻倍|保证|无理由|假一赔[一二三四五六七八九十]+"
    r"|\b(?:free|gratis|lifetime|forever|half price|guaranteed?|unlimited)\b"
)
"""What needs no number to be held to."""

_CURRENCIES = {"¥": "yuan", "$": "dollar", "€": "euro", "£": "pound"}
_WORDS: dict[str, float] = {
    "half": 0.5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100,
}  # fmt: skip

_SCALES = {**_HAN_TENS, "k": 1_000}
_HAN_UNITS = "|".join(sorted((unit for unit in _UNITS if not unit.isascii()), key=len, reverse=True))
_LATIN_UNITS = "|".join(
    sorted((unit for unit in _UNITS if unit.isascii() and unit != "%"), key=len, reverse=True)
)
_UNIT = rf"(?P<unit>%|{_HAN_UNITS}|(?:{_LATIN_UNITS})(?![a-z]))"
_HAN_NUMERAL = "[零〇一二两三四五六七八九十百千万亿半]+"

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_NUMBER = re.compile(
    rf"(?P<currency>[¥$€£])?\s*(?P<number>\d+(?:\.\d+)?)(?P<scale>[十百千万亿]|k(?![a-z]))?\s*{_UNIT}?"
)
_HAN_PERCENT = re.compile(rf"百分之(?P<number>{_HAN_NUMERAL}|\d+(?:\.\d+)?)")
_HAN_QUANTITY = re.compile(rf"(?P<number>{_HAN_NUMERAL})(?:{_UNIT}|(?P<counted>[{''.join(_COUNTED)}]))")
_HAN_BARE = re.compile(f"[一二两三四五六七八九][十百千万亿]{_HAN_NUMERAL[:-1]}*")
_HAN_CODE = re.compile("[零〇一二两三四五六七八九]{3,}")
_WORD_QUANTITY = re.compile(rf"\b(?P<number>{'|'.join(_WORDS)})\s+(?:an?\s+)?{_UNIT}")
_NAME = re.compile(
    r"(?:https?://)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/[!-~]*)?|\S+@\S+"  # addresses
    r"|(?<![a-z0-9])(?:[a-z][a-z_-]*\d[a-z0-9_-]*|\d+[a-z]+\d[a-z0-9]*)"  # codes, models
    r"|(?<!\d)(?:\d{3,4}-\d{3,4}-\d{4}|\d{3,4}-\d{7,8}|\d{7,})(?!\d)"  # telephone numbers
)
_SHOUTED = re.compile(r"(?<![A-Za-z0-9])[A-Z]{4,}(?![A-Za-z])")


class Quantity(NamedTuple):
    """`unit` is empty where none of those known follows the number."""

    value: str
    unit: str


def unsupported(text: str, sources: Sequence[str]) -> list[str]:
    """What `text` states that stands in none of the sources; in no particular order, for people to read."""
    ours, theirs = _normal(text), _normal("\n".join(sources))
    known = set(_quantities(theirs.lower()))
    values = {quantity.value for quantity in known}
    promised = [found[0] for found in _PROMISES.finditer(ours.lower()) if found[0] not in theirs.lower()]
    return (
        [name for name in _names(ours) if name not in theirs.lower()]
        + promised
        + [
            f"{value} {unit}".strip()
            for value, unit in dict.fromkeys(_quantities(ours.lower()))
            if not ((value, unit) in known or (value, "") in known or (not unit and value in values))
        ]
    )


def _normal(text: str) -> str:
    return _THOUSANDS.sub("", unicodedata.normalize("NFKC", text)).translate(_CAPITALS)


def _names(text: str) -> Iterator[str]:
    """Addresses, codes and words in capitals, in lower case."""
    yield from (found[0].rstrip(".,;!?") for found in _NAME.finditer(text.lower()))
    yield from (found[0].lower() for found in _SHOUTED.finditer(text))


def _quantities(lower: str) -> Iterator[Quantity]:
    """Those inside names are none: what a telephone number begins with is no price."""
    lower = _NAME.sub(" ", lower)
    for clock in _CLOCK.findall(lower):
        yield Quantity(clock.lstrip("0"), "")
    rest = _CLOCK.sub(" ", lower)
    for found in _HAN_PERCENT.finditer(rest):
        yield Quantity(_shown(_han_value(found["number"])), "%")
    rest = _HAN_PERCENT.sub(" ", rest)
    for found in _NUMBER.finditer(rest):
        value = float(found["number"]) * _SCALES.get(found["scale"] or "", 1)
        currency = _CURRENCIES.get(found["currency"] or "")
        yield Quantity(_shown(value), currency or _UNITS.get(found["unit"] or "", ""))
    for found in _HAN_QUANTITY.finditer(rest):
        value = _han_value(found["number"])
        if found["unit"] or value != 1:  # 一个 is hardly a number
            yield Quantity(_shown(value), _UNITS.get(found["unit"] or "", ""))
    for found in _HAN_BARE.finditer(_HAN_QUANTITY.sub(" ", rest)):
        yield Quantity(_shown(_han_value(found[0])), "")
    for found in _HAN_CODE.finditer(rest):
        yield Quantity("".join(str(_HAN_DIGITS[digit]) for digit in found[0]), "")
    for found in _WORD_QUANTITY.finditer(rest):
        yield Quantity(_shown(_WORDS[found["number"]]), _UNITS[found["unit"]])


def _han_value(numeral: str) -> float:
    if numeral[0].isdigit() and numeral.isascii():
        return float(numeral)
    total = section = digit = 0.0
    for character in numeral:
        if character == "半":
            digit += 0.5
        elif character in _HAN_DIGITS:
            digit = _HAN_DIGITS[character] if digit == 0 else digit * 10 + _HAN_DIGITS[character]
        elif _HAN_TENS[character] >= 10_000:
            total, section, digit = total + (section + digit) * _HAN_TENS[character], 0.0, 0.0
        else:
            section, digit = section + (digit or 1) * _HAN_TENS[character], 0.0
    return total + section + digit


def _shown(value: float) -> str:
    return f"{value:.10g}"
