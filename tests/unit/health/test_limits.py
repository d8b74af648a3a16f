"""Numbers and phases that cannot be meant: the default holds, one line says so, and health is answered."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from anclora_otel.health import (
    HealthChecks,
    ReadyCheck,
    disk_check,
    event_loop_check,
    memory_check,
    queue_check,
    telemetry_check,
)
from anclora_otel.queues import QueueDepth
from tests.unit.health.conftest import SetReadings, probe

NO_NUMBERS = pytest.mark.parametrize(
    "given", [-1, math.nan, math.inf, "2", True, [], None, 10**400], ids=lambda each: str(each)[:6]
)


class Deep:
    """A queue that is deeper than it should be."""

    def read(self) -> QueueDepth:
        """Give the depth."""
        return QueueDepth({"normal": 10_001}, active=0, dead_letter=1_001)


def queue(**thresholds: Any) -> ReadyCheck:
    """Check the deep queue."""
    return queue_check(Deep(), **thresholds)


def said(caplog: pytest.LogCaptureFixture) -> str:
    """Give the one line that was said about a number."""
    (line,) = [text for record in caplog.records if "expected" in (text := record.getMessage())]
    return line


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf, "2", True, [], 10**400], ids=lambda each: str(each)[:6])
def test_a_timeout(checks: HealthChecks, caplog: pytest.LogCaptureFixture, seconds: Any) -> None:
    """A check that is given no time gets the default."""
    checks.add("bad", lambda: True, timeout_seconds=seconds)

    assert probe(checks).status == "healthy"
    assert said(caplog).startswith("timeout_seconds of the health check bad is ")
    assert "expected a number from 0.001 to 3600; 2 holds" in said(caplog)


@NO_NUMBERS
def test_the_time_of_a_result(caplog: pytest.LogCaptureFixture, given: Any) -> None:
    """Probes are answered all the same."""
    checks = HealthChecks(process_checks=False, cache_seconds=given)
    checks.add("fine", lambda: True)

    assert [probe(checks).status for _ in range(3)] == ["healthy"] * 3
    assert "cache_seconds of HealthChecks() is" in said(caplog)
    assert "expected a number from 0 to 3600; 1 holds" in said(caplog)


@NO_NUMBERS
@pytest.mark.parametrize(
    "threshold",
    [
        (memory_check, "warn_megabytes"),
        (memory_check, "fail_megabytes"),
        (event_loop_check, "warn_seconds"),
        (event_loop_check, "fail_seconds"),
        (disk_check, "warn_share"),
        (disk_check, "fail_share"),
        (queue, "warn_waiting"),
        (queue, "warn_failed"),
        (telemetry_check, "stale_seconds"),
    ],
)
def test_a_threshold(
    readings: SetReadings,
    checks: HealthChecks,
    caplog: pytest.LogCaptureFixture,
    threshold: tuple[Callable[..., ReadyCheck], str],
    given: Any,
) -> None:
    """The threshold of the contract holds, so that a slip never silences a check nor fails a service."""
    build, name = threshold
    readings.megabytes, readings.lag_seconds = 1000.0, 0.07
    checks.add("as it should be", build())
    checks.add("with a slip", build(**{name: given}))

    right, wrong = probe(checks).checks.values()

    assert right.status == wrong.status
    assert said(caplog).startswith(f"{name} of ")


def test_a_share_in_percent(caplog: pytest.LogCaptureFixture) -> None:
    """A share is no percentage, and who takes it for one is told."""
    disk_check(warn_share=80)

    assert said(caplog) == (
        "warn_share of disk_check() is 80: expected a number from 0 to 1; 0.8 holds (said once; later ones are counted)"
    )


@pytest.mark.parametrize("phase", ["up", "", None, 7, ["running"], "running\x1b[31m"], ids=str)
def test_a_phase(checks: HealthChecks, caplog: pytest.LogCaptureFixture, phase: Any) -> None:
    """A phase that is none leaves the service as it was."""
    checks.enter_phase(phase)

    assert checks.phase == "running"
    assert "expected one of starting, running, stopping; it stays running" in said(caplog)
    assert said(caplog).isprintable()
