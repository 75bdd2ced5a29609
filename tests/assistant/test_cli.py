"""The commands as a user meets them: through `python -m assistant`, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.practice import sample_faq
from knowledge.store import EntryStore

COMMANDS = ("demo", "run", "ask", "decide", "practice", "import", "password", "stats", "init")
FAQ = sample_faq("shop")


def assistant(*args: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "assistant", *args],
        cwd=cwd,
        env=clean | {"PYTHONUTF8": "1", "COLUMNS": "200"} | environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def failed_with_one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.splitlines()
    return line


def test_help_names_every_command_and_a_missing_command_is_a_usage_error(tmp_path: Path) -> None:
    done = assistant("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert [name for name in COMMANDS if name not in done.stdout] == []
    assert assistant("sing", cwd=tmp_path).returncode == 2
    assert assistant("ask", cwd=tmp_path).returncode == 2


def test_the_demo_ends_by_itself_with_its_counts_as_the_last_line(tmp_path: Path) -> None:
    done = assistant("demo", "--seconds", "8", "--seed", "1", "--rate", "20", "--port", "0", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "console at http://127.0.0.1:" in done.stdout
    tally = json.loads(done.stdout.splitlines()[-1])
    assert list(tally) == ["heard", "questions", "replied", "seen", "escalated", "ignored"]
    assert tally["heard"] == tally["questions"] + tally["ignored"]
    assert tally["questions"] == tally["replied"] + tally["escalated"]
    assert min(tally.values()) >= 1
    assert list(tmp_path.iterdir()) == []


def test_without_the_console_nothing_of_it_is_imported(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys; from assistant.commands import rehearsing, live; "
        "asyncio.run(rehearsing.demo(seconds=1, seed=1, rate=1, script='shop', faq=None, database=None, "
        "faults=[], console={'enabled': False})); "
        "print([name for name in ('nicegui', 'fastapi', 'uvicorn', 'argon2') if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr
    assert "console at" not in done.stdout


def test_a_lost_password_is_given_anew_and_a_new_person_one_of_their_own(tmp_path: Path) -> None:
    assert "no such file" in failed_with_one_line(assistant("password", "--db", "room.db", cwd=tmp_path))
    demo = ("demo", "--db", "room.db", "--seconds", "3", "--port", "0")
    first = assistant(*demo, cwd=tmp_path)
    assert "sign in as admin with the password" in first.stdout, first.stderr
    given = assistant("password", "--db", "room.db", cwd=tmp_path)
    assert given.stdout.startswith("admin's one-time password is "), given.stderr
    agent = assistant("password", "小雨", "--role", "agent", "--db", "room.db", cwd=tmp_path)
    assert agent.stdout.startswith("小雨's one-time password is "), agent.stderr
    for args, words in (
        (("nobody",), "there is no nobody"),
        (("小雨", "--role", "agent"), "there already"),
        (("mia", "--role", "king"), "one of host, agent, editor, admin"),
    ):
        assert words in failed_with_one_line(assistant("password", *args, "--db", "room.db", cwd=tmp_path))


def test_ask_shows_the_decision_and_its_evidence(tmp_path: Path) -> None:
    entry = json.loads(FAQ.read_text(encoding="utf-8").splitlines()[0])
    ask = ("ask", entry["question"], "--faq", str(FAQ))
    done = assistant(*ask, "--language", "en", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"Would answer with {entry['id']}" in done.stdout
    assert entry["answer"] in done.stdout
    assert f"会用 {entry['id']} 回答" in assistant(*ask, cwd=tmp_path, LC_ALL="zh_CN.UTF-8").stdout
    as_json = assistant(*ask, "--json", cwd=tmp_path)
    assert json.loads(as_json.stdout)["nearest"][0]["entry"] == entry["id"]
    assert assistant(*ask, "--language", "fr", cwd=tmp_path).returncode == 2


def test_decide_writes_one_object_a_line_in_order(tmp_path: Path) -> None:
    entry = json.loads(FAQ.read_text(encoding="utf-8").splitlines()[0])
    texts = [entry["question"], "哈哈哈哈", "", "\u202e=cmd|' /C calc'!A0"]
    messages = tmp_path / "messages.jsonl"
    messages.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    to_file = assistant(
        "decide", "--faq", str(FAQ), "--messages", str(messages), "--out", "out.jsonl", cwd=tmp_path
    )
    to_stdout = assistant("decide", "--faq", str(FAQ), "--messages", str(messages), cwd=tmp_path)
    assert (to_file.returncode, to_stdout.returncode) == (0, 0)
    written = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert written == to_stdout.stdout
    rows = [json.loads(line) for line in written.splitlines()]
    assert [row["text"] for row in rows] == texts
    assert (rows[0]["action"], rows[0]["entry"]) == ("reply", entry["id"])
    assert [row["action"] for row in rows[1:3]] == ["ignore", "ignore"]
    fields = ["action", "candidates", "desk", "entry", "probability", "reason", "score", "text"]
    assert sorted(rows[0]) == fields
    assert len(rows[0]["candidates"]) == 3


def test_the_same_texts_are_decided_the_same_in_every_process(tmp_path: Path) -> None:
    messages = tmp_path / "said.jsonl"
    texts = [json.loads(line)["question"] + "呀主播" for line in FAQ.read_text(encoding="utf-8").splitlines()]
    messages.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    decide = ("decide", "--faq", str(FAQ), "--messages", str(messages))
    first, second = (assistant(*decide, cwd=tmp_path, PYTHONHASHSEED=seed).stdout for seed in "12")
    assert first == second != ""


def test_a_result_replaces_a_file_but_keeps_its_permissions_and_leaves_links_and_devices(
    tmp_path: Path,
) -> None:
    messages, real, link = tmp_path / "said.jsonl", tmp_path / "real.jsonl", tmp_path / "link.jsonl"
    messages.write_text('{"text": "包邮吗"}\n', encoding="utf-8")
    real.touch(mode=0o600)
    link.symlink_to(real)
    decide = ("decide", "--faq", str(FAQ), "--messages", str(messages), "--out")
    assert assistant(*decide, str(link), cwd=tmp_path).returncode == 0
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o600
    assert len(real.read_bytes().splitlines()) == 1
    assert assistant(*decide, os.devnull, cwd=tmp_path).returncode == 0
    assert not Path(os.devnull).is_file()
    assert "is a folder" in failed_with_one_line(assistant(*decide, str(tmp_path), cwd=tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.jsonl", "real.jsonl", "said.jsonl"]


def test_every_bad_row_of_a_faq_is_named_at_once_and_nothing_is_imported(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text(
        '{"id": "a"}\n{"id": "b", "question": 1, "answer": "x"}\n{', encoding="utf-8"
    )
    done = assistant("import", "bad.jsonl", "--db", "new.db", cwd=tmp_path)
    assert done.returncode == 1
    for words in ("bad.jsonl:1: question", "bad.jsonl:1: answer", "bad.jsonl:2: question", "bad.jsonl:3"):
        assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "new.db").exists()


def test_importing_a_file_again_changes_nothing_and_says_so(tmp_path: Path) -> None:
    first = assistant("import", str(FAQ), "--db", "faq.db", cwd=tmp_path)
    again = assistant("import", str(FAQ), "--db", "faq.db", cwd=tmp_path)
    count = len(FAQ.read_text(encoding="utf-8").splitlines())
    assert f"{count} added, 0 changed, 0 unchanged" in first.stdout
    assert f"0 added, 0 changed, {count} unchanged" in again.stdout


def test_init_writes_settings_that_load_and_never_overwrites(tmp_path: Path) -> None:
    assert assistant("init", cwd=tmp_path).returncode == 0
    line = failed_with_one_line(assistant("init", cwd=tmp_path))
    assert "assistant.toml: exists already" in line
    line = failed_with_one_line(assistant("run", cwd=tmp_path))
    assert "no room" in line


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("run", "--room", "youtube:1"), "bilibili:<room id>"),
        (("run", "--config", "none.toml"), "none.toml: no such file"),
        (("stats", "--db", "none.db"), "none.db"),
        (("stats", "--db", "noise.db"), "noise.db"),
        (("import", "noise.db", "--db", "x.db"), "noise.db"),
        (("ask", "怎么发货", "--faq", "none.jsonl"), "none.jsonl"),
        (("decide", "--faq", str(FAQ), "--messages", "none.jsonl"), "none.jsonl"),
        (("stats", "--db", "faq.db"), "holds no journal"),
        (("demo", "--fault", "earthquake"), "earthquake"),
        (("demo", "--script", "none.jsonl"), "none.jsonl"),
        (("run", "--room", "bilibili:1", "--config", "bad.toml"), "policy.cooldown_second"),
    ],
)
def test_a_users_mistake_is_one_clear_line(tmp_path: Path, args: tuple[str, ...], words: str) -> None:
    (tmp_path / "noise.db").write_bytes(b"\x00noise" * 1000)
    EntryStore(tmp_path / "faq.db").close()
    (tmp_path / "bad.toml").write_text("[policy]\ncooldown_second = 1\n", encoding="utf-8")
    assert words in failed_with_one_line(assistant(*args, cwd=tmp_path))
