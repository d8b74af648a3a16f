"""
How many series a metric may have, and which ones get a place.

A place, once taken, is kept until the process ends: what is known keeps its series, what comes later goes to the
overflow series of the metric.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from anclora_otel.catalogue import Label
from anclora_otel.catalogue.labels import DEFAULT_SERIES_PER_METRIC, STAND_INS

_EXAMPLES = 3


@dataclass(frozen=True)
class Budgets:
    """
    The budgets of a process.

    Args:
        series_per_metric: series that one metric may have, its overflow series aside.
        label_budgets: different values that a label may have in one metric, by the label's key; a label that is not
            named has the budget of the catalogue.

    """

    series_per_metric: int = DEFAULT_SERIES_PER_METRIC
    label_budgets: Mapping[str, int] = field(default_factory=dict)

    def of(self, label: Label) -> int | None:
        """Give the budget of a label, or None where it has none of its own."""
        return None if label.closed else self.label_budgets.get(label.key, label.budget)


class Exhausted(NamedTuple):
    """
    Say which budget was used up.

    Args:
        label: the label that has too many values; where there are too many series, the open one with the most values.
        limit: its budget, or the number of series that the metric may have.
        counted: what the limit counts, ``different values`` or ``series``.
        examples: values of the label that got the last places.

    """

    label: Label
    limit: int
    counted: str
    examples: tuple[str, ...]


class Admission(NamedTuple):
    """
    Tell whether a series has a place.

    Args:
        first: whether it is asked about for the first time; of all series without a place, one is the first.
        exhausted: the budget that was used up, or None where the series has a place.

    """

    first: bool
    exhausted: Exhausted | None


class SeriesBudget:
    """
    Give out the places of one metric, or of metrics whose series come into being together.

    Sisters share their places, so that a value has a series of its own in all of them or in none, and a ratio over
    them stays right in the overflow series, too.

    Args:
        labels: the labels of the metric.
        budgets: how many places there are.

    """

    def __init__(self, labels: Sequence[Label], budgets: Budgets) -> None:
        self._labels = tuple(labels)
        self._limits = tuple(budgets.of(label) for label in labels)
        self._series_limit = budgets.series_per_metric
        self._series: set[tuple[str, ...]] = set()
        self._values: tuple[dict[str, None], ...] = tuple({} for _ in labels)
        self._overflowed = False
        self._lock = threading.Lock()

    def admit(self, series: tuple[str, ...]) -> Admission:
        """
        Give a series its place, if there is one left.

        Args:
            series: its label values, in the order of the labels.

        """
        with self._lock:
            if series in self._series:
                return Admission(first=False, exhausted=None)
            exhausted = self._exhausted_by(series)
            if exhausted is not None:
                first, self._overflowed = not self._overflowed, True
                return Admission(first, exhausted)
            self._series.add(series)
            for value, values in zip(series, self._values, strict=True):
                if value not in STAND_INS:
                    values[value] = None
            return Admission(first=True, exhausted=None)

    def after_fork(self) -> None:
        """Take a lock of its own in a forked child: another thread of the parent may have held this one."""
        self._lock = threading.Lock()

    def _exhausted_by(self, series: tuple[str, ...]) -> Exhausted | None:
        for value, label, limit, values in zip(series, self._labels, self._limits, self._values, strict=True):
            if limit is not None and len(values) >= limit and value not in values and value not in STAND_INS:
                return Exhausted(label, limit, "different values", _last(values))
        if len(self._series) < self._series_limit:
            return None
        label, values = max(
            zip(self._labels, self._values, strict=True), key=lambda each: (not each[0].closed, len(each[1]))
        )
        return Exhausted(label, self._series_limit, "series", _last(values))


def _last(values: Mapping[str, None]) -> tuple[str, ...]:
    return tuple(islice(reversed(tuple(values)), _EXAMPLES))[::-1]
