"""Checks, probes and readings of a process that a test can set."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from anclora_otel._guard import complaints
from anclora_otel.catalogue.health import MEGABYTE
from anclora_otel.health import HealthChecks, HealthReport
from anclora_otel.health.readings import use_readings
from anclora_otel.pipeline.accounting import ExportCounts

LIMIT_SECONDS = 30.0
"""What a test would take if something that must not block did."""


class Counted:
    """A check that counts its calls and waits for nothing."""

    def __init__(self) -> None:
        self.calls = 0
        self._lock = threading.Lock()

    def __call__(self) -> None:
        """Count a call."""
        with self._lock:
            self.calls += 1


def probe(checks: HealthChecks) -> HealthReport:
    """Probe on an event loop of its own."""
    return asyncio.run(checks.run())


@pytest.fixture
def checks() -> HealthChecks:
    """Give checks without those of the process."""
    return HealthChecks(process_checks=False)


@pytest.fixture
def checks_with_one(checks: HealthChecks) -> HealthChecks:
    """Give checks of which one, called fine, passes."""
    checks.add("fine", lambda: True)
    return checks


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Give an event that is set in the end, so that no thread is left behind."""
    event = threading.Event()
    yield event
    event.set()


@dataclass
class SetReadings:
    """Readings as a test sets them."""

    megabytes: float | None = 100.0
    lag_seconds: float | None = 0.001
    counts: dict[str, ExportCounts] | None = field(default_factory=dict)

    def started_at(self) -> float | None:
        """Give a start long ago."""
        return 1_000_000_000.0

    def resident_memory_bytes(self) -> float | None:
        """Give the megabytes in bytes."""
        return None if self.megabytes is None else self.megabytes * MEGABYTE

    def heap_used_bytes(self) -> float | None:
        """Give half of it."""
        return None if self.megabytes is None else self.megabytes * MEGABYTE / 2

    def event_loop_lag_seconds(self) -> float | None:
        """Give the lag."""
        return self.lag_seconds

    def exports(self) -> Mapping[str, ExportCounts] | None:
        """Give the counts."""
        return self.counts


@pytest.fixture
def readings() -> Iterator[SetReadings]:
    """Let the checks of the process read what the test sets."""
    found = SetReadings()
    before = use_readings(found)
    yield found
    use_readings(before)


@pytest.fixture(autouse=True)
def _said_again() -> Iterator[None]:
    """Let each complaint be said again."""
    complaints.clear()
    yield
    complaints.clear()
