"""Series that make an alert's condition true, and end it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from anclora_otel.catalogue.metric import Metric

SERVICE = "anclora-drill"
"""The service name, and where another one is needed the instance, by which injected series are known."""


class Phase(str, Enum):
    """What an injected series plays at the moment."""

    BEFORE = "before"
    BAD = "bad"
    GOOD = "good"


@dataclass(frozen=True)
class Feed:
    """
    One series, in three phases.

    Args:
        metric: of the catalogue, or of others.
        bad: while the condition is to be true: value of a gauge, events per second of a counter, observations per
            second of a histogram; None for no series at all.
        good: the same once it is to be over.
        before: the same before it is to begin; no feed with a value means that there is no such phase.
        labels: its labels, by their keys in the catalogue.
        observed: each observation of a histogram.
        jump: what a counter has at its first sample.
        growth_per_hour: of a gauge, on the clock of the rules.
        delay: how much later it begins, on the clock of the rules.
        history: how far back samples are injected at the start, on the clock of the rules.
        instance: its process.
        since_now: its value is Unix time, to which `bad` is added.

    """

    metric: Metric
    bad: float | None
    good: float | None = None
    before: float | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    observed: float = 0.0
    jump: float = 0.0
    growth_per_hour: float = 0.0
    delay: str = "0"
    history: str = "0"
    instance: str = SERVICE
    since_now: bool = False

    def amount(self, phase: Phase) -> float | None:
        """Give what it plays in a phase."""
        return {Phase.BEFORE: self.before, Phase.BAD: self.bad, Phase.GOOD: self.good}[phase]


@dataclass(frozen=True)
class Origin:
    """
    Who the injected series say that they are from.

    Args:
        service: service name, which Prometheus makes the job.
        environment: deployment environment; empty for none.

    """

    service: str
    environment: str


@dataclass
class Playing:
    """
    A feed while it is played.

    Args:
        feed: what is played.
        origin: who it is from.
        began: Unix time in seconds at which its counter was zero.
        total: of its counter or the count of its histogram.

    """

    feed: Feed
    origin: Origin
    began: float
    total: float = field(default=0.0)
    at: float = field(default=0.0)

    def __post_init__(self) -> None:
        """Begin at the start."""
        self.at = self.began
        self.total = self.feed.jump
