"""
The types in which a metric is declared.

Nothing but the standard library is imported here, so that rules, documentation and tests can read the
catalogue without an SDK.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from anclora_otel.catalogue.prometheus import prometheus_name


class Kind(str, Enum):
    """
    The kind of a metric's instrument, in the words of the metric contract.

    See the OpenTelemetry metrics API specification, section "Instrument".
    """

    COUNTER = "counter"
    UPDOWN = "updown"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True)
class Label:
    """
    A label with the values that it may take.

    Args:
        key: the attribute key as it goes over the wire, for example ``queue``.
        meaning: one line for the reference documentation.
        values: every allowed value, or ``None`` where any value up to the budget may occur.
        fallback: the value that stands in for one that is not allowed, or ``None`` where such a sample is refused.
        budget: how many different values an open label may take in one metric, or ``None`` for no limit of its own.

    """

    key: str
    meaning: str
    values: tuple[str, ...] | None = None
    fallback: str | None = "other"
    budget: int | None = None

    @property
    def closed(self) -> bool:
        """Say whether the label has a closed set of values."""
        return self.values is not None


@dataclass(frozen=True)
class Metric:
    """
    A metric of the contract: the one place where its name, unit, labels and buckets stand.

    Args:
        name: OpenTelemetry instrument name, for example ``anclora.queue.messages``.
        kind: the kind of its instrument.
        unit: UCUM unit, or an annotation in braces.
        meaning: what one sample says.
        labels: its labels, in the order in which recorders give their values.
        buckets: upper bounds of a histogram, in the metric's unit; empty for every other kind.
        observable: whether the value is read at collection rather than recorded when something happens.
        aggregate: how to combine the series of several processes: ``sum`` or ``max``.

    """

    name: str
    kind: Kind
    unit: str
    meaning: str
    labels: tuple[Label, ...] = ()
    buckets: tuple[float, ...] = ()
    observable: bool = False
    aggregate: str = "sum"

    @property
    def prometheus_name(self) -> str:
        """Give the name by which Prometheus stores the metric."""
        return prometheus_name(self.name, self.kind.value, self.unit)

    @property
    def label_keys(self) -> tuple[str, ...]:
        """Give the attribute keys of the labels in their order."""
        return tuple(label.key for label in self.labels)
