"""
BullMQ's numbers for our priorities, in one place.

BullMQ keeps jobs without a priority in a list and takes them before all others; jobs with a priority wait in
a sorted set, lowest number first, scored ``priority * 2**32 + counter``.
A name stands for a band of numbers, since a Node.js service may use any of them; we write the top
of the band.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from anclora_otel.catalogue.labels import Priority

SCORE_STEP = 2**32
"""Distance between two priorities in the scores of ``prioritized``; see ``getPriorityScore`` there."""

MAXIMUM_NUMBER = 2**21
"""The largest priority that BullMQ takes."""


@dataclass(frozen=True)
class PriorityBand:
    """Hold the BullMQ numbers, both ends included, that count as one priority."""

    priority: Priority
    lowest: int
    highest: int

    @property
    def minimum_score(self) -> int:
        """Give the lowest score of the band in ``prioritized``."""
        return self.lowest * SCORE_STEP

    @property
    def score_limit(self) -> int:
        """Give the first score above the band."""
        return (self.highest + 1) * SCORE_STEP


BANDS = (
    PriorityBand("critical", 1, 1),
    PriorityBand("high", 2, 5),
    PriorityBand("low", 6, 10),
    PriorityBand("bulk", 11, 20),
    PriorityBand("other", 21, MAXIMUM_NUMBER),
)

NUMBERS = MappingProxyType({"normal": 0, **{band.priority: band.highest for band in BANDS[:-1]}, "other": 21})
"""The number that is written for each priority; 0 means that the option is left out."""


def bullmq_priority(priority: Priority) -> int:
    """
    Give the number for BullMQ's job option ``priority``.

    Args:
        priority: critical, high, normal, low or bulk.

    Raises:
        ValueError: the name is not one of ours.
    """
    try:
        return NUMBERS[priority]
    except KeyError:
        raise ValueError(f"priority is {priority!r}; expected one of {', '.join(NUMBERS)}") from None


def priority_name(number: int) -> Priority:
    """
    Name the priority of a BullMQ number; what BullMQ would not take is ``other``.

    Args:
        number: BullMQ's job option ``priority``.

    """
    if number == 0:
        return "normal"
    return next((band.priority for band in BANDS if band.lowest <= number <= band.highest), "other")
