"""Chat lines and judgements made short, for tests of the pipeline."""

from typing import Any

import numpy as np

from assistant.events import Danmaku, SuperChat, Viewer
from assistant.pipeline.hearing import Line
from knowledge import Entry, Match
from knowledge.ranking import Judgement
from knowledge.text import fold

UNIT = np.array([1.0, 0.0], dtype=np.float32)


def danmaku(text: str = "怎么发货", *, viewer: str = "42", event_id: str = "", **fields: Any) -> Danmaku:
    who = fields.pop("who", Viewer(id=viewer, name=f"观众{viewer}"))
    return Danmaku(platform="bilibili", room="7777", event_id=event_id, viewer=who, text=text, **fields)


def super_chat(text: str = "保修多久", *, viewer: str = "42", event_id: str = "sc") -> SuperChat:
    who = Viewer(id=viewer, name=f"观众{viewer}")
    return SuperChat(
        platform="bilibili", room="7777", event_id=event_id, viewer=who, text=text, price_fen=3000
    )


def line(text: str = "怎么发货", *, id: int = 1, paid: bool = False, viewer: str = "42") -> Line:
    event = super_chat(text, viewer=viewer) if paid else danmaku(text, viewer=viewer)
    return Line(id, 1, event, 100.0, text, fold(text))


def entry(id: str = "ship-time", answer: str = "48小时内发货。") -> Entry:
    return Entry(id=id, question="什么时候发货", answer=answer)


def judgement(
    probability: float = 0.99,
    *,
    question_likeness: float = 0.9,
    entries: tuple[Entry, ...] | None = None,
    vector: Any = UNIT,
) -> Judgement:
    found = (entry(),) if entries is None else entries
    matches = tuple(
        Match(entry=one, score=0.9 - place / 10, wording=one.question, folded=fold(one.question))
        for place, one in enumerate(found)
    )
    return Judgement(
        matches=matches,
        probability=probability if matches else 0.0,
        question_likeness=question_likeness,
        evidence={},
        vector=vector,
    )
