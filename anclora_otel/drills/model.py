"""The type in which drills are declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from anclora_otel.catalogue.alerts import Alert, Record, alerts_named
from anclora_otel.drills.feeds import SERVICE, Feed, Origin
from anclora_otel.errors import DrillError

Way = Literal["action", "injected", "past"]
"""
How a condition is made true: something is really done, series are injected into the running stack, or series of the
past are laid down before a Prometheus starts.
"""


@dataclass(frozen=True)
class PastSeries:
    """
    What a Prometheus that ran for days would have stored.

    Args:
        feed: raw series; counters run from zero at the beginning of the past.
        reach: how far back it begins, on the clock of the rules.

    """

    feed: Feed
    reach: str


@dataclass(frozen=True)
class PastRecord:
    """
    The last values of a recording rule, which a restarted Prometheus would still see.

    Args:
        record: the rule.
        value: at the end of the past.
        labels: of the series, without the environment; ``service_name`` where the record has it.
        growth_per_hour: on the clock of the rules.
        reach: how far back it begins, on the clock of the rules.

    """

    record: Record
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    growth_per_hour: float = 0.0
    reach: str = "10m"


@dataclass(frozen=True)
class Past:
    """
    The past that makes an alert's condition true.

    Args:
        series: raw series.
        records: recording rules.
        active_for: how long the alert has been pending, on the clock of the rules; ``0`` for not at all.
        labels: labels of the pending alert besides those of its rule, without the environment.

    """

    series: tuple[PastSeries, ...]
    records: tuple[PastRecord, ...]
    active_for: str = "0"
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Drill:
    """
    How the condition of one alert is made true, and ended.

    Args:
        alert: its name.
        what: what is done, in one line.
        feeds: series that are injected.
        severity: of the alert, where its name alone does not tell.
        before: how long the feeds play their part before, on the clock of the rules.
        stops: the component of the stack that is stopped.
        past: what is laid down before Prometheus starts.
        job: the service of series that belong to no environment; they go to Prometheus without the collector.
        resolves: whether it ever ends.
        afterwards: why an alert remains when the drill is over, or nothing.

    """

    alert: str
    what: str
    feeds: tuple[Feed, ...] = ()
    severity: str = ""
    before: str = "0"
    stops: str = ""
    past: Past | None = None
    job: str = ""
    resolves: bool = True
    afterwards: str = ""

    @property
    def way(self) -> Way:
        """Say how the condition is made true."""
        if self.past is not None:
            return "past"
        return "injected" if self.feeds else "action"

    @property
    def declared(self) -> Alert:
        """Give the alert."""
        for alert in alerts_named(self.alert):
            if self.severity in ("", alert.severity.value):
                return alert
        raise DrillError(f"{self.alert} is no alert of the catalogue")

    @property
    def title(self) -> str:
        """Give the name, with the severity where the name alone does not tell."""
        return f"{self.alert}/{self.severity}" if self.severity else self.alert

    @property
    def origin(self) -> Origin:
        """Say who the injected series are from: a service and an environment that nothing else uses."""
        if self.job:
            return Origin(self.job, "")
        return Origin(SERVICE, f"drill-{self.title.lower().replace('/', '-')}")

    @property
    def marks(self) -> Mapping[str, str]:
        """Give labels by which the alert of this drill is told from all others."""
        marks = {"alertname": self.alert, "severity": self.declared.severity.value}
        if not self.feeds and self.past is None:
            return marks
        return {**marks, **({"instance": SERVICE} if self.job else {"environment": self.origin.environment})}
