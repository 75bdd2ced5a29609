"""The console's words: both languages say the same, and browsers get their own."""

import importlib
import pkgutil
import string
from collections.abc import Iterator

import pytest

import assistant.console
from assistant.console.words import FRAME, Table, Words, preferred
from assistant.phrases import Language


def tables() -> Iterator[tuple[str, Table]]:
    """Every table of words in the console, by where it is."""
    for found in pkgutil.walk_packages(assistant.console.__path__, "assistant.console."):
        for name, value in vars(importlib.import_module(found.name)).items():
            if name.isupper() and isinstance(value, dict) and value and all(map(is_pair, value.values())):
                yield f"{found.name}.{name}", value


def is_pair(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(isinstance(one, str) for one in value)


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def test_every_word_is_there_in_both_languages_with_the_same_places() -> None:
    found = dict(tables())
    assert any(table is FRAME for table in found.values())
    wrong = [
        (where, key)
        for where, table in found.items()
        for key, (english, chinese) in table.items()
        if not english or not chinese or places(english) != places(chinese)
    ]
    assert wrong == []


def test_a_pages_own_words_come_first() -> None:
    words = Words(Language.CHINESE).also({"live": ("On air", "在播"), "ago": ("{n} s ago", "{n} 秒前")})
    assert (words("live"), words("ago", n=3), words("sign out")) == ("在播", "3 秒前", "退出")
    with pytest.raises(KeyError):
        words("no such word")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("fr-FR,fr;q=0.9,zh-TW;q=0.5", "zh"),
        ("de;q=x, en;q=0.1", "en"),
        ("zh;q=rubbish,*;q=0.1", "en"),
        (",,;;q=,", "en"),
        ("zh;q=nan,en;q=0.5", "en"),
    ],
)
def test_the_language_is_the_browsers_favourite_of_ours(header: str, language: str) -> None:
    assert preferred(header) == language
