"""Checks are registered once, and their results shared."""

from __future__ import annotations

import asyncio
import logging

import pytest

from anclora_otel.health import HealthChecks, HealthReport
from tests.unit.health.conftest import LIMIT_SECONDS, Counted, probe


class TestSharing:
    """Probes cannot hurt."""

    def test_two_hundred_probes_at_once(self, checks: HealthChecks) -> None:
        """They share one run of each check."""
        sync, calls = Counted(), []
        checks.add("sync", sync)

        @checks.check("async")
        async def coroutine() -> None:
            calls.append(1)
            await asyncio.sleep(0.01)

        async def storm() -> list[HealthReport]:
            return await asyncio.gather(*(checks.run() for _ in range(200)))

        reports = asyncio.run(storm())

        assert {report.status for report in reports} == {"healthy"}
        assert (sync.calls, len(calls)) == (1, 1)

    def test_a_result_is_used_for_a_moment(self) -> None:
        """Within the cache's time a check does not run again, and afterwards it does."""
        counted, fresh = Counted(), Counted()
        cached = HealthChecks(process_checks=False, cache_seconds=3600)
        cached.add("counted", counted)
        uncached = HealthChecks(process_checks=False, cache_seconds=0)
        uncached.add("fresh", fresh)

        for _ in range(5):
            probe(cached)
            probe(uncached)

        assert (counted.calls, fresh.calls) == (1, 5)

    def test_a_probe_that_goes_away(self, checks: HealthChecks) -> None:
        """A client that disconnects cancels its own probe, not the run that others wait for."""

        @checks.check("slow", timeout_seconds=LIMIT_SECONDS)
        async def slow() -> None:
            await asyncio.sleep(0.05)

        async def leave() -> HealthReport:
            leaving = asyncio.ensure_future(checks.run())
            staying = asyncio.ensure_future(checks.run())
            await asyncio.sleep(0.01)
            leaving.cancel()
            return await staying

        assert asyncio.run(leave()).status == "healthy"


class TestRegistration:
    """Names and places."""

    def test_the_checks_of_the_process(self) -> None:
        """They are there unless told otherwise, and may be replaced or left out."""
        checks = HealthChecks()
        before = checks.names
        checks.add("memory", lambda: True)
        assert checks.remove("disk")
        assert not checks.remove("disk")

        assert before == ("memory", "event_loop", "disk", "telemetry")
        assert checks.names == ("memory", "event_loop", "telemetry")

    def test_the_decorator_gives_the_function_back(self, checks: HealthChecks) -> None:
        """It can still be called, as in a test."""

        @checks.check("own")
        def own() -> bool:
            return True

        assert own()


class TestReadiness:
    """Ready is not healthy."""

    def test_critical_checks_alone(self, checks: HealthChecks) -> None:
        """What is not critical does not matter, and does not even run."""
        counted = Counted()
        checks.add("redis", lambda: True)
        checks.add("other", counted, critical=False)

        report = asyncio.run(checks.ready())

        assert (report.status, list(report.checks), counted.calls) == ("healthy", ["redis"], 0)

    def test_a_failure(self, checks: HealthChecks) -> None:
        """A critical check that fails makes the service unready, and leaves it alive."""
        checks.add("redis", lambda: False)

        assert asyncio.run(checks.ready()).status == "unhealthy"
        assert checks.live().status == "healthy"

    @pytest.mark.parametrize("phase", ["starting", "stopping"])
    def test_phases(self, checks: HealthChecks, phase: str) -> None:
        """It is not ready before its start-up has finished and while it stops; it lives all the same."""
        checks.enter_phase(phase)  # type: ignore[arg-type]

        report = asyncio.run(checks.ready())
        assert (report.status, report.checks["lifecycle"].details) == ("unhealthy", {"phase": phase})
        assert (checks.live().status, asyncio.run(checks.run()).status) == ("healthy", "healthy")
        checks.enter_phase("running")
        assert asyncio.run(checks.ready()).status == "healthy"


def test_a_change_is_one_line(checks: HealthChecks, caplog: pytest.LogCaptureFixture) -> None:
    """A check that fails is said once, and once more when it passes again."""
    broken = [True]
    uncached = HealthChecks(process_checks=False, cache_seconds=0)
    uncached.add("redis", lambda: not broken)

    with caplog.at_level(logging.INFO):
        for _ in range(3):
            probe(uncached)
        broken.clear()
        for _ in range(3):
            probe(uncached)

    assert [record.message for record in caplog.records if "health" in record.message] == [
        "health check redis: fail after pass",
        "health check redis: pass after fail",
    ]
    assert checks.names == ()


def test_a_change_says_the_numbers(checks: HealthChecks, caplog: pytest.LogCaptureFixture) -> None:
    """A check that judged by numbers is said with them, and lists and mappings are left out."""
    checks.add("queue", lambda: ("warn", {"waiting": 10_001, "failed": 0, "by": {"high": 1}}))
    probe(checks)

    assert [record.message for record in caplog.records] == [
        "health check queue: warn after pass (waiting 10001, failed 0)"
    ]
