"""Checks run side by side, each with its deadline, and their results are shared."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timezone

import pytest

from anclora_otel.health import CheckResult, HealthChecks, HealthReport, ServiceStatus

LIMIT_SECONDS = 30.0
"""What a test would take if something that must not block did."""


FORKING = """
import os, threading
from anclora_otel.health import HealthChecks
gate = threading.Event()
hanging = [True]
checks = HealthChecks(process_checks=False)
checks.add("slow", lambda: not hanging or gate.wait(), timeout_seconds=0.01)
import logging; logging.disable()
print(checks.run_sync().status, flush=True)
hanging.clear()
child = os.fork()
if child == 0:
    print(checks.run_sync().status, flush=True)
    os._exit(0)
os.waitpid(child, 0)
os._exit(0)
"""


class Counted:
    """A check that counts its calls and waits for nothing."""

    def __init__(self) -> None:
        self.calls = 0
        self._lock = threading.Lock()

    def __call__(self) -> None:
        """Count a call."""
        with self._lock:
            self.calls += 1


@pytest.fixture
def checks() -> HealthChecks:
    """Give checks without those of the process."""
    return HealthChecks(process_checks=False)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Give an event that is set in the end, so that no thread is left behind."""
    event = threading.Event()
    yield event
    event.set()


def probe(checks: HealthChecks) -> HealthReport:
    """Probe on an event loop of its own."""
    return asyncio.run(checks.run())


class TestAnswers:
    """What a check may return."""

    @pytest.mark.parametrize(
        ("answer", "status", "details"),
        [
            (None, "pass", {}),
            (True, "pass", {}),
            (False, "fail", {}),
            (CheckResult("warn", {"slow": True}), "warn", {"slow": True}),
            (("fail", {"code": 5}), "fail", {"code": 5}),
        ],
        ids=str,
    )
    def test_sync_and_async(self, checks: HealthChecks, answer: object, status: str, details: object) -> None:
        """Functions and coroutine functions answer the same way."""

        @checks.check("sync")
        def sync() -> None:
            return answer  # type: ignore[return-value]

        @checks.check("async")
        async def coroutine() -> None:
            await asyncio.sleep(0)
            return answer  # type: ignore[return-value]

        report = probe(checks)

        assert [(check.status, check.details) for check in report.checks.values()] == [(status, details)] * 2

    def test_an_object_that_is_called(self, checks: HealthChecks) -> None:
        """Objects with a call, synchronous or not, are checks as well."""

        class Later:
            async def __call__(self) -> bool:
                await asyncio.sleep(0)
                return False

        checks.add("counted", Counted())
        checks.add("later", Later())

        assert [check.status for check in probe(checks).checks.values()] == ["pass", "fail"]


class TestStatus:
    """What the checks together say."""

    @pytest.mark.parametrize(
        ("status", "critical", "overall"),
        [
            ("pass", True, "healthy"),
            ("warn", True, "degraded"),
            ("fail", True, "unhealthy"),
            ("warn", False, "degraded"),
            ("fail", False, "degraded"),
        ],
    )
    def test_overall(self, checks: HealthChecks, status: str, critical: bool, overall: str) -> None:
        """A critical failure makes the service unhealthy, anything else that is no pass degrades it."""
        checks.add("fine", lambda: True)
        checks.add("other", lambda: CheckResult(status), critical=critical)  # type: ignore[arg-type]

        assert probe(checks).status == overall

    def test_data(self, checks: HealthChecks, readings: object) -> None:
        """The answer has status, time in UTC, uptime in seconds, and each check with its duration in ms."""
        assert readings
        checks.add("fine", lambda: CheckResult("pass", {"waiting": 3}))

        report = probe(checks)
        data = report.as_data()
        (check,) = report.checks.values()

        assert list(data) == ["status", "timestamp", "uptime", "checks"]
        assert data["checks"] == {
            "fine": {"status": "pass", "duration": round(check.duration_milliseconds, 3), "details": {"waiting": 3}}
        }
        assert str(data["timestamp"]).endswith("Z")
        assert report.timestamp.tzinfo is timezone.utc
        assert abs(report.uptime_seconds - (time.time() - 1_000_000_000)) < LIMIT_SECONDS

    def test_no_check_at_all(self, checks: HealthChecks) -> None:
        """Nothing to check is healthy."""
        assert probe(checks).status == "healthy"


class TestDeadlines:
    """A check that hangs delays nobody."""

    def test_a_hanging_function(self, checks: HealthChecks, gate: threading.Event) -> None:
        """It fails by its deadline, the others answer, and later probes say that it still runs, at once."""
        checks.add("stuck", gate.wait, timeout_seconds=0.05)
        checks.add("fine", lambda: None)

        first = probe(checks)
        while "stillRunningForSeconds" not in (later := probe(checks)).checks["stuck"].details:
            assert first.checks["stuck"].details == {"error": "timed out after 0.05 s"}
        assert {name: check.status for name, check in first.checks.items()} == {"stuck": "fail", "fine": "pass"}
        assert later.checks["stuck"].details["error"] == "timed out after 0.05 s"

    def test_a_hanging_function_holds_one_thread(self, checks: HealthChecks, gate: threading.Event) -> None:
        """However often it is probed, it runs once; when it ends, the next probe runs it anew."""
        started: list[int] = []

        @checks.check("stuck", timeout_seconds=0.01)
        def stuck() -> None:
            started.append(1)
            gate.wait()

        for _ in range(50):
            assert probe(checks).status == "unhealthy"
        threads = [thread for thread in threading.enumerate() if thread.name == "anclora-otel health stuck"]
        assert (len(threads), len(started)) == (1, 1)
        gate.set()
        threads[0].join()
        while probe(checks).status != "healthy":
            assert len(started) <= 100

    def test_a_hanging_coroutine_is_cancelled(self, checks: HealthChecks) -> None:
        """It leaves nothing behind on the loop."""

        async def probe_once() -> tuple[HealthReport, int]:
            ended = asyncio.Event()

            @checks.check("stuck", timeout_seconds=0.02)
            async def stuck() -> None:
                try:
                    await asyncio.Event().wait()
                finally:
                    ended.set()

            report = await checks.run()
            await ended.wait()
            await asyncio.sleep(0)
            return report, len(asyncio.all_tasks())

        report, tasks = asyncio.run(probe_once())

        assert report.checks["stuck"].details == {"error": "timed out after 0.02 s"}
        assert (report.status, tasks) == ("unhealthy", 1)

    def test_a_coroutine_that_cannot_be_cancelled_runs_once(self, checks: HealthChecks) -> None:
        """One that swallows its cancellation does not pile up either."""
        started: list[int] = []

        async def probe_often() -> list[ServiceStatus]:
            release = asyncio.Event()

            @checks.check("stuck", timeout_seconds=0.01)
            async def stuck() -> None:
                started.append(1)
                while not release.is_set():
                    try:
                        await release.wait()
                    except asyncio.CancelledError:
                        continue

            found = [(await checks.run()).status for _ in range(20)]
            release.set()
            return found

        assert asyncio.run(probe_often()) == ["unhealthy"] * 20
        assert len(started) == 1

    def test_not_critical(self, checks: HealthChecks, gate: threading.Event) -> None:
        """A check that is not critical warns when it hangs."""
        checks.add("stuck", gate.wait, timeout_seconds=0.01, critical=False)

        report = probe(checks)

        assert (report.status, report.checks["stuck"].status) == ("degraded", "warn")

    def test_the_event_loop_goes_on(self, checks: HealthChecks, gate: threading.Event) -> None:
        """A blocking function runs beside the loop: the loop itself lets it end."""
        checks.add("blocking", gate.wait, timeout_seconds=LIMIT_SECONDS)

        async def release() -> HealthReport:
            probing = asyncio.ensure_future(checks.run())
            await asyncio.sleep(0.01)
            gate.set()
            return await probing

        assert asyncio.run(release()).status == "healthy"

    def test_side_by_side(self, checks: HealthChecks) -> None:
        """Checks that wait for each other all end."""
        together = threading.Barrier(5)
        for number in range(5):
            checks.add(f"check {number}", lambda: together.wait() >= 0, timeout_seconds=LIMIT_SECONDS)

        assert probe(checks).status == "healthy"


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


class TestLoops:
    """Several event loops, none, and forked children."""

    def test_one_loop_after_another(self, checks: HealthChecks) -> None:
        """A loop that has ended is no longer waited for."""

        @checks.check("async", timeout_seconds=LIMIT_SECONDS)
        async def coroutine() -> None:
            await asyncio.sleep(0.01)

        async def give_up() -> None:
            await asyncio.wait_for(checks.run(), 0.001)

        with pytest.raises(asyncio.TimeoutError):
            asyncio.run(give_up())

        assert [probe(checks).status for _ in range(3)] == ["healthy"] * 3

    def test_coroutines_stay_on_their_loop(self, checks: HealthChecks) -> None:
        """The loop that probed first runs them for all others, since clients of asyncio belong to a loop."""
        loops: set[int] = set()

        @checks.check("async", timeout_seconds=LIMIT_SECONDS)
        async def coroutine() -> None:
            loops.add(id(asyncio.get_running_loop()))

        async def serve() -> list[str]:
            first = await checks.run()
            others = [asyncio.to_thread(probe, checks) for _ in range(4)]
            plain = asyncio.to_thread(checks.run_sync)
            return [first.status, *(report.status for report in await asyncio.gather(*others, plain))]

        uncached = HealthChecks(process_checks=False, cache_seconds=0)
        uncached.add("async", coroutine)
        checks = uncached

        assert asyncio.run(serve()) == ["healthy"] * 6
        assert len(loops) == 1

    def test_without_a_loop(self, checks: HealthChecks) -> None:
        """run_sync runs coroutines too, from any number of threads, on one loop of its own."""
        loops: list[int] = []

        @checks.check("async")
        async def coroutine() -> None:
            loops.append(id(asyncio.get_running_loop()))

        checks.add("sync", lambda: True)
        with ThreadPoolExecutor(8) as threads:
            reports = list(threads.map(lambda _: checks.run_sync(), range(8)))

        assert {report.status for report in reports} == {"healthy"}
        assert len(loops) == 1

    def test_run_sync_has_a_limit_of_its_own(self, checks: HealthChecks, gate: threading.Event) -> None:
        """What is not done by then counts as timed out."""
        checks.add("slow", gate.wait, timeout_seconds=LIMIT_SECONDS)

        assert checks.run_sync(timeout_seconds=0.01).status == "unhealthy"

    def test_run_sync_on_a_loop(self, checks: HealthChecks) -> None:
        """It would block the loop, and says what to do instead."""

        async def wrong() -> None:
            checks.run_sync()

        with pytest.raises(RuntimeError, match=r"await run\(\) instead"):
            asyncio.run(wrong())

    def test_a_forked_child(self) -> None:
        """A child does not wait for threads that only its parent has."""
        done = subprocess.run([sys.executable, "-c", FORKING], capture_output=True, text=True, timeout=60, check=False)

        assert (done.returncode, done.stdout, done.stderr) == (0, "unhealthy\nhealthy\n", "")


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
