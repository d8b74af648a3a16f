"""Durations as Prometheus writes them."""

from __future__ import annotations

import re

_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_PART = re.compile(r"([0-9]+)(ms|s|m|h|d|w)")
_WHOLE = re.compile(r"(?:[0-9]+(?:ms|s|m|h|d|w))+\Z")


def milliseconds(text: str) -> float:
    """
    Read a duration.

    Args:
        text: such as ``5m`` or ``1h30m``; ``0`` is none at all.

    Raises:
        ValueError: it is no duration.

    """
    if text == "0":
        return 0
    if not _WHOLE.match(text):
        raise ValueError(f"{text!r} is no duration")
    return float(sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(text)))


def duration_text(duration_milliseconds: float) -> str:
    """Write a duration in the largest unit that leaves no fraction; at least a millisecond unless it is zero."""
    if duration_milliseconds == 0:
        return "0s"
    whole = max(1, round(duration_milliseconds))
    for unit in ("d", "h", "m", "s"):
        if whole % _UNITS[unit] == 0:
            return f"{whole // _UNITS[unit]}{unit}"
    return f"{whole}ms"
