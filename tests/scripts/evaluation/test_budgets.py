from dataclasses import replace

from rich.console import Console

from knowledge.calibration import shipped_calibration
from knowledge.evaluation.report import Point
from knowledge.ranking import Ranker
from scripts.evaluation.budgets import Budgets


def shown(budgets: Budgets) -> str:
    console = Console(width=100)
    with console.capture() as capture:
        console.print(budgets.render())
    return capture.get()


def test_the_measured_share_stands_beside_the_budget_even_where_it_exceeds_it() -> None:
    measured = Point(0.1, right=6, wrong_replies=2, handed_over=1, ignored=0)
    budgets = Budgets([measured, replace(measured, budget=0.2, right=0, wrong_replies=0)], [0.87, 0.8], None)
    report = shown(budgets)
    (row,) = [line.split() for line in report.splitlines() if "0.870" in line]
    assert row == ["10.0%", "25.0%", "0.870", "6", "2", "1", "0"]
    assert (budgets.measured(0.1), budgets.measured(0.2)) == ("25.0%", "-")
    assert "may exceed their budget" in " ".join(report.split())


def test_the_bars_are_those_of_the_calibration_that_is_kept() -> None:
    kept = shipped_calibration()
    budgets = Budgets.of([], kept, budget=0.07, other=None)
    assert Ranker(kept).reply_threshold(0.07) in budgets.bars
    assert budgets.measured(0.07) == "-"
