"""What the evidence weighs: a file that scripts/calibrate.py fits on labelled rooms, and the shipped one.

What is judged by it is for `ranking`; how its fields are read, for `calibration_fields`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from knowledge.calibration_fields import (
    FieldInvalid,
    Fields,
    ascending_pairs,
    number,
    read_fields,
    share,
    shares,
    texts,
    weights,
)
from knowledge.errors import ModelUnavailable
from knowledge.evidence import CANDIDATE_FEATURES, MESSAGE_FEATURES

SHIPPED_CALIBRATION: Final = Path(__file__).parent / "model" / "calibration.json"
CALIBRATION_VERSION: Final = 2

TRUST_FEATURES: Final = (
    "bias",
    "lead",  # of the first candidate's utility over the best rival's, -6..6
    "share",  # 0..1: of the exponentials of its and all rivals' utilities
    *MESSAGE_FEATURES,
    *CANDIDATE_FEATURES,
)

ASKING_FEATURES: Final = ("bias", "asks", "latin", "lead", "cosine", "shared")
"""Of TRUST_FEATURES, those that tell whether anything is asked: who speaks of the shop's matters may well."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the evidence weighs, fitted on labelled rooms by scripts/calibrate.py.

    `order_weights` (of CANDIDATE_FEATURES) order the candidates; `trust_weights` (of TRUST_FEATURES) make the
    log odds that the first truly answers, `asking_weights` (of ASKING_FEATURES) those that anything is asked.
    `rival_utility` is that of the best wrong candidate of a usual
    message: a rival that every text has, or a base of one entry would have nothing to doubt.
    `reply_thresholds` are pairs (budget of wrong replies, least probability), `precision_thresholds` pairs
    (share of right replies that is all but certain, least probability); both ascend, measured on rooms that
    the weights had not seen. `entry_thresholds`, by entry id, are learned for entries that misled.
    `fitted_on` names the rooms, `name:digest`: no figure of them is one of an unseen room.
    """

    order_weights: Mapping[str, float]
    trust_weights: Mapping[str, float]
    asking_weights: Mapping[str, float]
    rival_utility: float
    question_threshold: float
    reply_thresholds: tuple[tuple[float, float], ...]
    precision_thresholds: tuple[tuple[float, float], ...] = ()
    entry_thresholds: Mapping[str, float] = field(default_factory=dict)
    fitted_on: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: Path = SHIPPED_CALIBRATION) -> "Calibration":
        """Raises ModelUnavailable."""
        try:
            return cls._of_fields(read_fields(path.read_bytes()))
        except OSError as error:
            raise ModelUnavailable(
                f"{path}: the calibration cannot be read: {error.strerror or error}"
            ) from None
        except FieldInvalid as error:
            raise ModelUnavailable(f"{path}: the calibration is broken: {error}") from None

    @classmethod
    def _of_fields(cls, fields: Fields) -> "Calibration":
        version = number(fields, "version")
        if version != CALIBRATION_VERSION:
            raise FieldInvalid(
                f"version {version:g}, this program reads {CALIBRATION_VERSION}; calibrate anew"
            )
        return cls(
            order_weights=weights(fields, "order_weights", CANDIDATE_FEATURES),
            trust_weights=weights(fields, "trust_weights", TRUST_FEATURES),
            asking_weights=weights(fields, "asking_weights", ASKING_FEATURES),
            rival_utility=number(fields, "rival_utility"),
            question_threshold=share(fields, "question_threshold"),
            reply_thresholds=ascending_pairs(fields, "reply_thresholds"),
            precision_thresholds=ascending_pairs(fields, "precision_thresholds"),
            entry_thresholds=shares(fields, "entry_thresholds"),
            fitted_on=texts(fields, "fitted_on"),
        )

    def save(self, path: Path) -> None:
        data = {"version": CALIBRATION_VERSION, **asdict(self)}
        path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


def unfitted_calibration() -> Calibration:
    """Weighs nothing, for who observes only."""
    return Calibration(
        order_weights=dict.fromkeys(CANDIDATE_FEATURES, 0.0),
        trust_weights=dict.fromkeys(TRUST_FEATURES, 0.0),
        asking_weights=dict.fromkeys(ASKING_FEATURES, 0.0),
        rival_utility=0.0,
        question_threshold=0.0,
        reply_thresholds=((0.0, 1.0),),
    )


@cache
def shipped_calibration() -> Calibration:
    return Calibration.load()
