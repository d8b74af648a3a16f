"""
The hot path: from a recorder's labels to a series.

An instrument knows its metric's labels, so a recorder gives values only. What a set of values becomes, closed
sets, personal data, budgets and the zero for sister series included, is decided once and remembered; afterwards a
record is a look-up and an addition. Behind it stand instruments of the OpenTelemetry API, whichever SDK provides them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TypeAlias

from opentelemetry import metrics as api

from anclora_otel._guard import complaints, report_fault
from anclora_otel.budgets import Budgets, Exhausted, SeriesBudget
from anclora_otel.catalogue import Kind, Label, Metric, initial_label_values, sisters_of
from anclora_otel.catalogue.labels import DEFAULT_QUEUE, OVERFLOW_KEY, QUEUE
from anclora_otel.catalogue.telemetry import TELEMETRY_LABEL_VIOLATIONS
from anclora_otel.environment_variables import ANCLORA_LABEL_BUDGETS, ANCLORA_SERIES_PER_METRIC
from anclora_otel.label_values import LABEL_LENGTH_LIMIT, shown
from anclora_otel.series import OVERFLOW_ATTRIBUTES, Attributes, LabelValues, Place, Series, checked_amount

Reading: TypeAlias = tuple[float, LabelValues]
"""A value together with its label values, in the order of the metric's labels."""

_TELEMETRY_PREFIX = "anclora.telemetry."


class Counter:
    """A counter of the catalogue."""

    def __init__(self, instruments: Instruments, metric: Metric) -> None:
        self._series = instruments.series(metric)
        self._instrument = instruments.meter.create_counter(metric.name, metric.unit, metric.meaning)
        self._instruments = instruments
        self._sisters = sisters_of(metric)

    def add(self, amount: float, *values: object) -> None:
        """Add `amount` to the series of these label values."""
        place = self._series.place(values)
        if place.fresh:
            for sister in self._sisters:
                self._instruments.counter(sister).touch(place.attributes)
        self._instrument.add(amount, place.attributes)

    def start(self, *values: object) -> None:
        """Bring the series of these label values into being at zero, if it has a place of its own."""
        place = self._series.starting_place(values)
        if place is not None:
            self.touch(place.attributes)

    def touch(self, attributes: Attributes) -> None:
        """Bring a series into being at zero; nothing happens where it exists."""
        self._instrument.add(0, attributes)


class Histogram:
    """A histogram of the catalogue."""

    def __init__(self, instruments: Instruments, metric: Metric) -> None:
        self._series = instruments.series(metric)
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
        self._instrument.record(checked_amount(self._series.metric, amount), self._series.place(values).attributes)


class Gauge:
    """
    A gauge of the catalogue: the last value given, and whatever its observers read at collection.

    Its overflow series is the sum of what has no series of its own, so that the sum over all series stays right.
    """

    def __init__(self, instruments: Instruments, metric: Metric) -> None:
        self._series = instruments.series(metric)
        self._beyond_limit = instruments.budgets.series_per_metric
        self._values: dict[tuple[str, ...], tuple[float, Place]] = {}
        self._beyond: dict[tuple[str, ...], tuple[float, Place]] = {}
        self._observers: list[Callable[[], Iterable[Reading]]] = []

    def register(self, meter: api.Meter) -> None:
        """
        Have the gauge read at each collection.

        A step of its own, since the SDK holds a lock while it collects, under which observers use instruments.
        """
        metric = self._series.metric
        counts = metric.kind is Kind.COUNTER
        create = meter.create_observable_counter if counts else meter.create_observable_gauge
        create(metric.name, [self._observe], metric.unit, metric.meaning)

    def set(self, amount: object, *values: object) -> None:
        """
        Set the series of these label values.

        Raises:
            RefusedSampleError: if `amount` is not a finite number of at least zero.

        """
        checked = checked_amount(self._series.metric, amount)
        place = self._series.place(values)
        if not place.overflow:
            self._values[place.texts] = (checked, place)
        elif place.texts in self._beyond or len(self._beyond) < self._beyond_limit:
            self._beyond[place.texts] = (checked, place)

    def add_observer(self, observer: Callable[[], Iterable[Reading]]) -> None:
        """Have `observer` read the value at each collection; one that fails is left out and said once."""
        self._observers.append(observer)

    def _observe(self, _: api.CallbackOptions) -> list[api.Observation]:
        found = {**self._values.copy(), **self._beyond.copy()}
        for observer in self._observers:
            try:
                for amount, values in observer():
                    checked = checked_amount(self._series.metric, amount)
                    place = self._series.place(values)
                    found[place.texts] = (checked, place)
            except Exception as error:
                report_fault(f"observing {self._series.metric.name}", error)
        beyond = [amount for amount, place in found.values() if place.overflow]
        own = [api.Observation(amount, place.attributes) for amount, place in found.values() if not place.overflow]
        return [*own, api.Observation(sum(beyond), OVERFLOW_ATTRIBUTES)] if beyond else own


class Instruments:
    """
    The instruments of one meter, made when first used.

    Args:
        meter: any meter of the OpenTelemetry API.
        queue_name: the queue of recorders that are given none.
        high_value_euros: sales above this many euros count as high-value sales.
        budgets: how many series a metric may have; those of the catalogue unless given.

    """

    def __init__(
        self,
        meter: api.Meter,
        *,
        queue_name: str = DEFAULT_QUEUE,
        high_value_euros: float = 5_000_000.0,
        budgets: Budgets | None = None,
    ) -> None:
        self.meter = meter
        self.queue_name = queue_name
        self.high_value_euros = high_value_euros
        self.budgets = budgets or Budgets()
        self._lock = threading.RLock()
        self._made: dict[str, Counter | Histogram | Gauge] = {}
        self._places: dict[frozenset[Metric], SeriesBudget] = {}

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
                self.counter(metric).start(*keyed.values())

    def series(self, metric: Metric) -> Series:
        """Make what decides on the series of a metric; sisters share their budget."""
        family = frozenset((metric, *sisters_of(metric)))
        with self._lock:
            if family not in self._places:
                self._places[family] = SeriesBudget(metric.labels, self.budgets)
            return Series(metric, self._places[family], self.count_violation)

    def after_fork(self) -> None:
        """Take locks of its own in a forked child: another thread of the parent may have held these."""
        self._lock = threading.RLock()
        for budget in self._places.values():
            budget.after_fork()

    def count_violation(
        self, metric: Metric, label: Label, reason: str, sample: object, exhausted: Exhausted | None = None
    ) -> None:
        """Count a label value that was refused, and say it once a metric, label and reason."""
        complaints.say(
            f"{metric.name} {label.key} {reason}",
            lambda: f"{metric.name}: label {label.key}: {_explained(reason, sample, exhausted)}",
        )
        if not metric.name.startswith(_TELEMETRY_PREFIX):
            self.counter(TELEMETRY_LABEL_VIOLATIONS).add(1, metric.name, label.key, reason)

    def _make(
        self, metric: Metric, make: Callable[[Instruments, Metric], Counter | Histogram | Gauge]
    ) -> Counter | Histogram | Gauge:
        with self._lock:
            made = self._made.get(metric.name)
            if made is not None:
                return made
            made = self._made[metric.name] = make(self, metric)
        if isinstance(made, Gauge):
            made.register(self.meter)
        return made


_REASONS = {
    "unknown_value": "not one of its values",
    "personal_data": "a phone number, an e-mail address or an id is never a label",
    "too_long": f"longer than {LABEL_LENGTH_LIMIT} characters",
}
_SETTINGS = {"different values": ANCLORA_LABEL_BUDGETS.name, "series": ANCLORA_SERIES_PER_METRIC.name}


def _explained(reason: str, sample: object, exhausted: Exhausted | None) -> str:
    if exhausted is not None:
        before = ", ".join(shown(value) for value in exhausted.examples)
        return (
            f"more than {exhausted.limit} {exhausted.counted}: {shown(sample)} and what follows share the series "
            f"{OVERFLOW_KEY}=true" + (f"; the last with a place of their own were {before}" if before else "")
        ) + f"; record a coarser value, or raise {_SETTINGS[exhausted.counted]}"
    return f"{_REASONS[reason]}, got {'one' if reason == 'personal_data' else shown(sample)}"


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
