import pytest

from assistant.platforms.bilibili import wbi

KEY = wbi.mixin_key("7cd084941338484aae1ad9425b84077c", "4932caff0ff746eab6f01bf08b70ac45")


def test_the_mixin_key_of_the_documented_keys() -> None:
    assert KEY == "ea1db124af3c7062474693fa704f4ff8"


@pytest.mark.parametrize(
    ("params", "now", "signature"),
    [
        ({"foo": 114, "bar": 514, "zab": 1919810}, 1702204169, "8f6f2b5b3d485fe1886cec6a0be8c5d4"),
        ({"id": 7777, "type": 0, "web_location": "444.8"}, 1790000000.9, "c58d40fa64809ad9c8b60483159da2ae"),
    ],
)
def test_the_documented_signatures(params: dict[str, str | int], now: float, signature: str) -> None:
    assert wbi.sign(params, key=KEY, now=now)["w_rid"] == signature


def test_parameters_go_out_in_the_order_they_were_signed() -> None:
    signed = wbi.sign({"zab": 1, "bar": 2}, key=KEY, now=1702204169)
    assert list(signed) == ["bar", "wts", "zab", "w_rid"]


def test_characters_that_the_platform_drops_are_dropped_before_signing() -> None:
    plain, decorated = (wbi.sign({"q": text}, key=KEY, now=1) for text in ("abc", "a!'(b)*c"))
    assert plain == decorated


def test_a_space_is_signed_as_browsers_encode_it() -> None:
    """MD5 of `q=a%20b&wts=1` and the key."""
    assert wbi.sign({"q": "a b"}, key=KEY, now=1)["w_rid"] == "e138ee7dd1b8956111b3a929de357717"


def test_keys_that_are_too_short_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        wbi.mixin_key("7cd084941338484aae1ad9425b84077c", "")
