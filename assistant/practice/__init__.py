"""The practice room: a local server that speaks the platform's protocol, plays viewers and injects faults.

Imported only by what rehearses (`assistant demo`, `assistant practice`, tests): it brings a web server along.
"""

from assistant.practice.acts import Act, ScriptError
from assistant.practice.card import PRACTICE_BILI_JCT, PRACTICE_SESSDATA, RoomCard
from assistant.practice.faults import FAULTS, Faults, UnknownFault
from assistant.practice.room import PracticeRoom, RoomNotOpened
from assistant.practice.samples import SAMPLES, load_room, sample_card, sample_faq
from assistant.practice.sending import SendingRules, SentLine

__all__ = [
    "FAULTS",
    "PRACTICE_BILI_JCT",
    "PRACTICE_SESSDATA",
    "SAMPLES",
    "Act",
    "Faults",
    "PracticeRoom",
    "RoomCard",
    "RoomNotOpened",
    "ScriptError",
    "SendingRules",
    "SentLine",
    "UnknownFault",
    "load_room",
    "sample_card",
    "sample_faq",
]
