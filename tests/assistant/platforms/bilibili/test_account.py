import random

import pytest

from assistant.platforms.bilibili import BilibiliPlatform, Credentials, Endpoints
from tests.fakes.bilibili import ADMISSION


def test_credentials_never_show_themselves() -> None:
    account = Credentials("SECRET-A", "SECRET-B", "SECRET-C")
    assert "SECRET" not in f"{account!r} {account} {[account]}"
    assert account.conceal("a SECRET-A b SECRET-B c SECRET-C") == "a … b … c …"


def test_credentials_that_are_not_there_conceal_nothing() -> None:
    assert Credentials().conceal("as it is") == "as it is"


def test_only_two_kinds_of_websocket_exist() -> None:
    with pytest.raises(ValueError, match="wss or ws"):
        Endpoints(websocket_scheme="https")


def test_connections_of_one_admission_have_names_of_their_own() -> None:
    platform = BilibiliPlatform(source=random.Random(1))  # noqa: S311 - a name, not a secret
    openings = {platform.session(ADMISSION).opening() for _ in range(20)}
    assert len(openings) == 20
