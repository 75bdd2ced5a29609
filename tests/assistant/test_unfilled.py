from assistant.notices import Alert, Notice
from assistant.settings import BroadcastSettings, RoomAddress
from assistant.unfilled import Unfilled
from knowledge import Entry

ONE, TWO = RoomAddress.parse("bilibili:1"), RoomAddress.parse("bilibili:2")
ENTRIES = [Entry(id=f"e{number}", question=f"问题{number}", answer="今天{price}") for number in range(5)]


def test_a_value_that_nobody_set_is_told_once_for_each_room_that_lacks_it() -> None:
    told: list[Notice] = []
    broadcast = BroadcastSettings(rooms={str(TWO): {"price": "199元"}})
    unfilled = Unfilled(broadcast, rooms=(ONE, TWO), watch=told.append)
    unfilled.look(iter(ENTRIES))
    unfilled.look(ENTRIES)
    words = "{price} has no value in [broadcast]: answers with it are not said (e0, e1, e2 and 2 more)"
    assert told == [Alert("bilibili:1", words)]
