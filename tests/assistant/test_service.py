"""The whole service in a practice room, over real sockets, with the shipped model and a real journal."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

import pytest

from assistant.actions import Action, ReceiptState
from assistant.errors import RoomError
from assistant.notices import Alert, MessageDecided, QuestionEscalated, ReplyMoved, RoomMoved
from assistant.practice import PRACTICE_BILI_JCT, PRACTICE_SESSDATA, sample_faq
from assistant.stores.rows import Receipt, Reply
from assistant.stores.sqlite import SqliteStore
from tests.fakes.practice_house import PATIENCE_SECONDS, PracticeHouse, Watched

FIRST = json.loads(sample_faq("shop").read_text(encoding="utf-8").splitlines()[0])
QUESTION, ANSWER = FIRST["question"], FIRST["answer"]
PERSONAL = "我上周三买的那单物流一直停在杭州不动是怎么回事"


def moved(state: ReceiptState) -> Any:
    return lambda notice: isinstance(notice, ReplyMoved) and notice.receipt.state is state


async def journal(database: Path) -> tuple[list[Reply], list[Receipt]]:
    store = SqliteStore(database, read_only=True)
    await store.open()
    try:
        newest = (await store.broadcasts())[0].id
        return await store.replies(newest), await store.receipts(newest)
    finally:
        await store.aclose()


async def test_a_question_in_the_room_gets_its_answer(tmp_path: Path) -> None:
    async with PracticeHouse.open(tmp_path) as house, house.assistant() as notices:
        house.say(QUESTION)
        await notices.until(moved(ReceiptState.SEEN))
        replies, receipts = await journal(house.database)
    assert house.texts() == [ANSWER]
    assert [reply.state for reply in replies] == [ReceiptState.SEEN]
    states = [receipt.state for receipt in receipts]
    assert states in (
        [ReceiptState.SENDING, ReceiptState.SENT, ReceiptState.SEEN],
        [ReceiptState.SENDING, ReceiptState.SEEN],  # the echo was faster than the answer
    )


async def test_what_no_entry_answers_goes_to_the_host(tmp_path: Path) -> None:
    async with PracticeHouse.open(tmp_path) as house, house.assistant() as notices:
        house.say(PERSONAL)
        escalated = await notices.until(lambda notice: isinstance(notice, QuestionEscalated))
    assert escalated.escalation.text == PERSONAL
    assert house.texts() == []


async def test_a_dry_run_decides_and_says_nothing(tmp_path: Path) -> None:
    async with PracticeHouse.open(tmp_path) as house, house.assistant(dry_run=True) as notices:
        house.say(QUESTION)
        decided = await notices.until(lambda notice: isinstance(notice, MessageDecided))
    assert decided.message.decision.action is Action.REPLY
    assert house.texts() == []


@pytest.mark.parametrize(("fault", "alerted"), [("block-words", False), ("logged-out", True)])
async def test_an_answer_the_platform_refuses_goes_to_the_host(
    tmp_path: Path, fault: str, alerted: bool
) -> None:
    async with PracticeHouse.open(tmp_path) as house, house.assistant() as notices:
        house.room.faults.switch_on(fault)
        house.say(QUESTION)
        escalated = await notices.until(lambda notice: isinstance(notice, QuestionEscalated))
    assert escalated.escalation.text == QUESTION
    assert escalated.escalation.reason.startswith("answer blocked: ")
    assert any(isinstance(notice, Alert) for notice in notices.seen) is alerted


async def test_an_expired_login_is_told_and_answers_go_to_the_host(tmp_path: Path) -> None:
    async with PracticeHouse.open(tmp_path, "logged-out") as house, house.assistant() as notices:
        alert = await notices.until(lambda one: isinstance(one, Alert))
        house.say(QUESTION)
        escalated = await notices.until(lambda notice: isinstance(notice, QuestionEscalated))
    assert "login is over" in alert.text
    assert escalated.escalation.reason == "answer expired: no credentials to send with"


async def test_a_swallowed_answer_is_lost_and_goes_to_the_host(tmp_path: Path) -> None:
    impatient = {"echo_seconds": 0.5}
    async with (
        PracticeHouse.open(tmp_path, "swallow") as house,
        house.assistant(sending=impatient) as notices,
    ):
        house.say(QUESTION)
        await notices.until(moved(ReceiptState.SENT))
        house.say("大家晚上好", viewer="另一位")  # the room is alive, and shows others but not us
        await notices.until(moved(ReceiptState.LOST))
        await notices.until(lambda notice: isinstance(notice, QuestionEscalated))


async def test_frames_twice_and_frames_broken_draw_one_answer(tmp_path: Path) -> None:
    faults = ("duplicate", "malformed")
    async with PracticeHouse.open(tmp_path, *faults) as house, house.assistant() as notices:
        house.say(QUESTION)
        await notices.until(moved(ReceiptState.SEEN))
        house.say(PERSONAL)
        await notices.until(lambda notice: isinstance(notice, QuestionEscalated))
    assert house.texts() == [ANSWER]


async def test_a_refused_token_is_replaced(tmp_path: Path) -> None:
    async with PracticeHouse.open(tmp_path, "refuse-auth=1") as house, house.assistant() as notices:
        states = [notice.state for notice in notices.seen if isinstance(notice, RoomMoved)]
    assert states[:4] == ["entering", "connecting", "waiting", "entering"]


async def test_one_refused_room_does_not_stop_the_other(tmp_path: Path) -> None:
    rooms = ("bilibili:404404", "bilibili:7777")
    async with PracticeHouse.open(tmp_path) as house, house.assistant(rooms=rooms) as notices:
        await notices.until(lambda one: isinstance(one, RoomMoved) and one.state == "refused")
        house.say(QUESTION)
        await notices.until(moved(ReceiptState.SEEN))


async def test_one_room_under_two_numbers_is_heard_and_answered_once(tmp_path: Path) -> None:
    rooms = ("bilibili:7777", "bilibili:77", "bilibili:7777")
    async with PracticeHouse.open(tmp_path) as house, house.assistant(rooms=rooms) as notices:
        alert = await notices.until(lambda one: isinstance(one, Alert))
        await notices.until(lambda one: isinstance(one, RoomMoved) and one.state == "closed")
        house.say(QUESTION)
        await notices.until(moved(ReceiptState.SEEN))
        heard = [one for one in notices.seen if isinstance(one, MessageDecided)]
    assert "is the same room as" in alert.text
    assert house.texts() == [ANSWER]
    assert [one.message.text for one in heard].count(QUESTION) == 1


async def test_when_every_room_refuses_the_run_ends_and_says_why(tmp_path: Path) -> None:
    async with PracticeHouse.open(tmp_path) as house:
        with pytest.raises(RoomError, match="bilibili:404404"):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await _run_until_it_ends(house)


async def _run_until_it_ends(house: PracticeHouse) -> None:
    from assistant.compose import compose

    settings = house.settings(rooms=("bilibili:404404",))
    await compose(settings, watch=Watched()).run(asyncio.Event())


async def test_a_faq_file_is_answered_from_where_and_while_it_holds_with_the_broadcasts_values(
    tmp_path: Path,
) -> None:
    lines = [
        {
            "id": "price",
            "question": "现在多少钱",
            "answer": "今天{price}，{gift}",
            "short_answer": "今天{price}",
        },
        {"id": "old", "question": "有优惠券吗", "answer": "券码 OLD", "valid_until": "2020-01-01"},
        {"id": "there", "question": "包邮吗", "answer": "包邮", "rooms": ["bilibili:1"]},
    ]
    faq = tmp_path / "faq.jsonl"
    faq.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    changes = {"knowledge": {"faq": faq}, "broadcast": {"price": "199元"}}
    async with PracticeHouse.open(tmp_path) as house, house.assistant(**changes) as notices:
        for viewer, question in enumerate(["有优惠券吗", "包邮吗", "现在多少钱"]):
            house.say(question, viewer=f"观众{viewer}")
        await notices.until(moved(ReceiptState.SEEN))
        alerts = [notice.text for notice in notices.seen if isinstance(notice, Alert)]
        handed_over = [
            notice.escalation.text for notice in notices.seen if isinstance(notice, QuestionEscalated)
        ]
    assert house.texts() == ["今天199元"]
    assert sorted(handed_over) == ["包邮吗", "有优惠券吗"]
    assert alerts == ["{gift} has no value in [broadcast]: answers with it are not said (price)"]


async def test_entries_imported_during_the_broadcast_are_answered_from(tmp_path: Path) -> None:
    from assistant.commands.importing import import_file

    async with PracticeHouse.open(tmp_path) as house, house.assistant(knowledge={"faq": None}) as notices:
        house.say(QUESTION, viewer="甲")
        await notices.until(lambda notice: isinstance(notice, QuestionEscalated))
        import_file(sample_faq("shop"), house.database, replace=False)
        await _ask_until_answered(house, notices)
    assert house.texts()[0] == ANSWER


async def _ask_until_answered(house: PracticeHouse, notices: Watched) -> None:
    """Somebody asks again and again, until the new entries are in use."""
    for number in range(1000):
        viewer = f"观众{number}"
        house.say(QUESTION, viewer=viewer)
        decided = await notices.until(
            lambda one, who=viewer: isinstance(one, MessageDecided) and one.message.viewer_name == who
        )
        if decided.message.decision.action is Action.REPLY:
            await notices.until(moved(ReceiptState.SEEN))
            return


async def start_process(house: PracticeHouse, *args: str) -> Process:
    """`assistant run` in a process of its own; returns once it is in the room."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    environment |= {
        f"ASSISTANT_BILIBILI__{name}": house.room.url for name in ("LIVE_URL", "API_URL", "WWW_URL")
    }
    environment |= {
        "PYTHONUTF8": "1",
        "ASSISTANT_BILIBILI__WEBSOCKET_SCHEME": "ws",
        "ASSISTANT_BILIBILI__SESSDATA": PRACTICE_SESSDATA,
        "ASSISTANT_BILIBILI__BILI_JCT": PRACTICE_BILI_JCT,
        "ASSISTANT_STORE__PATH": str(house.database),
    }
    command = (
        sys.executable,
        "-m",
        "assistant",
        "run",
        "--room",
        "bilibili:7777",
        "--no-console",
        "--faq",
        str(sample_faq("shop")),
    )
    process = await asyncio.create_subprocess_exec(*command, *args, env=environment, stdout=PIPE, stderr=PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        while line := await process.stdout.readline():
            if b"7777 live" in line:
                return process
    raise AssertionError((await process.stderr.read()).decode() if process.stderr else "")


async def test_a_kill_in_mid_send_loses_nothing_and_sends_nothing_twice(tmp_path: Path) -> None:
    async with PracticeHouse.open(tmp_path, "slow") as house:
        process = await start_process(house)
        house.say(QUESTION)
        await house.sent.until(lambda line: True)  # it left; the platform has not answered
        process.kill()
        await process.communicate()
        replies, _ = await journal(house.database)
        assert [reply.text for reply in replies] == [ANSWER]

        house.room.faults.switch_off("slow")
        process = await start_process(house)
        house.say(PERSONAL)
        house.say("请问" + PERSONAL, viewer="另一位")
        out, err = await _interrupted_after(process, b"service ")
        replies, _ = await journal(house.database)
    assert process.returncode == 0, err.decode()
    assert house.texts() == [ANSWER]
    assert replies[0].state in (ReceiptState.UNKNOWN, ReceiptState.SEEN)
    for secret in (PRACTICE_SESSDATA, PRACTICE_BILI_JCT, "practice-"):
        assert secret.encode() not in out + err
        assert secret.encode() not in house.database.read_bytes()


async def _interrupted_after(process: Process, words: bytes) -> tuple[bytes, bytes]:
    """Its output up to the line with these words, then Ctrl-C and the rest."""
    assert process.stdout is not None
    heard = b""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while words not in heard and (line := await process.stdout.readline()):
            heard += line
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
    return heard + out, err
