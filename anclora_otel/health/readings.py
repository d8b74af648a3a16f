"""What the checks of the process read; `anclora_otel.configure` says from where."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Protocol

from anclora_otel.pipeline.accounting import ExportCounts


class Readings(Protocol):
    """What is known of this process; None where it cannot be told."""

    def started_at(self) -> float | None:
        """Give the Unix time at which the process started."""

    def resident_memory_bytes(self) -> float | None:
        """Give the resident memory."""

    def heap_used_bytes(self) -> float | None:
        """Give the bytes in use by the heap."""

    def event_loop_lag_seconds(self) -> float | None:
        """Give the largest lag of the event loops in the last 30 s."""

    def exports(self) -> Mapping[str, ExportCounts] | None:
        """Give what became of the items of each signal that is exported; None where telemetry is switched off."""


class _Current:
    """Holds what is read from."""

    def __init__(self) -> None:
        self.readings: Readings | None = None
        self.imported_at = time.time()


_current = _Current()


def use_readings(readings: Readings | None) -> Readings | None:
    """Let the checks of the process read from here, and give what they read from before."""
    before, _current.readings = _current.readings, readings
    return before


def current_readings() -> Readings | None:
    """Give what the checks of the process read from, or None before `anclora_otel.configure`."""
    return _current.readings


def uptime_seconds() -> float:
    """Give the time since the process started; before `anclora_otel.configure`, since this module was imported."""
    readings = _current.readings
    started = readings.started_at() if readings is not None else None
    return max(0.0, time.time() - (_current.imported_at if started is None else started))
