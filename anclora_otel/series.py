"""
What the label values of a metric become: the attributes of a series.

Closed sets, personal data, over-long values and budgets are decided here, once for each set of values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from anclora_otel.budgets import Exhausted, SeriesBudget
from anclora_otel.catalogue import Label, Metric
from anclora_otel.catalogue.labels import OVERFLOW_KEY
from anclora_otel.label_values import RefusedSampleError, allowed_value

LabelValues: TypeAlias = tuple[object, ...]
"""Label values as a recorder gives them, in the order of the metric's labels."""

Attributes: TypeAlias = Mapping[str, "str | bool"]
"""The attributes of a series; a bool in the overflow series alone."""

OVERFLOW_ATTRIBUTES: Attributes = {OVERFLOW_KEY: True}
"""The attributes of the overflow series. Source: OpenTelemetry metrics SDK specification, "Cardinality limits"."""


class OnViolation(Protocol):
    """Called for each label value that may not stay as it is."""

    def __call__(
        self, metric: Metric, label: Label, reason: str, sample: object, exhausted: Exhausted | None = None
    ) -> None:
        """
        Count it.

        Args:
            metric: the metric that it was recorded in.
            label: the label that it belongs to.
            reason: a value of the label ``reason`` of the violations' metric.
            sample: the value.
            exhausted: the budget that was used up, where that is the reason.

        """


@dataclass(frozen=True)
class Place:
    """
    The series that a set of label values belongs to.

    Args:
        attributes: the attributes of the series.
        texts: what the label values became, before budgets.
        fresh: whether the series is seen for the first time.
        overflow: whether it is the overflow series.

    """

    attributes: Attributes
    texts: tuple[str, ...]
    fresh: bool = False
    overflow: bool = False


class Series:
    """
    Decide what the label values of one metric become, and remember it.

    Args:
        metric: the metric.
        budget: gives out the places of its series.
        on_violation: counts what may not stay as it is.

    """

    def __init__(self, metric: Metric, budget: SeriesBudget, on_violation: OnViolation) -> None:
        self.metric = metric
        self._budget = budget
        self._on_violation = on_violation
        # Only series with a place of their own are remembered, so that the budget bounds this, too.
        self._known: dict[LabelValues, Place] = {}

    def place(self, values: LabelValues) -> Place:
        """
        Give the series of these label values.

        Raises:
            RefusedSampleError: if a value is outside a closed set that has no fallback.

        """
        try:
            return self._known[values]
        except Exception:
            # Not known, cannot be hashed, or raises when it is.
            return self._resolve(values)

    def starting_place(self, values: LabelValues) -> Place | None:
        """Give the series of these label values if it has a place of its own; nobody is told where it has none."""
        texts = self._texts(values)
        admission = self._budget.admit(texts)
        return None if admission.exhausted else Place(self._attributes(texts), texts, admission.first)

    def _resolve(self, values: LabelValues) -> Place:
        texts = self._texts(values)
        first, exhausted = self._budget.admit(texts)
        if exhausted is not None:
            position = self.metric.labels.index(exhausted.label)
            self._on_violation(self.metric, exhausted.label, "budget", texts[position], exhausted)
            return Place(OVERFLOW_ATTRIBUTES, texts, first, overflow=True)
        attributes = self._attributes(texts)
        # What was not as it should be is resolved anew each time, so that each violation is counted.
        if all(type(value) is str and value == text for value, text in zip(values, texts, strict=True)):
            self._known[texts] = Place(attributes, texts)
        return Place(attributes, texts, first)

    def _texts(self, values: LabelValues) -> tuple[str, ...]:
        metric = self.metric
        if len(values) != len(metric.labels):
            raise RefusedSampleError(f"{metric.name} takes {len(metric.labels)} label values, got {len(values)}")
        return tuple(
            allowed_value(metric, label, value, self._on_violation)
            for label, value in zip(metric.labels, values, strict=True)
        )

    def _attributes(self, texts: tuple[str, ...]) -> Attributes:
        return dict(zip(self.metric.label_keys, texts, strict=True))


def checked_amount(metric: Metric, amount: object) -> float:
    """
    Give a measurement as a number.

    Raises:
        RefusedSampleError: if it is not a finite number of at least zero.

    """
    if isinstance(amount, bool) or not isinstance(amount, (int, float)):
        raise RefusedSampleError(f"{metric.name} takes a number, got {type(amount).__name__}")
    if not math.isfinite(amount) or amount < 0:
        raise RefusedSampleError(f"{metric.name} takes a finite number of at least zero, got {amount}")
    return amount
