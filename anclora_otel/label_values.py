"""
What a single label value becomes: text, out of its closed set, without personal data, short enough.

Each value is judged by itself; how many different ones there may be is decided in `anclora_otel.budgets`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from anclora_otel.catalogue import Label, Metric
from anclora_otel.catalogue.labels import OTHER_VALUE, REDACTED_VALUE
from anclora_otel.redaction import contains_personal_data, looks_like_identifier

LABEL_LENGTH_LIMIT = 200
"""Characters that a label value may have; a longer one becomes its fallback."""

UNREADABLE = "a value whose text cannot be read"
"""What is said in place of a value whose text raises."""

_DATE = "20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_NAMES_ONE = re.compile(
    # A number as long as a telephone's between other signs, such as user-600111222; no Unix time, no date.
    rf"(?:^|[^0-9A-Za-z])(?!{_DATE})(?:1[0-9]{{10}}|[02-9][0-9]{{8,14}})(?![0-9A-Za-z])"
    # Nothing but groups of digits, nine of them or more; no date, no IPv4 address.
    r"|^(?!(?:19|20)[0-9]{2}[-./ ])(?!(?:[0-9]{1,3}\.){3}[0-9]{1,3}$)(?=(?:[^0-9]*[0-9]){9,15}[^0-9]*$)"
    r"\(?[0-9]{2,4}\)?(?:[ .-]{1,2}[0-9]{2,4}){2,4}$"
    # An address of a chat, on whatever server.
    r"|[0-9]{6,}(?:[-.:_][0-9]{1,20}){0,2}(?:@|%40)[a-z]"
    # A message id of WhatsApp, also where it is joined to something.
    r"|3EB0[0-9A-F]{12}"
)
"""What a label may not hold although it may stand in a log: labels are names, so this is stricter than redaction."""


class RefusedSampleError(ValueError):
    """Raised inside instruments when a sample has no series to go to; the guard of the recorder counts it."""


def allowed_value(
    metric: Metric, label: Label, value: object, on_violation: Callable[[Metric, Label, str, object], None]
) -> str:
    """
    Give what a value becomes.

    Args:
        metric: the metric that it is recorded in.
        label: the label that it belongs to.
        value: anything that a caller gives; text is meant.
        on_violation: called with metric, label, reason and value where the value may not stay as it is.

    Raises:
        RefusedSampleError: if the value is outside a closed set that has no fallback.

    """
    text = label_text(value)
    if label.values is not None:
        if text is not None and text in label.values:
            return text
        on_violation(metric, label, "unknown_value", value)
        if label.fallback is None:
            raise RefusedSampleError(f"{metric.name}: {label.key} is outside its ranges")
        return label.fallback
    if not text:
        # An empty label is no label for Prometheus, so such a series would be one without it.
        on_violation(metric, label, "unknown_value", value)
        return label.fallback or OTHER_VALUE
    if len(text) > LABEL_LENGTH_LIMIT:
        on_violation(metric, label, "too_long", text)
        return label.fallback or OTHER_VALUE
    if names_one(text):
        on_violation(metric, label, "personal_data", REDACTED_VALUE)
        return REDACTED_VALUE
    return text


def label_text(value: object) -> str | None:
    """
    Give a label value as text that can be encoded and stays on one line; None where there is no text.

    White space at the ends goes, and white space within becomes single spaces; what cannot be printed, a lone
    surrogate included, becomes a question mark.
    """
    text = _text(value)
    if text is None or (text.isprintable() and "  " not in text and text == text.strip()):
        return text
    printable = "".join(sign if sign.isprintable() or sign.isspace() else "?" for sign in text)
    return " ".join(printable.split())


def names_one(text: str) -> bool:
    """Say whether a label value may name a person or a single message."""
    # A telephone number that went through a table of numbers comes as 34600123456.0.
    text = text.removesuffix(".0")
    return contains_personal_data(text) or looks_like_identifier(text) or _NAMES_ONE.search(text) is not None


def shown(value: object) -> str:
    """Give a label value as a warning may show it: short, on one line, and without personal data."""
    text = label_text(value)
    if text is None:
        return repr(None) if value is None else UNREADABLE
    return REDACTED_VALUE if names_one(text) else repr(text[:40])


def _text(value: object) -> str | None:
    if value is None:
        return None
    try:
        if isinstance(value, str):
            # A member of a string enumeration stands for its value, not for its name.
            return str.__str__(value)
        if isinstance(value, (bytes, bytearray)):
            return value.decode("utf-8", "replace")
        return str(value)
    except Exception:
        return None
