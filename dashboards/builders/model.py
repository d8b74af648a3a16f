"""What a dashboard is made of, whatever the format in which it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Source(str, Enum):
    """Where a query goes; also the type of the data source in Grafana."""

    PROMETHEUS = "prometheus"
    LOKI = "loki"
    TEMPO = "tempo"

    @property
    def variable(self) -> str:
        """Give the name of the variable that chooses the data source."""
        return f"{self.value}_datasource"


class Kind(str, Enum):
    """How a panel draws; the names of Grafana's panel plugins."""

    TIME_SERIES = "timeseries"
    STAT = "stat"
    GAUGE = "gauge"
    BARS = "bargauge"
    HEATMAP = "heatmap"
    TABLE = "table"
    LOGS = "logs"


@dataclass(frozen=True)
class Query:
    """
    One query of a panel.

    Args:
        text: PromQL or LogQL, with Grafana's variables.
        legend: what a series is called, with ``{{label}}``.
        source: where it goes.
        exemplars: whether the traces behind the samples are drawn.
        instant: whether one value is asked for, at the end of the time range.

    """

    text: str
    legend: str = ""
    source: Source = Source.PROMETHEUS
    exemplars: bool = False
    instant: bool = False


@dataclass(frozen=True)
class Limits:
    """
    The values at which a panel changes its colour.

    Args:
        base: the colour below the first step.
        steps: values in the panel's unit and the colour from there on, rising.

    """

    base: str = "green"
    steps: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Panel:
    """
    A panel.

    Args:
        kind: how it draws.
        title: unique in its dashboard.
        description: what it says, and when to worry.
        unit: a unit of Grafana, such as ``s`` or ``percentunit``.
        queries: at least one.
        width: of the 24 columns.
        height: in rows of Grafana's grid, 30 pixels each.
        limits: the thresholds, drawn as lines on time series.
        stacked: whether the series of a time series stand on each other.
        minimum: of the axis or the gauge.
        maximum: of the axis or the gauge.
        decimals: digits after the point, or as many as Grafana likes.
        since: the start of a time range of its own, such as ``now/d``.

    """

    kind: Kind
    title: str
    description: str
    unit: str
    queries: tuple[Query, ...]
    width: int = 8
    height: int = 8
    limits: Limits = field(default_factory=Limits)
    stacked: bool = False
    minimum: float | None = None
    maximum: float | None = None
    decimals: int | None = None
    since: str = ""

    @property
    def timed(self) -> bool:
        """Say whether it shows how long something took, with the traces behind it."""
        return any(query.exemplars for query in self.queries)


@dataclass(frozen=True)
class Row:
    """
    Panels under a heading.

    Args:
        title: the heading.
        panels: from left to right, wrapped where the 24 columns are full.

    """

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Variable:
    """
    A choice at the top of a dashboard, of label values that Prometheus knows.

    Args:
        name: how queries write it.
        label: the label whose values are offered.
        selector: the series that have it.
        every: the regular expression that stands for all values.

    """

    name: str
    label: str
    selector: str
    every: str = ".+"

    @property
    def query(self) -> str:
        """Write the query of its values."""
        return f"label_values({self.selector}, {self.label})"


@dataclass(frozen=True)
class Annotation:
    """
    Events that are drawn over every panel.

    Args:
        name: what they are.
        text: PromQL; a sample is an event.
        title: of one event, with ``{{label}}``.
        colour: of the marks.
        by_value: whether the sample's value is the event's time, in milliseconds.

    """

    name: str
    text: str
    title: str
    colour: str
    by_value: bool = False


@dataclass(frozen=True)
class Dashboard:
    """
    A dashboard.

    Args:
        uid: its address, which never changes.
        title: its name.
        description: the question that it answers.
        rows: from top to bottom.
        variables: from left to right, after the data sources.
        annotations: events drawn over the panels.
        sources: the data sources that it asks or links to, Prometheus first.
        since: the start of its time range.

    """

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...]
    annotations: tuple[Annotation, ...]
    sources: tuple[Source, ...] = (Source.PROMETHEUS, Source.LOKI, Source.TEMPO)
    since: str = "now-1h"

    @property
    def file(self) -> str:
        """Give the name of its file."""
        return f"{self.uid.removeprefix('anclora-')}.json"

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Give every panel in its order."""
        return tuple(panel for row in self.rows for panel in row.panels)
