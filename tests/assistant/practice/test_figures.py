"""The figures that watch time is integrated from."""

from assistant.practice.acts import Act
from assistant.practice.figures import QUIET_VIEWERS, STAYING_SECONDS, Figures
from assistant.practice.people import Person


def seen(figures: Figures, kind: str, name: str, *, now: float = 0.0) -> None:
    figures.notice(Act(kind=kind, viewer=name), Person.viewer(name), now=now)


def counts(figures: Figures, *, now: float = 0.0) -> dict[str, int]:
    return {act.kind: act.count for act in figures.report(now=now)}


def test_viewers_count_once_and_leave_after_a_while() -> None:
    figures = Figures()
    seen(figures, "enter", "小雨")
    seen(figures, "danmaku", "小雨", now=10)
    seen(figures, "danmaku", "阿辉", now=100)
    assert counts(figures, now=100)["online"] == QUIET_VIEWERS + 2
    assert counts(figures, now=10 + STAYING_SECONDS)["online"] == QUIET_VIEWERS + 1
    assert counts(figures, now=10_000)["watched"] == QUIET_VIEWERS + 2


def test_likes_add_up() -> None:
    figures = Figures()
    for name in ("小雨", "小雨", "阿辉"):
        seen(figures, "like", name)
    assert counts(figures)["likes_total"] == 3


def test_figures_that_the_script_states_win() -> None:
    figures = Figures()
    seen(figures, "enter", "小雨")
    figures.notice(Act(kind="online", count=317), Person.viewer(""), now=0)
    assert counts(figures)["online"] == 317


def test_whoever_was_seen_has_a_name() -> None:
    figures = Figures()
    seen(figures, "enter", "小雨")
    assert figures.name_of(Person.viewer("小雨").uid) == "小雨"
    assert figures.name_of(1) == ""
