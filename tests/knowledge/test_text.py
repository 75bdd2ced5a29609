import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import MAX_CHARACTERS, fold

ODD_ALPHABET = st.one_of(
    st.sampled_from(
        "aAxXz发貨哈?？!！。，,.:/-'&+%#¥@[]_~ \t\n13０①℃°İΣß…👍"
        "\u200d\ufe0f\u0301\u0335\u200b\u202e\x1b\ud800"
    ),
    st.characters(),
)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("什麼時候發貨？", "什么时候发货?"),
        ("ＡＢＣ１２３", "abc123"),
        ("iPhone 15 Pro 多少钱", "iphone 15 pro多少钱"),
        ("想要带绒的 有不", "想要带绒的有不"),
        ("多少钱啊啊啊啊！！！", "多少钱啊"),
        ("CODEEEE PLSSSS", "code pls"),
        ("sooo when???!?", "so when?"),
        ("really??how much", "really? how much"),
        ("质保几年质保几年质保几年", "质保几年"),
        ("试听要💰吗💰💰", "试听要吗"),
        ("can i ride 👶🏽💤 now", "can i ride now"),
        ("包邮吗[doge][打call]", "包邮吗"),
        ("hi :face_with_tears: price", "hi price"),
        ("@主播什么时候发货", "什么时候发货"),
        ("充电免费不@主播 @主播", "充电免费不"),
        ("@marcy did u get it", "did u get it"),
        ("don’t ship to 6'2", "dont ship to 6'2"),
        ("#1 choice—yes", "#1 choice-yes"),
        ("-7℃能用吗", "7c能用吗"),
        ("é e\u0301", "é é"),
        ("h\u0335e\u0336y", "hey"),
    ],
)
def test_decoration_is_dropped(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(
    "telling", ["x9", "3xxxl", "aaa", "100%", "c++", "3.11", "24/7", "8:30", "¥99", "1000", "3-5天", "666666"]
)
def test_what_tells_questions_apart_stays(telling: str) -> None:
    assert fold(telling) == telling


def test_thousands_are_one_number_and_lists_are_not() -> None:
    assert fold("over $1,000?") == "over $1000?"
    assert fold("尺码38,39,40") == "尺码38 39 40"


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "[dog]", "[doge][吃瓜]", "👍👍", "？？？", "...", "@小明", "\u200b\u202e\x00", "\ud800"],
)
def test_decoration_alone_folds_to_nothing(typed: str) -> None:
    assert fold(typed) == ""


def test_a_bracketed_number_is_no_emoticon() -> None:
    assert fold("[2024]款有吗") == "2024款有吗"


@given(st.text(ODD_ALPHABET, max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(ODD_ALPHABET, min_size=1, max_size=12), st.integers(200, 400))
def test_folding_a_flood_twice_changes_nothing(unit: str, times: int) -> None:
    folded = fold(unit * times)
    assert len(folded) <= MAX_CHARACTERS
    assert fold(folded) == folded


@given(st.text(ODD_ALPHABET))
def test_nothing_that_could_steer_a_terminal_survives(text: str) -> None:
    folded = fold(text)
    assert folded.isprintable()
    folded.encode("utf-8")


def test_a_huge_text_is_cut() -> None:
    assert fold("退" * 100_000) == "退"
    assert len(fold("要多久" + "abc " * 50_000)) <= MAX_CHARACTERS
