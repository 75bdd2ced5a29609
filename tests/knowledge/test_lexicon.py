from pathlib import Path

import pytest

from knowledge.errors import ModelUnavailable
from knowledge.lexicon import Lexicon, abbreviations_in, shipped_lexicon, spellings_of, terms_of


def test_terms_are_words_characters_and_their_neighbours() -> None:
    assert terms_of("x9 有货吗") == ["x", "9", "有", "货", "吗", "x 9", "9 有", "有 货", "货 吗"]
    assert terms_of("how much") == ["how", "much", "how much"]
    assert terms_of("") == []


def test_homophones_sound_alike() -> None:
    lexicon = shipped_lexicon()
    assert lexicon.sounds_of("包油") == lexicon.sounds_of("包邮") != frozenset()
    assert lexicon.sounds_of("运费线") & lexicon.sounds_of("运费险")
    assert not lexicon.sounds_of("how much")


def test_initials_stand_for_chinese_words() -> None:
    assert abbreviations_in("有yfx吗") == {"yfx"}
    assert "yfx" in shipped_lexicon().initials_of("有运费险吗")
    assert abbreviations_in("how much is shipping") == {"how", "much", "is"}


def test_a_slip_leaves_most_of_a_word() -> None:
    right, slipped = spellings_of("warranty"), spellings_of("warrnty")
    assert len(right & slipped) >= len(right) / 2


def test_what_says_much_weighs_more() -> None:
    lexicon = shipped_lexicon()
    assert lexicon.weight(["顺", "丰"]) > lexicon.weight(["吗", "的"])
    assert lexicon.weight(["zyxw"]) > lexicon.weight(["the"])
    assert lexicon.weight([]) == 0


def test_a_broken_lexicon_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.json"
    path.write_text('{"version": 99}')
    with pytest.raises(ModelUnavailable, match=r"lexicon\.json"):
        Lexicon.load(path)
