"""
The hot path: from a recorder's labels to a series.

An instrument knows its metric's labels, so a recorder gives values only. What a set of values becomes, closed
sets, personal data and the zero for sister series included, is decided once and remembered; afterwards a record is a
look-up and an addition. Behind it stand instruments of the OpenTelemetry API, whichever SDK provides them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from opentelemetry import metrics as api

from anclora_otel._guard import complaints, report_fault
from anclora_otel.catalogue import Kind, Label, Metric, initial_label_values, sisters_of
from anclora_otel.catalogue.labels import DEFAULT_QUEUE, QUEUE, REDACTED_VALUE
from anclora_otel.catalogue.telemetry import TELEMETRY_LABEL_VIOLATIONS
from anclora_otel.redaction import contains_personal_data
from anclora_otel.series import LABEL_LENGTH_LIMIT, LabelValues, Series, checked_amount, label_text

Reading: TypeAlias = tuple[float, LabelValues]
"""A value together with its label values, in the order of the metric's labels."""

_TELEMETRY_PREFIX = "anclora.telemetry."


class Counter:
    """A counter of the catalogue."""

    def __init__(self, instruments: Instruments, metric: Metric) -> None:
        self._series = Series(metric, instruments.count_violation)
        self._instrument = instruments.meter.create_counter(metric.name, metric.unit, metric.meaning)
        self._instruments = instruments
        self._sisters = sisters_of(metric)

    def add(self, amount: float, *values: object) -> None:
        """Add `amount` to the series of these label values."""
        attributes, fresh = self._series.attributes(values)
        self._instrument.add(amount, attributes)
        if fresh:
            for sister in self._sisters:
                self._instruments.counter(sister).touch(attributes)

    def touch(self, attributes: Mapping[str, str]) -> None:
        """Bring a series into being at zero; nothing happens where it exists."""
        self._instrument.add(0, attributes)


class Histogram:
    """A histogram of the catalogue."""

    def __init__(self, instruments: Instruments, metric: Metric) -> None:
        self._series = Series(metric, instruments.count_violation)
        self._instrument = instruments.meter.create_histogram(
            metric.name,
            metric.unit,
            metric.meaning,
            explicit_bucket_boundaries_advisory=metric.buckets,
        )

    def record(self, amount: object, *values: object) -> None:
        """
        Record a measurement in the series of these label values.

        Raises:
            RefusedSampleError: if `amount` is not a finite number of at least zero.

        """
        self._instrument.record(checked_amount(self._series.metric, amount), self._series.attributes(values)[0])


class Gauge:
    """A gauge of the catalogue: the last value given, and whatever its observers read at collection."""

    def __init__(self, instruments: Instruments, metric: Metric) -> None:
        self._series = Series(metric, instruments.count_violation)
        self._values: dict[tuple[str, ...], tuple[float, Mapping[str, str]]] = {}
        self._observers: list[Callable[[], Iterable[Reading]]] = []
        create = (
            instruments.meter.create_observable_counter
            if metric.kind is Kind.COUNTER
            else instruments.meter.create_observable_gauge
        )
        create(metric.name, [self._observe], metric.unit, metric.meaning)

    def set(self, amount: object, *values: object) -> None:
        """
        Set the series of these label values.

        Raises:
            RefusedSampleError: if `amount` is not a finite number of at least zero.

        """
        attributes = self._series.attributes(values)[0]
        self._values[tuple(attributes.values())] = (checked_amount(self._series.metric, amount), attributes)

    def add_observer(self, observer: Callable[[], Iterable[Reading]]) -> None:
        """Have `observer` read the value at each collection; one that fails is left out and said once."""
        self._observers.append(observer)

    def _observe(self, _: api.CallbackOptions) -> list[api.Observation]:
        observations = [api.Observation(value, dict(attributes)) for value, attributes in list(self._values.values())]
        for observer in self._observers:
            try:
                for amount, values in observer():
                    attributes = self._series.attributes(values)[0]
                    observations.append(api.Observation(checked_amount(self._series.metric, amount), dict(attributes)))
            except Exception as error:
                report_fault(f"observing {self._series.metric.name}", error)
        return observations


class Instruments:
    """
    The instruments of one meter, made when first used.

    Args:
        meter: any meter of the OpenTelemetry API.
        queue_name: the queue of recorders that are given none.
        high_value_euros: sales above this many euros count as high-value sales.

    """

    def __init__(
        self, meter: api.Meter, *, queue_name: str = DEFAULT_QUEUE, high_value_euros: float = 5_000_000.0
    ) -> None:
        self.meter = meter
        self.queue_name = queue_name
        self.high_value_euros = high_value_euros
        self._lock = threading.RLock()
        self._made: dict[str, Counter | Histogram | Gauge] = {}

    def counter(self, metric: Metric) -> Counter:
        """Give the counter of a metric."""
        made = self._made.get(metric.name) or self._make(metric, Counter)
        if not isinstance(made, Counter):
            raise TypeError(f"{metric.name} is no counter")
        return made

    def histogram(self, metric: Metric) -> Histogram:
        """Give the histogram of a metric."""
        made = self._made.get(metric.name) or self._make(metric, Histogram)
        if not isinstance(made, Histogram):
            raise TypeError(f"{metric.name} is no histogram")
        return made

    def gauge(self, metric: Metric) -> Gauge:
        """Give the gauge of a metric, or the counter that is read at collection."""
        made = self._made.get(metric.name) or self._make(metric, Gauge)
        if not isinstance(made, Gauge):
            raise TypeError(f"{metric.name} is not read at collection")
        return made

    def start_at_zero(self, metrics: Iterable[Metric]) -> None:
        """Bring every series of counters with few possible series into being at zero."""
        for metric in metrics:
            for values in initial_label_values(metric):
                keyed = dict(zip(metric.label_keys, values, strict=True))
                if QUEUE.key in keyed:
                    keyed[QUEUE.key] = self.queue_name
                self.counter(metric).touch(keyed)

    def count_violation(self, metric: Metric, label: Label, reason: str, sample: object) -> None:
        """Count a label value that was refused, and say it once a metric, label and reason."""
        kind = f"{metric.name} {label.key} {reason}"
        complaints.say(kind, f"{metric.name}: label {label.key}: {_REASONS[reason]}, got {_sample(sample, reason)}")
        if not metric.name.startswith(_TELEMETRY_PREFIX):
            self.counter(TELEMETRY_LABEL_VIOLATIONS).add(1, metric.name, label.key, reason)

    def _make(
        self, metric: Metric, make: Callable[[Instruments, Metric], Counter | Histogram | Gauge]
    ) -> Counter | Histogram | Gauge:
        with self._lock:
            if metric.name not in self._made:
                self._made[metric.name] = make(self, metric)
            return self._made[metric.name]


_REASONS = {
    "unknown_value": "not one of its values",
    "budget": "more values than its budget",
    "personal_data": "a phone number, an e-mail address or an id is never a label",
    "too_long": f"longer than {LABEL_LENGTH_LIMIT} characters",
}


class _Current:
    """Holds the instruments that the recorders reach; `use` swaps them."""

    def __init__(self) -> None:
        self._instruments: Instruments | None = None

    def get(self) -> Instruments:
        if self._instruments is None:
            self._instruments = Instruments(api.get_meter("anclora_otel"))
        return self._instruments

    def use(self, instruments: Instruments | None) -> Instruments | None:
        previous, self._instruments = self._instruments, instruments
        return previous


_current = _Current()


def current() -> Instruments:
    """Give the instruments that recorders write to; those of the global meter provider unless others are in use."""
    return _current.get()


def use(instruments: Instruments | None) -> Instruments | None:
    """
    Let recorders write to other instruments, and give back those that were in use.

    This is the seam for tests and for `anclora_otel.configure`; ``None`` returns to the global meter provider.
    """
    return _current.use(instruments)


def _sample(value: object, reason: str) -> str:
    if reason == "personal_data":
        return "one"
    text = label_text(value)
    return REDACTED_VALUE if contains_personal_data(text) else repr(text[:40])
