"""Everything a team may set: read from a TOML file and the environment, checked before anything starts.

The environment wins over the file (`ASSISTANT_POLICY__COOLDOWN_SECONDS=30`), flags win over both.
Secrets come from the environment or a private file only, never from the TOML file, so that a configuration
can be shared.
"""

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as UnreadableEnvironment

from assistant.errors import SettingsError
from knowledge.placeholders import is_name

SECRETS = {  # as a private file names them, and where they belong
    "sessdata": ("bilibili", "sessdata"),
    "bili_jct": ("bilibili", "bili_jct"),
    "buvid3": ("bilibili", "buvid3"),
    "drafts_api_key": ("drafts", "api_key"),
}


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RoomAddress(_Section):
    """A room, written `platform:id`."""

    platform: str
    id: str

    @classmethod
    def parse(cls, text: str) -> "RoomAddress":
        platform, _, room = text.strip().partition(":")
        if platform not in ("bilibili",):
            raise SettingsError(f"room {text!r}: write it as bilibili:<room id>")
        if not (room.isascii() and room.isdigit() and len(room) <= 20):
            raise SettingsError(
                f"room {text!r}: the id after 'bilibili:' is the number in the room's address"
            )
        return cls(platform=platform, id=room)

    def __str__(self) -> str:
        return f"{self.platform}:{self.id}"


def _parse_room(text: str) -> RoomAddress:
    """As `RoomAddress.parse`, for validators."""
    try:
        return RoomAddress.parse(text)
    except SettingsError as error:
        raise ValueError(str(error)) from None


class StoreSettings(_Section):
    path: Path = Path("assistant.db")


class KnowledgeSettings(_Section):
    """`faq`: a file read at start; empty means the entries imported into the database.

    `documents`: manuals and the like, files or folders, read at start: what they say to a question that goes
    to people goes with it.
    """

    faq: Path | None = None
    model: str = ""
    documents: tuple[Path, ...] = ()


class PolicySettings(_Section):
    """When to speak. `wrong_reply_budget`: the share of replies that may be wrong.

    `precision`: the share that must be right, all but certainly; the stricter of both holds. `calibration`: a
    team's own, in place of the shipped.
    """

    wrong_reply_budget: float = Field(0.1, gt=0, lt=1)
    precision: float | None = Field(None, gt=0, lt=1)
    calibration: Path | None = None
    cooldown_seconds: float = Field(60.0, ge=0)
    escalation_window_seconds: float = Field(600.0, ge=0)
    answer_the_host: bool = False


class SendingSettings(_Section):
    """How replies leave. A reply not sent within `expire_seconds` is worthless and goes to the host."""

    spacing_seconds: float = Field(2.0, ge=0.1)
    expire_seconds: float = Field(45.0, gt=0)
    echo_seconds: float = Field(15.0, gt=0)
    most_parts: int = Field(4, ge=1, le=10)
    mention_asker: bool = True


class LimitSettings(_Section):
    """`queue`: danmaku waiting to be decided before the oldest are dropped (and counted)."""

    queue: int = Field(5000, ge=100)
    text_characters: int = Field(500, ge=20)


_Values = dict[str, str]


class BroadcastSettings(_Section):
    """What answers leave open, by name: `price = "199元"` fills `{price}`. `rooms`: what is otherwise in one
    room, by its address; a value that is empty there is missing there.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: _Values

    rooms: dict[str, _Values] = {}

    @model_validator(mode="after")
    def _names_and_rooms_can_be_written(self) -> "BroadcastSettings":
        values = self.__pydantic_extra__
        for name in (*values, *(name for own in self.rooms.values() for name in own)):
            if not is_name(name):
                raise ValueError(f"{name!r} is no placeholder's name: letters, digits and _, no digit first")
        for room in self.rooms:
            _parse_room(room)
        return self

    def values(self, room: RoomAddress) -> Mapping[str, str]:
        """What holds in this room."""
        return self.__pydantic_extra__ | self.rooms.get(str(room), {})


_ADDRESS = r"^https?://[^\s/?#]+(/[^\s?#]*)?$"


class DraftSettings(_Section):
    """An OpenAI-compatible endpoint that drafts answers from the documents; no `base_url`, no drafts.

    Prices are for a million tokens, `budget` for a broadcast, both in the team's money; a model of the team's
    own costs nothing. `send_above`: drafts of a higher confidence (0 to 1) go into the room by themselves.
    """

    base_url: str = Field("", pattern=rf"^$|{_ADDRESS}")
    model: str = ""
    api_key: SecretStr | None = None
    timeout_seconds: float = Field(20.0, gt=0)
    retries: int = Field(2, ge=0, le=10)
    price_in: float = Field(0.0, ge=0, allow_inf_nan=False)
    price_out: float = Field(0.0, ge=0, allow_inf_nan=False)
    budget: float = Field(1.0, ge=0, allow_inf_nan=False)
    most_tokens: int = Field(1000, ge=50)
    banned_words: tuple[str, ...] = ()
    send_above: float | None = Field(None, gt=0, lt=1)

    @field_validator("api_key", mode="after")
    @classmethod
    def _fits_into_a_header(cls, secret: SecretStr | None) -> SecretStr | None:
        value = "?" if secret is None else secret.get_secret_value()
        if not (value and value.isascii() and value.isprintable() and " " not in value):
            raise ValueError("is no key: copy it without spaces and quotes")
        return secret

    @model_validator(mode="after")
    def _name_both_or_none(self) -> "DraftSettings":
        if bool(self.base_url) != bool(self.model):
            raise ValueError("base_url and model belong together: one of them is missing")
        return self


class BilibiliSettings(_Section):
    """Credentials for sending and for unmasked names; addresses only for a practice room."""

    sessdata: SecretStr | None = None
    bili_jct: SecretStr | None = None
    buvid3: SecretStr | None = None
    live_url: str = Field("https://api.live.bilibili.com", pattern=_ADDRESS)
    api_url: str = Field("https://api.bilibili.com", pattern=_ADDRESS)
    www_url: str = Field("https://www.bilibili.com", pattern=_ADDRESS)
    websocket_scheme: Literal["wss", "ws"] = "wss"

    @field_validator("sessdata", "bili_jct", "buvid3", mode="after")
    @classmethod
    def _fits_into_a_cookie(cls, secret: SecretStr | None) -> SecretStr | None:
        value = "" if secret is None else secret.get_secret_value()
        if not (value.isascii() and value.isprintable()) or set(value) & set(' ;,"'):
            raise ValueError("is no cookie's value: copy it without its name, quotes, spaces or semicolons")
        return secret


class ConsoleSettings(_Section):
    """Where the console listens. `hosts`: further names that it is reached by, as a proxy in front has one.

    A session ends when it was not used for `idle_hours`, and after `session_hours` at the latest.
    """

    enabled: bool = True
    host: str = Field("127.0.0.1", min_length=1)
    port: int = Field(8080, ge=0, le=65_535)
    hosts: tuple[str, ...] = ()
    idle_hours: float = Field(12.0, gt=0, allow_inf_nan=False)
    session_hours: float = Field(168.0, gt=0, allow_inf_nan=False)


class Settings(BaseSettings):
    """The whole configuration. `Settings.load` is the way to make one."""

    model_config = SettingsConfigDict(
        env_prefix="ASSISTANT_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    rooms: tuple[str, ...] = ()
    dry_run: bool = False
    store: StoreSettings = StoreSettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    policy: PolicySettings = Field(default_factory=PolicySettings)
    sending: SendingSettings = Field(default_factory=SendingSettings)
    limits: LimitSettings = Field(default_factory=LimitSettings)
    broadcast: BroadcastSettings = BroadcastSettings()
    drafts: DraftSettings = Field(default_factory=DraftSettings)
    bilibili: BilibiliSettings = Field(default_factory=BilibiliSettings)
    console: ConsoleSettings = Field(default_factory=ConsoleSettings)

    @field_validator("rooms", mode="after")
    @classmethod
    def _rooms_parse(cls, rooms: tuple[str, ...]) -> tuple[str, ...]:
        for room in rooms:
            _parse_room(room)
        return rooms

    @property
    def addresses(self) -> tuple[RoomAddress, ...]:
        """Each room once."""
        return tuple(dict.fromkeys(RoomAddress.parse(room) for room in self.rooms))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)  # `load` merges file, environment and flags itself, in this order

    @classmethod
    def load(cls, path: Path | None = None, **overrides: Any) -> "Settings":
        """Read `path` (none: `assistant.toml` here if there is one), the environment and `overrides`.

        Raises SettingsError naming file and field; values of wrong fields are not repeated.
        """
        source = path or Path("assistant.toml")
        values = _read_toml(source) if path or source.exists() else {}
        base = source.parent if values else Path()
        _place_secrets(values, base, source)
        _resolve_paths(values, base)
        try:
            environment = EnvSettingsSource(cls)()
            return cls(**_merge(_merge(values, environment), overrides))
        except ValidationError as error:
            raise SettingsError(_word(error, source if values else None)) from None
        except UnreadableEnvironment as error:
            raise SettingsError(f'environment: {error} (lists are written as JSON: ["..."])') from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(f"{path}: no such file ('assistant init' writes one)") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({error.__class__.__name__})") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from None


def _place_secrets(values: dict[str, Any], base: Path, source: Path) -> None:
    for section, name in SECRETS.values():
        table = values.get(section)
        if isinstance(table, dict) and name in table:
            raise SettingsError(
                f"{source}: {section}.{name} does not belong here; put it into a private file named by "
                f"secrets_file, or into the environment as ASSISTANT_{section.upper()}__{name.upper()}"
            )
    named = values.pop("secrets_file", None)
    if named is None:
        return
    if not isinstance(named, str):
        raise SettingsError(f"{source}: secrets_file: must be a file's name")
    for name, secret in _read_secrets(base / named).items():
        section, field = SECRETS[name]
        table = values.setdefault(section, {})
        if not isinstance(table, dict):
            raise SettingsError(f"{source}: {section}: must be a table")
        table[field] = secret


def _read_secrets(path: Path) -> dict[str, Any]:
    secrets = _read_toml(path)
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"{path}: others can read it; run: chmod 600 {path}")
    if set(secrets) - set(SECRETS):
        raise SettingsError(f"{path}: knows only {', '.join(SECRETS)}")
    return secrets


def _resolve_paths(values: dict[str, Any], base: Path) -> None:
    """File names in a configuration are relative to it, not to where the command runs."""
    for section, field in (("store", "path"), ("knowledge", "faq"), ("policy", "calibration")):
        table = values.get(section)
        if isinstance(table, dict) and isinstance(table.get(field), str) and table[field]:
            table[field] = base / table[field]
    knowledge = values.get("knowledge")
    if isinstance(knowledge, dict) and isinstance(knowledge.get("documents"), list):
        knowledge["documents"] = [
            base / path if isinstance(path, str) and path else path for path in knowledge["documents"]
        ]


def _merge(values: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    merged = dict(values)
    for name, value in overrides.items():
        old = merged.get(name)
        merged[name] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _place(loc: tuple[int | str, ...]) -> str:
    """The setting's name, and the variable where the environment set it."""
    variable = "ASSISTANT_" + "__".join(str(part) for part in loc).upper()
    name = ".".join(str(part) for part in loc)
    return f"{name} (environment variable {variable})" if variable in os.environ else name


def _word(error: ValidationError, source: Path | None) -> str:
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        field = _place(problem["loc"])
        message = "no such setting" if problem["type"] == "extra_forbidden" else problem["msg"]
        lines.append(f"{field}: {message.removeprefix('Value error, ')}")
    return f"{source or 'settings'}: " + "; ".join(lines)
