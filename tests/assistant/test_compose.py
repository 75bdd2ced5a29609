"""What is wrong with a policy is said before anything starts."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from assistant.compose import compose
from assistant.settings import PolicySettings, Settings, StoreSettings
from knowledge.calibration import Calibration
from knowledge.errors import ModelUnavailable
from tests.fakes.practice_house import PracticeHouse


async def warnings_at_start(folder: Path, **policy: object) -> list[str]:
    with capture_logs() as logged:
        async with PracticeHouse.open(folder) as house, house.assistant(policy=policy):
            pass
    return [str(entry["event"]) for entry in logged if entry["log_level"] == "warning"]


async def test_a_precision_that_nothing_reaches_is_told_at_start(tmp_path: Path) -> None:
    (warning,) = await warnings_at_start(tmp_path, precision=0.9999)
    assert "only wordings as they stand" in warning


async def test_a_precision_that_is_reached_needs_no_word(tmp_path: Path) -> None:
    assert await warnings_at_start(tmp_path, precision=0.8) == []


async def test_a_teams_own_calibration_is_used(tmp_path: Path) -> None:
    Calibration.load().save(tmp_path / "own.json")
    assert await warnings_at_start(tmp_path, calibration=tmp_path / "own.json") == []


@pytest.mark.parametrize("content", [None, "{", '{"version": 1}'])
def test_a_calibration_that_cannot_be_used_stops_the_start_in_one_line(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "own.json"
    if content is not None:
        path.write_text(content)
    store = StoreSettings(path=tmp_path / "room.db")
    with pytest.raises(ModelUnavailable, match=r"own\.json: the calibration") as caught:
        compose(Settings(store=store, policy=PolicySettings(calibration=path)), watch=lambda notice: None)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "room.db").exists()
