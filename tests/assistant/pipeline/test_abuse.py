import pytest

from assistant.pipeline.abuse import is_abusive, is_spam
from knowledge.text import fold


@pytest.mark.parametrize(
    "text",
    [
        "你个白痴",
        "主播像头猪",
        "弱智才信",
        "他妈的卡死了",
        "滚远点",
        "全是骗子",
        "一堆垃圾",
        "卖的破烂",
        "傻X",
        "ＳＢ主播",
        "you are so stupid",
        "what the fuck",
        "total garbage",
        "bunch of scammers",
        "stfu",
        "ur pathetic",
    ],
)
def test_insults_and_swearing_are_recognised(text: str) -> None:
    assert is_abusive(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "垃圾袋有吗",
        "垃圾桶多大",
        "这是智商税吗",
        "会不会是骗人的",
        "猪皮做的吗",
        "去死皮的有吗",
        "我妈的尺码怎么选",
        "属猪的送什么好",
        "usb接口吗",
        "滚筒的多少钱",
        "能做驴打滚吧",
        "倒垃圾方便吗",
        "垃圾铲在哪",
        "恶心想吐能吃吗",
        "is this a scam?",
        "how do i shut up the alarm... shut it up",
        "does the trash bag fit",
        "shut up and take my money",
        "scunthorpe",
    ],
)
def test_honest_words_are_no_abuse(text: str) -> None:
    assert not is_abusive(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "加薇信abc123",
        "兼职 一天两百",
        "看我主页有好东西",
        "高价回收旧电脑",
        "刷赞找我",
        "炒股带你赚",
        "check out my profile",
        "dm me for a discount code",
        "buy followers today",
        "making $900 a week",
    ],
)
def test_advertisements_are_recognised(text: str) -> None:
    assert is_spam(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "能加v领优惠券吗",
        "客服微信多少",
        "求进群",
        "有兼职岗位吗",
        "支持高价回收吗",
        "29日结算发票",
        "主页在哪看",
        "有代写服务吗",
        "I work from home, is it quiet",
        "can I dm you for the size",
        "is there a link in bio",
    ],
)
def test_who_asks_does_not_advertise(text: str) -> None:
    assert not is_spam(fold(text))
