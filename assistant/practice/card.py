"""The fixed facts of a practice room: its numbers, its host and the bot's account.

The credentials are constants because they open nothing but a practice room.
"""

from dataclasses import dataclass

from assistant.practice.people import Person

PRACTICE_SESSDATA = "practice-sessdata"
PRACTICE_BILI_JCT = "practice-bili-jct"


@dataclass(frozen=True, slots=True)
class RoomCard:
    """`short_id` leads to `room_id`; both are accepted where the platform accepts both."""

    title: str = "练习直播间"
    host_name: str = "主播"
    bot_name: str = "小助手"
    room_id: int = 7777
    short_id: int = 77
    owner_uid: int = 4242
    bot_uid: int = 90001
    is_live: bool = True
    live_key: str = "700000000000000001"
    opened_at: int = 1_790_000_000

    @property
    def host(self) -> Person:
        return Person.of(self.owner_uid, self.host_name, is_host=True)

    def means(self, room: str) -> bool:
        """Whether a client's room number, short or real, is this room."""
        return room in (str(self.room_id), str(self.short_id))
