from typing import Any

import pytest

from assistant import events, limits
from assistant.events import Gift, Malformed, Membership, SuperChat
from tests.fakes.bilibili import example, packed, protobuf, read

Changes = dict[str, Any]
GUARD: Changes = {
    "uid": 3375817,
    "username": "舰长乙",
    "guard_level": 3,
    "num": 1,
    "start_time": 1778674585,
    "end_time": 1778674585,
}
TOAST = {
    "cmd": "USER_TOAST_MSG",
    "data": GUARD | {"price": 138000, "unit": "月", "payflow_id": "2605", "source": 0},
}


def toast_v2(*, source: int = 0) -> Changes:
    return {
        "cmd": "USER_TOAST_MSG_V2",
        "data": {
            "sender_uinfo": {"uid": 3375817, "base": {"name": "舰长乙"}},
            "guard_info": {"guard_level": 3, "role_name": "舰长", "start_time": 1778674585},
            "pay_info": {"payflow_id": "2605", "price": 138000, "num": 1, "unit": "月"},
            "option": {"source": source},
        },
    }


def changed(name: str, **changes: Any) -> Changes:
    command = example(name)
    command["data"] |= changes
    return command


def gift(command: Changes) -> Gift:
    (event,) = read(command)
    assert isinstance(event, Gift)
    return event


def super_chat(**changes: Any) -> SuperChat:
    (event,) = read(changed("SUPER_CHAT_MESSAGE", **changes))
    assert isinstance(event, SuperChat)
    return event


@pytest.mark.parametrize(
    ("changes", "fen"),
    [
        ({"coin_type": "gold", "total_coin": 200}, 20),
        (
            {
                "coin_type": "gold",
                "total_coin": 15_000,
                "price": 100,
                "blind_gift": {"original_gift_price": 15000},
            },
            1500,
        ),
        ({"coin_type": "gold", "total_coin": None, "price": 300, "num": 3}, 90),
        ({"coin_type": "silver", "total_coin": 5000}, 0),
        ({"coin_type": None, "total_coin": 5000}, 0),
        ({"coin_type": "gold", "total_coin": -5000}, 0),
    ],
)
def test_a_gift_counts_what_was_paid_for_it(changes: Changes, fen: int) -> None:
    assert gift(changed("SEND_GIFT", **changes)).total_fen == fen


def test_a_gift_without_a_transaction_is_known_by_its_random_number() -> None:
    assert gift(changed("SEND_GIFT", tid=None, rnd="42")).event_id == "42"


def test_a_combo_repeats_gifts_and_counts_nothing() -> None:
    combo = {"cmd": "COMBO_SEND", "data": {"uid": 10010, "combo_num": 5, "combo_total_coin": 500}}
    assert read(combo) == []


def packed_gift(*, tid: str = "1", name: str = "小花花", coin: str = "gold", total: int = 200) -> bytes:
    return protobuf(
        (1, 31036), (2, name), (3, 2), (5, 100), (7, total), (8, coin), (9, tid), (10, 1790000010)
    )


def packed_gifts(*gifts: bytes) -> Changes:
    return packed("SEND_GIFT_V2", protobuf((1, 10010), (2, "观众乙"), (5, 3), *((10, one) for one in gifts)))


def test_a_packed_gift_is_the_same_event_as_a_plain_one() -> None:
    plain = gift(changed("SEND_GIFT", guard_level=3))
    assert read(packed_gifts(packed_gift(tid="1790000010121900003"))) == [plain]


def test_one_sender_may_give_several_gifts_at_once() -> None:
    found = read(packed_gifts(packed_gift(tid="1"), packed_gift(tid="2", name="灯牌", coin="silver")))
    assert [(one.event_id, one.name, one.total_fen) for one in found if isinstance(one, Gift)] == [
        ("1", "小花花", 20),
        ("2", "灯牌", 0),
    ]


def test_gifts_that_share_a_transaction_stay_apart() -> None:
    found = read(packed_gifts(packed_gift(tid="1"), packed_gift(tid="1", name="灯牌")))
    assert [one.event_id for one in found if isinstance(one, Gift)] == ["1", "1#1"]


def test_a_packed_gift_without_a_total_counts_its_price() -> None:
    (event,) = read(packed_gifts(packed_gift(total=0)))
    assert isinstance(event, Gift)
    assert event.total_fen == 20


@pytest.mark.parametrize("pb", [None, 5, "not base64!", "中文", "CLHqARIM6L", "A" * 200_000])
def test_gifts_that_cannot_be_unpacked_are_malformed(pb: Any) -> None:
    assert read({"cmd": "SEND_GIFT_V2", "data": {"pb": pb}}) == [
        Malformed(platform="bilibili", room="7777", reason="SEND_GIFT_V2: pb cannot be read")
    ]


def test_one_purchase_told_in_every_way_has_one_identity() -> None:
    bought = {"cmd": "GUARD_BUY", "data": GUARD | {"price": 198000, "gift_id": 10003, "gift_name": "舰长"}}
    told = [
        event
        for event in read(bought, TOAST, toast_v2(), toast_v2(source=2))
        if isinstance(event, Membership)
    ]
    assert [event.total_fen for event in told] == [19800, 13800, 13800]
    assert {event.event_id for event in told} == {"guard:3375817:3:1778674585"}
    assert {event.viewer for event in told} == {events.Viewer(id="3375817", name="舰长乙", guard_level=3)}


def test_a_membership_that_is_told_again_as_given_away_is_ignored() -> None:
    again = {"cmd": "USER_TOAST_MSG", "data": TOAST["data"] | {"source": 2}}  # type: ignore[operator]
    assert read(again, toast_v2(source=2)) == []


def test_several_months_cost_several_times_the_price() -> None:
    (event,) = read(changed("GUARD_BUY", num=3))
    assert isinstance(event, Membership)
    assert (event.count, event.total_fen) == (3, 59400)


@pytest.mark.parametrize("level", [0, 4, None, "3", True])
def test_a_membership_of_no_known_level_is_malformed(level: Any) -> None:
    (event,) = read(changed("GUARD_BUY", guard_level=level))
    assert isinstance(event, Malformed)


@pytest.mark.parametrize(
    ("price", "fen"), [(30, 3000), (30.5, 3050), ("50", 5000), (None, 0), (-1, 0), (2**62, 0)]
)
def test_the_price_of_a_super_chat_is_told_in_fen(price: Any, fen: int) -> None:
    assert super_chat(price=price).price_fen == fen


def test_a_super_chat_that_names_no_duration_is_shown_until_its_end() -> None:
    assert super_chat(time=None).seconds == 60


def test_a_super_chat_names_its_sender() -> None:
    user = {"uname": "房管", "guard_level": 2, "manager": 1}
    assert super_chat(uid="4242", user_info=user).viewer == events.Viewer(
        id="4242", name="房管", is_host=True, is_admin=True, guard_level=2
    )


def test_a_masked_super_chat_takes_the_name_that_is_left() -> None:
    assert super_chat(uid=0, user_info=None, uinfo={"base": {"name": "观***"}}).viewer.key == "?:观***"


def test_a_long_super_chat_is_cut() -> None:
    assert len(super_chat(message="长" * 9999).text) == limits.TEXT_CHARACTERS


def test_the_translated_copy_of_a_super_chat_is_dropped() -> None:
    assert read(changed("SUPER_CHAT_MESSAGE") | {"cmd": "SUPER_CHAT_MESSAGE_JPN"}) == []


def test_deleted_super_chats_go_by_the_ids_they_came_with() -> None:
    (deleted,) = read({"cmd": "SUPER_CHAT_MESSAGE_DELETE", "data": {"ids": [900001, "900002", None, 0]}})
    assert isinstance(deleted, events.SuperChatDeleted)
    assert deleted.event_ids == (super_chat().event_id, "900002")


def test_a_deletion_that_names_nothing_is_nothing() -> None:
    assert read({"cmd": "SUPER_CHAT_MESSAGE_DELETE", "data": {"ids": []}}) == []
