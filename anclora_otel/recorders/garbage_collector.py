"""Add up what the garbage collector of Python does."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping


class GarbageCollector:
    """Count the collections of this process and the time that they take."""

    def __init__(self) -> None:
        self.pause_seconds = 0.0
        self._started: float | None = None
        self._before_fork = [0, 0, 0]

    def install(self) -> None:
        """Listen to the garbage collector; installing twice changes nothing."""
        if self._listen not in gc.callbacks:
            gc.callbacks.append(self._listen)

    def collections(self) -> list[int]:
        """Give the number of collections of this process, by generation."""
        return [stats["collections"] - before for stats, before in zip(gc.get_stats(), self._before_fork, strict=True)]

    def after_fork(self) -> None:
        """Start anew in a forked child, which inherits the numbers of its parent."""
        self.pause_seconds = 0.0
        self._started = None
        self._before_fork = [stats["collections"] for stats in gc.get_stats()]

    def _listen(self, phase: str, _: Mapping[str, int]) -> None:
        if phase == "start":
            self._started = time.perf_counter()
        elif self._started is not None:
            self.pause_seconds += time.perf_counter() - self._started
            self._started = None


garbage_collector = GarbageCollector()
"""The collector of this process."""
