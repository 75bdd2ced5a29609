"""Configuration: what wins, what is refused, and that secrets stay out of sight."""

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import RoomAddress, Settings


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_flags_win_over_environment_and_environment_over_file(tmp_path, monkeypatch):
    file = write(
        tmp_path / "assistant.toml",
        "[policy]\ncooldown_seconds = 10\nwrong_reply_budget = 0.2\n[sending]\nspacing_seconds = 5\n",
    )
    monkeypatch.setenv("ASSISTANT_POLICY__COOLDOWN_SECONDS", "20")
    monkeypatch.setenv("ASSISTANT_SENDING__SPACING_SECONDS", "6")
    settings = Settings.load(file, sending={"spacing_seconds": 7.0})
    assert settings.policy.wrong_reply_budget == 0.2
    assert settings.policy.cooldown_seconds == 20
    assert settings.sending.spacing_seconds == 7


def test_file_names_are_relative_to_the_configuration(tmp_path):
    text = '[store]\npath = "data/room.db"\n[policy]\ncalibration = "own.json"\n'
    settings = Settings.load(write(tmp_path / "assistant.toml", text))
    assert settings.store.path == tmp_path / "data" / "room.db"
    assert settings.policy.calibration == tmp_path / "own.json"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ASSISTANT_BILIBILI__LIVE_URL", "garbage"),
        ("ASSISTANT_BILIBILI__WEBSOCKET_SCHEME", "http"),
        ("ASSISTANT_BILIBILI__SESSDATA", "SESSDATA=secret; path=/"),
        ("ASSISTANT_BILIBILI__BILI_JCT", "secret\n"),
        ("ASSISTANT_POLICY__COOLDOWN_SECONDS", "abc"),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable_and_no_secret(
    monkeypatch, tmp_path, variable, value
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable) as caught:
        Settings.load()
    assert "secret" not in str(caught.value)


def test_a_room_named_twice_is_one_room():
    assert len(Settings(rooms=("bilibili:1", "bilibili:1", "bilibili:2")).addresses) == 2


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("rooms = [", "not valid TOML"),
        ("colour = 1\n", "colour: no such setting"),
        ("[policy]\nwrong_reply_budget = 2\n", "policy.wrong_reply_budget"),
        ("[policy]\nprecision = 1.0\n", "policy.precision"),
        ("[policy]\nprecision = 90\n", "policy.precision"),
        ("[policy]\ncalibration = 3\n", "policy.calibration"),
        ('rooms = ["bilibili:abc"]\n', "rooms"),
        ('rooms = ["youtube:1"]\n', "bilibili:<room id>"),
        ("policy = 3\n", "policy"),
        ("[broadcast]\nprice = 199\n", "broadcast.price"),
        ('[broadcast]\n"2nd" = "a"\n', "'2nd' is no placeholder's name"),
        ('[broadcast.rooms."bilibili:abc"]\nprice = "1"\n', "broadcast: room 'bilibili:abc'"),
        ('[broadcast.rooms."bilibili:1"]\nprice = 1\n', "broadcast.rooms.bilibili:1.price"),
    ],
)
def test_mistakes_are_named_in_one_line(tmp_path, text, named):
    file = write(tmp_path / "assistant.toml", text)
    with pytest.raises(SettingsError) as caught:
        Settings.load(file)
    assert named in str(caught.value)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_secret_in_the_configuration_is_refused_without_repeating_it(tmp_path):
    file = write(tmp_path / "assistant.toml", '[bilibili]\nsessdata = "hunter2"\n')
    with pytest.raises(SettingsError) as caught:
        Settings.load(file)
    assert "hunter2" not in str(caught.value)
    assert "ASSISTANT_BILIBILI__SESSDATA" in str(caught.value)


def test_private_file_gives_secrets_that_no_repr_shows(tmp_path):
    write(tmp_path / "private.toml", 'sessdata = "hunter2"\nbili_jct = "hunter3"\n').chmod(0o600)
    file = write(tmp_path / "assistant.toml", 'secrets_file = "private.toml"\n')
    settings = Settings.load(file)
    assert settings.bilibili.sessdata is not None
    assert settings.bilibili.sessdata.get_secret_value() == "hunter2"
    assert "hunter" not in repr(settings) + str(settings.model_dump())


def test_the_key_for_drafts_comes_from_the_private_file_or_the_environment(tmp_path, monkeypatch):
    write(tmp_path / "private.toml", 'drafts_api_key = "hunter4"\n').chmod(0o600)
    drafts = '[drafts]\nbase_url = "http://127.0.0.1:1/v1"\nmodel = "qwen"\n'
    file = write(tmp_path / "assistant.toml", f'secrets_file = "private.toml"\n{drafts}')
    settings = Settings.load(file)
    assert settings.drafts.api_key.get_secret_value() == "hunter4"
    assert "hunter" not in repr(settings) + str(settings.model_dump())
    monkeypatch.setenv("ASSISTANT_DRAFTS__API_KEY", "hunter5")
    assert Settings.load(file).drafts.api_key.get_secret_value() == "hunter5"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[drafts]\napi_key = "hunter2"\n', "ASSISTANT_DRAFTS__API_KEY"),
        ('[drafts]\nmodel = "qwen"\n', "base_url and model belong together"),
        ('[drafts]\nbase_url = "ftp://x"\nmodel = "qwen"\n', "drafts.base_url"),
        ("[drafts]\nsend_above = 1.0\n", "drafts.send_above"),
        ("[drafts]\nbudget = inf\n", "drafts.budget"),
        ("[knowledge]\ndocuments = 3\n", "knowledge.documents"),
    ],
)
def test_mistakes_about_drafts_are_named_without_secrets(tmp_path, text, named):
    file = write(tmp_path / "assistant.toml", text)
    with pytest.raises(SettingsError) as caught:
        Settings.load(file)
    assert named in str(caught.value)
    assert "hunter" not in str(caught.value)


def test_documents_are_relative_to_the_configuration(tmp_path):
    file = write(tmp_path / "assistant.toml", '[knowledge]\ndocuments = ["manuals/"]\n')
    assert Settings.load(file).knowledge.documents == (tmp_path / "manuals",)


def test_secrets_file_that_others_can_read_is_refused(tmp_path):
    write(tmp_path / "private.toml", 'sessdata = "hunter2"\n').chmod(0o644)
    file = write(tmp_path / "assistant.toml", 'secrets_file = "private.toml"\n')
    with pytest.raises(SettingsError, match="chmod 600"):
        Settings.load(file)


def test_a_named_file_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(SettingsError, match="no such file"):
        Settings.load(tmp_path / "nowhere.toml")


def test_room_address_reads_back_as_written():
    assert str(RoomAddress.parse("bilibili:7777")) == "bilibili:7777"


def test_a_room_has_the_broadcasts_values_but_for_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSISTANT_BROADCAST__LINK", "https://a.cn/x")
    text = '[broadcast]\nprice = "199元"\n"价格" = "199"\n[broadcast.rooms."bilibili:2"]\nprice = "189元"\n'
    broadcast = Settings.load(write(tmp_path / "assistant.toml", text)).broadcast
    common = {"price": "199元", "价格": "199", "link": "https://a.cn/x"}
    assert broadcast.values(RoomAddress.parse("bilibili:1")) == common
    assert broadcast.values(RoomAddress.parse("bilibili:2")) == common | {"price": "189元"}
