"""
What the label values of a metric become: the attributes of a series.

Closed sets, personal data and over-long values are decided here, once for each set of values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

from anclora_otel.catalogue import Label, Metric
from anclora_otel.catalogue.labels import REDACTED_VALUE
from anclora_otel.redaction import contains_personal_data, looks_like_identifier

LabelValues: TypeAlias = tuple[object, ...]
"""Label values as a recorder gives them, in the order of the metric's labels."""

LABEL_LENGTH_LIMIT = 200
"""Characters that a label value may have; a longer one becomes its fallback."""

_REMEMBERED_SERIES = 4096


class RefusedSampleError(ValueError):
    """Raised inside instruments when a sample has no series to go to; the guard of the recorder counts it."""


class Series:
    """Decides what the label values of one metric become, and remembers it."""

    def __init__(self, metric: Metric, on_violation: Callable[[Metric, Label, str, object], None]) -> None:
        self.metric = metric
        self._on_violation = on_violation
        self._known: dict[LabelValues, Mapping[str, str]] = {}

    def attributes(self, values: LabelValues) -> tuple[Mapping[str, str], bool]:
        """
        Give the attributes of a series and whether it is seen for the first time.

        Raises:
            RefusedSampleError: if a value is outside a closed set that has no fallback.

        """
        try:
            return self._known[values], False
        except (KeyError, TypeError):
            return self._resolve(values)

    def _resolve(self, values: LabelValues) -> tuple[Mapping[str, str], bool]:
        labels = self.metric.labels
        if len(values) != len(labels):
            raise RefusedSampleError(f"{self.metric.name} takes {len(labels)} label values, got {len(values)}")
        resolved = {label.key: self._allowed(label, value) for label, value in zip(labels, values, strict=True)}
        # What was not as it should be is resolved anew each time, so that each violation is counted.
        clean = all(
            type(value) is str and resolved[label.key] == value for label, value in zip(labels, values, strict=True)
        )
        if clean and len(self._known) < _REMEMBERED_SERIES:
            self._known[values] = resolved
        return resolved, True

    def _allowed(self, label: Label, value: object) -> str:
        text = label_text(value)
        if label.values is not None:
            if text in label.values:
                return text
            self._on_violation(self.metric, label, "unknown_value", value)
            if label.fallback is None:
                raise RefusedSampleError(f"{self.metric.name}: {label.key} is outside its ranges")
            return label.fallback
        if len(text) > LABEL_LENGTH_LIMIT:
            self._on_violation(self.metric, label, "too_long", text)
            return label.fallback or REDACTED_VALUE
        if contains_personal_data(text) or looks_like_identifier(text):
            self._on_violation(self.metric, label, "personal_data", REDACTED_VALUE)
            return REDACTED_VALUE
        return text


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


def label_text(value: object) -> str:
    """Give a label value as text that can be encoded."""
    # A member of a string enumeration stands for its value, not for its name.
    text = str.__str__(value) if isinstance(value, str) else str(value)
    # A lone surrogate cannot be encoded and would lose the whole export.
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
