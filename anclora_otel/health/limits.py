"""Numbers that a user gives to health checks: taken where they make sense, else replaced and said once."""

from __future__ import annotations

from anclora_otel._guard import complaints
from anclora_otel.health.details import safe_text

LARGEST = 1e15
"""The largest number that is taken where nothing else bounds it."""


def usable_number(what: str, given: object, default: float, *, lowest: float = 0.0, highest: float = LARGEST) -> float:
    """
    Give a number, or the default where it cannot be meant; that is said once, and the service starts and answers.

    Args:
        what: what the number is for, with its unit in the name, such as ``warn_megabytes of memory_check()``.
        given: what the user gave.
        default: what holds where `given` is no number or out of bounds.
        lowest: the smallest number that makes sense.
        highest: the largest.

    """
    if isinstance(given, (int, float)) and not isinstance(given, bool) and lowest <= given <= highest:
        return float(given)
    complaints.say(
        f"{what} of a health check",
        f"{what} is {safe_text(given)}: expected a number from {lowest:g} to {highest:g}; {default:g} holds",
    )
    return default
