"""What a queue's depth is, and the shape of anything that can read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from anclora_otel.catalogue.labels import Priority


@dataclass(frozen=True)
class QueueDepth:
    """
    State how many messages a queue holds at one moment.

    Args:
        waiting: messages not yet taken, by priority; every priority that the broker knows is there,
            zero or not, so that a gauge returns to zero.
        active: messages being processed.
        dead_letter: messages given up.
    """

    waiting: Mapping[Priority, int]
    active: int
    dead_letter: int


class QueueDepthSource(Protocol):
    """Read the depth of one queue; called in the export thread at each collection."""

    @property
    def queue(self) -> str:
        """Name the queue, as the label ``queue`` carries it."""

    def read(self) -> QueueDepth:
        """Ask the broker; an error of the broker's client is raised as it is."""
