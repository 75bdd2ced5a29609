"""What a draft states must stand in its sources: numbers with their units, prices, addresses, codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.drafting.claims import unsupported

SOURCE = (
    "主机保修两年，电池一年。充满约 4 小时，标准档工作约 150 分钟。吸力 6000 帕，支持 2.4 GHz 无线网络。"
    "到手价 1,299 元，优惠码 SAVE20，官网 www.jingtu.example/help。热线 400-820-0808，9:00 至 21:00。"
    "满减百分之三十。"
)
ENGLISH = (
    "Replays can be watched for 365 days. A tutor comments within 48 hours. Twelve lessons, 300 g paper, $99."
)


@pytest.mark.parametrize(
    "text",
    [
        "保修2年哦",
        "充满电大约四个小时",
        "价格是1299元",
        "¥1299",
        "1299块钱",
        "6000帕大吸力",
        "只支持2.4GHz",
        "打400-820-0808，早上9:00开始",
        "用 save20 这个码",
        "看www.jingtu.example/help",
        "最多减30%",
        "有一个充电座，一起送",
        "没有数字",
    ],
)
def test_what_the_source_states_may_be_said_in_other_words(text: str) -> None:
    assert unsupported(text, [SOURCE]) == []


@pytest.mark.parametrize(
    "text",
    [
        "保修3年",
        "保修三年",
        "保修两个月",
        "充满要4分钟",
        "价格是299元",
        "¥999",
        "打九折",
        "半年内可换",
        "百分之五十",
        "优惠码 SAVE30",
        "输入VIPONLY",
        "看www.other.example",
        "打开 https://bit.example/x",
        "加 seller@mail.example",
        "打400-820-0809",
        "早上8:00开始",
        "号码一三八零零",
        "10000帕",
        "二十台",
        "400元",
    ],
)
def test_what_the_source_does_not_state_is_found(text: str) -> None:
    assert unsupported(text, [SOURCE]) != []


@pytest.mark.parametrize(
    "text", ["Replays stay for 365 days", "within 48 hours", "it is $99", "99 dollars", "300g"]
)
def test_english_statements_are_compared_too(text: str) -> None:
    assert unsupported(text, [ENGLISH]) == []


@pytest.mark.parametrize(
    "text", ["for thirty days", "for two years", "it is $9", "365 hours", "half an hour"]
)
def test_english_statements_of_one_s_own_are_found(text: str) -> None:
    assert unsupported(text, [ENGLISH]) != []


@given(st.text(max_size=200))
def test_a_source_supports_itself(text: str) -> None:
    assert unsupported(text, [text]) == []


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_texts_can_be_compared(text: str, source: str) -> None:
    unsupported(text, [source])


TEA = "盖碗150毫升，零下5度可放，10克一泡，到手价 $20。"


@pytest.mark.parametrize(
    "text",
    [
        "只要5块",
        "十块一罐",
        "伍元",
        "壹佰元",
        "5毛",
        "两百",
        "5k元",
        "10刀",
        "20欧元",
        "€20",
        "全场免费送",
        "买一送一",
        "终身保修",
        "half price today",
        "a lifetime warranty",
    ],
)
def test_no_price_or_promise_is_borrowed_from_another_unit(text: str) -> None:
    assert unsupported(text, [TEA])


def test_a_promise_that_the_source_makes_may_be_said() -> None:
    assert unsupported("终身保修，免费上门", ["本品终身保修，全国免费上门安装"]) == []
