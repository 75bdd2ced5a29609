"""Puts the assistant together from settings: the one place that knows which parts there are."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import structlog
from pydantic import SecretStr

from assistant.audit import Audit
from assistant.board import Board
from assistant.checks import Checks
from assistant.clock import Clock, RealClock
from assistant.controls import Controls
from assistant.drafting import Drafter
from assistant.drafting.endpoint import Endpoint
from assistant.editing import Editing
from assistant.errors import RecordingError, SettingsError
from assistant.faq import EntryWatch, entries_version, load_entries
from assistant.holding import Holding
from assistant.learning import Learning
from assistant.library import Library
from assistant.notices import Watcher, both
from assistant.outbox import Outbox
from assistant.pipeline.decide import Bars
from assistant.pipeline.flow import Flow
from assistant.pipeline.research import Sources
from assistant.platforms.base import Platform
from assistant.platforms.bilibili import BilibiliPlatform, Credentials, Endpoints
from assistant.records import Records
from assistant.room import Room
from assistant.rooms.http import HttpShell
from assistant.rooms.keeper import Keeper
from assistant.rooms.recording import Recorder
from assistant.service import Assistant
from assistant.settings import BilibiliSettings, PolicySettings, RoomAddress, Settings
from assistant.speaking import Mode, Speaking, Switch
from assistant.stores.rows import Receipt, Reply, Row
from assistant.stores.sqlite import SqliteStore
from assistant.today import DayTally
from assistant.unfilled import Unfilled
from assistant.voice import RoomVoice
from knowledge import open_embedder
from knowledge.ranking import Ranker, open_ranker

_log = structlog.get_logger(__name__)


def compose(
    settings: Settings,
    *,
    watch: Watcher,
    clock: Clock | None = None,
    record: Path | None = None,
    platforms: Mapping[str, Platform] | None = None,
) -> Assistant:
    """An assistant for the rooms of `settings`, not yet running.

    `record`: a folder that gets a recording of each room. `platforms`: codecs by name, in place of those that
    the settings describe. Raises AssistantError or KnowledgeError for what is wrong with files that the
    settings name.
    """
    return _Composition(
        settings,
        watch=watch,
        clock=clock or RealClock(),
        record=record,
        platforms=platforms or {"bilibili": bilibili(settings.bilibili)},
    ).assistant()


class _Composition:
    """The parts while they are being put together; the outbox finds rooms that are added after it."""

    def __init__(
        self,
        settings: Settings,
        *,
        watch: Watcher,
        clock: Clock,
        record: Path | None,
        platforms: Mapping[str, Platform],
    ) -> None:
        self._settings = settings
        self._today = DayTally(clock=clock.now)
        self._watch = both(self._today.watch, watch)
        self._clock = clock
        self._record = record
        self._rooms: dict[tuple[str, str], Room] = {}
        self._switch = Switch(Speaking(Mode.DRY_RUN if settings.dry_run else Mode.AUTO))
        self._http = HttpShell()
        self._platforms = platforms
        self._ranker = _ranker(settings.policy)
        self._store = SqliteStore(settings.store.path, clock=clock.now)
        is_from_file = settings.knowledge.faq is not None
        self._entries_version = None if is_from_file else entries_version(settings.store.path)
        self._embedder = open_embedder(settings.knowledge.model)
        self._holding = self._open_holding()
        self._library = self._open_library()
        self._drafter = self._open_drafter()
        self._outbox = Outbox(
            self._store,
            senders=self._voice,
            settings=settings.sending,
            clock=clock,
            on_receipt=self._receipt,
            on_failure=self._failure,
            others=self._other_wordings,
            dry_run=settings.dry_run,
        )

    def assistant(self) -> Assistant:
        rooms: list[Room] = []
        clock, watch = self._clock, self._watch
        learning = Learning(self._settings.store.path, clock=clock.now)
        audit = Audit(self._store, clock=clock.now)
        assistant = Assistant(
            rooms=rooms,
            store=self._store,
            holding=self._holding,
            outbox=self._outbox,
            http=self._http,
            board=Board(rooms, learning=learning, audit=audit, watch=watch),
            controls=Controls(
                rooms,
                switch=self._switch,
                outbox=self._outbox,
                holding=self._holding,
                budget=self._settings.policy.wrong_reply_budget,
                bars_of=self._bars,
                audit=audit,
                clock=clock,
                watch=watch,
            ),
            records=Records(
                self._store,
                today=self._today,
                learning=learning,
                entries=lambda: self._holding.entries,
                audit=audit,
            ),
            editing=Editing(
                self._settings.store.path,
                checks=Checks(
                    self._settings,
                    rooms=rooms,
                    embedder=self._embedder,
                    ranker=self._ranker,
                    bars=lambda: self._holding.bars,
                    clock=clock,
                ),
                audit=audit,
                clock=clock.now,
                faq=self._settings.knowledge.faq,
            ),
            audit=audit,
            today=self._today,
            watch=watch,
            entry_watch=self._entry_watch(),
            library=self._library,
            drafter=self._drafter,
        )
        for address in self._settings.addresses:
            self._add(address, assistant)
        return assistant

    def _open_holding(self) -> Holding:
        settings = self._settings
        knowledge, policy = settings.knowledge, settings.policy
        unfilled = Unfilled(settings.broadcast, rooms=settings.addresses, watch=self._watch)
        return Holding(
            load_entries(faq=knowledge.faq, database=settings.store.path),
            embedder=self._embedder,
            ranker=self._ranker,
            bars=self._bars(policy.wrong_reply_budget),
            clock=self._clock,
            on_entries=unfilled.look,
        )

    def _bars(self, budget: float) -> Bars:
        precision = self._settings.policy.precision
        return Bars.of(self._ranker, wrong_reply_budget=budget, precision=precision)

    def _open_library(self) -> Library | None:
        paths = self._settings.knowledge.documents
        return Library(paths, embedder=self._embedder, watch=self._watch) if paths else None

    def _open_drafter(self) -> Drafter | None:
        drafts = self._settings.drafts
        if not drafts.base_url:
            return None
        if self._library is None:
            raise SettingsError("drafts: they are made of documents; name some in knowledge.documents")
        return Drafter(Endpoint(drafts), settings=drafts, clock=self._clock, watch=self._watch)

    def _entry_watch(self) -> EntryWatch | None:
        """A FAQ file is read once; the database is watched for what editors change."""
        if self._entries_version is None:
            return None
        return EntryWatch(
            self._settings.store.path,
            version=self._entries_version,
            clock=self._clock,
            swap=self._holding.publish,
        )

    def _add(self, address: RoomAddress, assistant: Assistant) -> None:
        platform = self._platforms[address.platform]
        keeper = Keeper(
            platform,
            address.id,
            http=self._http,
            on_events=lambda events: room.hear(events),
            on_status=lambda status: assistant.room_moved(room, status),
            clock=self._clock,
        )
        voice = RoomVoice(platform, http=self._http, keeper=keeper, clock=self._clock, switch=self._switch)
        flow = Flow(
            address,
            store=self._store,
            answers=self._holding.answers(str(address)),
            outbox=self._outbox,
            voice=voice,
            settings=self._settings,
            clock=self._clock,
            watch=self._watch,
            sources=Sources(self._library, self._drafter, send=partial(_say_draft, assistant)),
            switch=self._switch,
        )
        room = Room(address, keeper, flow, voice, self._recorder(address))
        self._rooms[address.platform, address.id] = room
        assistant.add(room)

    def _recorder(self, address: RoomAddress) -> Recorder | None:
        if self._record is None:
            return None
        try:
            self._record.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or "cannot be made"
            raise RecordingError(f"{self._record}: {reason}") from None
        path = self._record / f"{address.platform}-{address.id}.jsonl"
        return Recorder(path, platform=address.platform, room=address.id, clock=self._clock)

    def _voice(self, platform: str, room: str) -> RoomVoice | None:
        there = self._rooms.get((platform, room))
        return None if there is None else there.voice

    def _other_wordings(self, reply: Reply) -> Sequence[Sequence[str]]:
        room = self._rooms.get((reply.platform, reply.room))
        return () if room is None else room.flow.other_wordings(reply)

    def _receipt(self, reply: Reply, receipt: Receipt) -> None:
        room = self._rooms.get((reply.platform, reply.room))
        if room is not None:
            room.flow.aftermath.reply_moved(reply, receipt)

    async def _failure(self, reply: Reply, receipt: Receipt) -> Sequence[Row]:
        room = self._rooms.get((reply.platform, reply.room))
        return () if room is None else await room.flow.aftermath.reply_failed(reply, receipt)


async def _say_draft(assistant: Assistant, room: str, escalation_id: int, text: str) -> None:
    """Where somebody is at the question, or nothing is said by itself now, it waits with the question."""
    if assistant.controls.says_by_itself:
        await assistant.board.answer_in_words(room, escalation_id, text, "a draft", source="draft")


def _ranker(policy: PolicySettings) -> Ranker:
    ranker = open_ranker(policy.calibration)
    if policy.precision is not None and not ranker.reaches(policy.precision):
        _log.warning(
            "no bar is known to reach the precision: only wordings as they stand are answered",
            precision=policy.precision,
        )
    return ranker


def bilibili(settings: BilibiliSettings) -> BilibiliPlatform:
    """The codec for the account and the addresses of `settings`."""
    credentials = Credentials(
        sessdata=_revealed(settings.sessdata),
        bili_jct=_revealed(settings.bili_jct),
        buvid3=_revealed(settings.buvid3),
    )
    endpoints = Endpoints(
        live_url=settings.live_url,
        api_url=settings.api_url,
        www_url=settings.www_url,
        websocket_scheme=settings.websocket_scheme,
    )
    return BilibiliPlatform(credentials=credentials, endpoints=endpoints)


def _revealed(secret: SecretStr | None) -> str:
    return "" if secret is None else secret.get_secret_value()
