"""What one room remembers of its questions, in one place for all who change it. Pure."""

from dataclasses import dataclass, field

from assistant.pipeline.claims import Claims
from assistant.pipeline.cluster import Clusters
from assistant.pipeline.cooldown import Cooldown
from assistant.pipeline.handover import Handover
from assistant.pipeline.saying import Sayings


@dataclass(frozen=True, slots=True)
class Memory:
    """Who asks what, what was answered lately, what waits for people and who is at it, and what was said how
    often."""

    clusters: Clusters
    cooldown: Cooldown
    handover: Handover
    sayings: Sayings
    claims: Claims = field(default_factory=Claims)
