"""A broadcast's report, from rows in a real journal."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.actions import Action, Decision, Reason, ReceiptState
from assistant.engagement.report import report
from assistant.errors import StoreError
from assistant.stores.rows import Broadcast, EscalationState, Figure, FigureKind, Receipt, Row
from assistant.stores.sqlite import SqliteStore
from tests.fakes.rows import a_message, a_reply, an_escalation

BROADCAST = Broadcast(1, "bilibili", "7777", "key", "title", 1000.0, 1120.0)
CHATTER = Decision(Action.IGNORE, Reason.CHATTER)
UNSURE = Decision(Action.ESCALATE, Reason.UNSURE, "refund", 0.4, 0.5, (("refund", 0.5),))

ROWS: tuple[Row, ...] = (
    BROADCAST,
    Broadcast(2, "bilibili", "7777", "other", "", 2000.0),
    # two ask about shipping at 1011 and 1021, one is told at 1020: 9 s of waiting, cosines 0.88
    a_message(11, answered_by=21),
    a_message(21, answered_by=21),
    # a long answer lost half-way, a question for the host, and a laugh in the second minute
    a_message(30, answered_by=31),
    a_message(40, decision=UNSURE, escalation_id=41),
    a_message(70, decision=CHATTER),
    a_message(71, decision=CHATTER, broadcast_id=2),
    a_reply(21),
    a_reply(31, answer_id=31, part=1, parts=2),
    a_reply(32, answer_id=31, part=2, parts=2),
    Receipt(21, 1019.0, ReceiptState.SENDING),
    Receipt(21, 1020.0, ReceiptState.SENT),
    Receipt(21, 1020.5, ReceiptState.SEEN),
    Receipt(31, 1035.0, ReceiptState.SEEN),
    Receipt(32, 1036.0, ReceiptState.LOST),
    an_escalation(41, message_id=40),
    an_escalation(42, message_id=30, state=EscalationState.ANSWERED),
    Figure(1, 1000.0, FigureKind.VIEWERS_ONLINE, 100.0),
    Figure(1, 1060.0, FigureKind.VIEWERS_ONLINE, 200.0),
    Figure(1, 1120.0, FigureKind.VIEWERS_ONLINE, 200.0),
    Figure(1, 1010.0, FigureKind.LIKES, 1.0),
    Figure(1, 1110.0, FigureKind.GIFTS, 66.0),
    Figure(2, 2010.0, FigureKind.LIKES, 1.0),
)

EXPECTED = {
    "broadcast": 1,
    "platform": "bilibili",
    "room": "7777",
    "started_at": 1000.0,
    "ended_at": 1120.0,
    "interactions": {
        "danmaku": 5, "gifts": 1, "likes": 1, "follows": 0, "shares": 0, "memberships": 0, "total": 7,
    },
    "watch_seconds": 21_000.0,  # 60 * (100 + 200) / 2 + 60 * 200
    "interactions_per_viewer_hour": 1.2,  # 7 * 3600 / 21000
    "questions": 4,
    "answered": 2,
    "answered_share": 0.5,  # 2 / 4
    "median_answer_seconds": 9.0,  # 1020 - 1011; who asked at 1021 did not wait
    "mean_relevance": pytest.approx(0.88),
    "replies": {"seen": 2, "lost": 1},
    "escalations": {"open": 1, "answered": 1},
    "desks": {"host": 2},
    "served": {"bot": 2, "nobody": 2},
    "ignored": {"chatter": 1},
    "entries": [{"entry": "shipping", "answered": 2}],
    "minutes": [
        {
            "minute": 0,
            "interactions": {
                "danmaku": 4, "gifts": 0, "likes": 1, "follows": 0, "shares": 0, "memberships": 0, "total": 5,
            },
            "watch_seconds": 9000.0,  # 60 * (100 + 200) / 2
            "interactions_per_viewer_hour": 2.0,  # 5 * 3600 / 9000
            "questions": 4,
            "answered": 2,
            "answered_share": 0.5,
            "median_answer_seconds": 9.0,
            "mean_relevance": pytest.approx(0.88),
        },
        {
            "minute": 1,
            "interactions": {
                "danmaku": 1, "gifts": 1, "likes": 0, "follows": 0, "shares": 0, "memberships": 0, "total": 2,
            },
            "watch_seconds": 12_000.0,  # 60 * 200
            "interactions_per_viewer_hour": pytest.approx(0.6),  # 2 * 3600 / 12000
            "questions": 0,
            "answered": 0,
            "answered_share": None,
            "median_answer_seconds": None,
            "mean_relevance": None,
        },
        {  # the last sample falls on the end
            "minute": 2,
            "interactions": {
                "danmaku": 0, "gifts": 0, "likes": 0, "follows": 0, "shares": 0, "memberships": 0, "total": 0,
            },
            "watch_seconds": 0.0,
            "interactions_per_viewer_hour": None,
            "questions": 0,
            "answered": 0,
            "answered_share": None,
            "median_answer_seconds": None,
            "mean_relevance": None,
        },
    ],
}  # fmt: skip


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "journal.db")
    await store.open()
    yield store
    await store.aclose()


async def test_a_report_is_computed_from_the_journal(store: SqliteStore) -> None:
    await store.commit(*ROWS)
    assert (await report(store, 1)).to_dict() == EXPECTED


async def test_a_report_is_plain_json_without_a_viewers_words(store: SqliteStore) -> None:
    await store.commit(*ROWS)
    text = json.dumps((await report(store, 1)).to_dict(), ensure_ascii=False)
    assert "观众" not in text
    assert "发货" not in text


async def test_a_broadcast_without_anything_has_no_ratios(store: SqliteStore) -> None:
    await store.commit(BROADCAST)
    found = (await report(store, 1)).to_dict()
    assert found["interactions"]["total"] == found["watch_seconds"] == found["questions"] == 0
    assert found["interactions_per_viewer_hour"] is None
    assert found["answered_share"] is None
    assert found["minutes"] == found["entries"] == []


async def test_entries_come_with_the_busiest_first_and_then_by_id(store: SqliteStore) -> None:
    asked = {"refund": 1, "shipping": 3, "coupon": 1}
    ids = iter(range(100, 200))
    for entry, times in asked.items():
        reply = a_reply(next(ids), entry_id=entry)
        questions = [a_message(next(ids), answered_by=reply.id) for _ in range(times)]
        await store.commit(reply, Receipt(reply.id, 2000.0, ReceiptState.SEEN), *questions)
    await store.commit(BROADCAST)
    found = await report(store, 1)
    assert found.top_entries() == [("shipping", 3), ("coupon", 1), ("refund", 1)]
    assert found.top_entries(1) == [("shipping", 3)]


async def test_an_unknown_broadcast_is_named(store: SqliteStore) -> None:
    with pytest.raises(StoreError, match="no broadcast 9"):
        await report(store, 9)
