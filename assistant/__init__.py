"""The live knowledge assistant: hears a room's danmaku, answers what it is sure of, hands over the rest."""

__version__ = "0.1.0"
