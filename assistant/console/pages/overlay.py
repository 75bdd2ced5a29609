"""The card that OBS shows over the picture. To be written."""


def build() -> None:
    pass
