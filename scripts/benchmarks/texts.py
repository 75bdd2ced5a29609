"""A made-up shop: as many FAQ entries as are asked for, and viewers who type questions and noise.

The same seed gives the same shop and the same viewers.
"""

import itertools
import json
import random
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from assistant.practice import Act
from knowledge import Entry

SEED = 20
QUESTION_SHARE = 0.3
_VIEWERS = 50_000
_NAMED_SHARE = 0.5  # of noise, names a product
_HOT = 0.5  # of a Pareto distribution: few questions are asked by many


@cache
def _words() -> dict[str, list[str]]:
    words: dict[str, list[str]] = json.loads((Path(__file__).parent / "shop.json").read_bytes())
    return words


def entries(count: int, *, seed: int = SEED) -> list[Entry]:
    """Each with two wordings; no two are asked the same. There are some 110,000."""
    made, words = random.Random(seed), _words()  # noqa: S311 - a made-up shop
    subjects = list(itertools.product(words["sizes"], words["kinds"], words["products"], words["asks"]))
    return [
        Entry(
            id=f"entry-{number}",
            category=product,
            question=f"{size}{kind}{product}{ask}？",
            variants=(f"你们家{product}{size}{kind}款的{ask}",),
            answer=f"{size}{kind}{product}：" + made.choice(words["answers"]),
        )
        for number, (size, kind, product, ask) in enumerate(made.sample(subjects, count))
    ]


def is_question(line: str) -> bool:
    """Whether one of `lines` asks something."""
    return any(ask in line for ask in _words()["asks"])


def lines(asked_about: Sequence[Entry], *, seed: int = SEED) -> Iterator[str]:
    """What viewers type, for ever: questions about the entries, a few of them often, among more noise."""
    typed = random.Random(seed)  # noqa: S311 - made-up viewers
    while True:
        asks = typed.random() < QUESTION_SHARE
        yield _question(typed, asked_about) if asks else _noise(typed)


def _question(typed: random.Random, asked_about: Sequence[Entry]) -> str:
    words = _words()
    entry = asked_about[int(typed.paretovariate(_HOT)) % len(asked_about)]
    wording = typed.choice(entry.wordings).rstrip("？")
    return typed.choice(words["openings"]) + wording + typed.choice(words["endings"])


def _noise(typed: random.Random) -> str:
    words = _words()
    subject = typed.choice(words["products"]) if typed.random() < _NAMED_SHARE else ""
    first, second = typed.choices(words["noise_endings"], k=2)
    return f"{subject}{typed.choice(words['noise'])}{first}{second}"


def acts(count: int, asked_about: Sequence[Entry], *, seed: int = SEED) -> list[Act]:
    """As many lines of chat, by viewers enough that hardly one says the same again soon."""
    speakers = random.Random(seed)  # noqa: S311 - made-up viewers
    typed = itertools.islice(lines(asked_about, seed=seed), count)
    return [Act(viewer=f"观众{speakers.randrange(_VIEWERS)}", text=text) for text in typed]


def write_faq(path: Path, made: Sequence[Entry]) -> None:
    fields = (entry.model_dump(mode="json") for entry in made)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in fields), encoding="utf-8")
