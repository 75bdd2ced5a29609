"""The wbi signature that some of the platform's web APIs ask for: two keys, a timestamp and an MD5.

Pure arithmetic; fetching and keeping the keys is left to `admission`.
"""

import hashlib
from collections.abc import Mapping
from urllib.parse import quote, urlencode

# Which characters of the two joined keys make the mixin key.
_POSITIONS = (
    46, 47, 18, 2, 53, 8, 23, 32, 15, 50, 10, 31, 58, 3, 45, 35,
    27, 43, 5, 49, 33, 9, 42, 19, 29, 28, 14, 39, 12, 38, 41, 13,
)  # fmt: skip
_DROPPED = str.maketrans("", "", "!'()*")


def mixin_key(img_key: str, sub_key: str) -> str:
    """The 32 characters that salt every signature. Raises ValueError when the keys are too short."""
    joined = img_key + sub_key
    if len(joined) <= max(_POSITIONS):
        raise ValueError("wbi keys are shorter than they must be")
    return "".join(joined[position] for position in _POSITIONS)


def sign(params: Mapping[str, str | int], *, key: str, now: float) -> dict[str, str]:
    """`params` as text, in the order that was signed, with `wts` and `w_rid`; `now` is Unix seconds."""
    stamped = {name: str(value).translate(_DROPPED) for name, value in params.items()}
    stamped["wts"] = str(int(now))
    ordered = dict(sorted(stamped.items()))
    salted = urlencode(ordered, quote_via=quote) + key  # a space is %20 here, never +
    ordered["w_rid"] = hashlib.md5(salted.encode(), usedforsecurity=False).hexdigest()
    return ordered
