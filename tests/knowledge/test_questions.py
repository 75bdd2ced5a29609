from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import ModelUnavailable
from knowledge.questions import BUCKETS, QuestionModel, shipped_question_model

ASKING = [
    "这个多少钱",
    "明天能发出来吗",
    "有没有蓝色的",
    "咋退",
    "保修几年呀",
    "尺码怎么选",
    "does it come with a case",
    "how do i cancel",
    "whats the price",
    "shipping to canada?",
]
ASKING_NOTHING = [
    "哈哈哈哈哈",
    "主播今天真好看",
    "来了来了",
    "666666",
    "冲冲冲",
    "已拍两件",
    "关注主播不迷路",
    "hello everyone",
    "lets gooo",
    "love this stream so much",
]


def test_questions_and_chatter_are_told_apart() -> None:
    model = shipped_question_model()
    assert model.likeness(ASKING).min() > 0.5
    assert model.likeness(ASKING_NOTHING).max() < 0.5


@pytest.mark.parametrize("text", ["", "[doge]", "👍👍👍", "。。。", "\ud800"])
def test_decoration_asks_nothing(text: str) -> None:
    assert shipped_question_model().likeness([text]).tolist() == [0.0]


def test_a_question_to_another_viewer_is_less_of_one() -> None:
    alone, to_viewer, to_host = shipped_question_model().likeness(
        ["你穿多大码", "@小鱼干 你穿多大码", "@主播 你穿多大码"]
    )
    assert to_viewer < alone
    assert to_host == pytest.approx(alone)


def test_no_texts_have_no_likeness() -> None:
    assert shipped_question_model().likeness([]).shape == (0,)


def test_a_huge_text_is_taken() -> None:
    (likeness,) = shipped_question_model().likeness(["多久发货" + "退款" * 50_000])
    assert 0.0 <= likeness <= 1.0


def test_broken_weights_are_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "questions.npz"
    with pytest.raises(ModelUnavailable, match=r"questions\.npz"):
        QuestionModel.load(path)
    path.write_bytes(b"nonsense")
    with pytest.raises(ModelUnavailable, match="broken"):
        QuestionModel.load(path)
    np.savez(path, weights=np.zeros(BUCKETS - 1), bias=0.0)
    with pytest.raises(ModelUnavailable, match="broken"):
        QuestionModel.load(path)
