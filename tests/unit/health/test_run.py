"""Checks run side by side, each with its deadline."""

from __future__ import annotations

import asyncio
import threading
import time

from anclora_otel.health import HealthChecks, HealthReport, ServiceStatus
from tests.unit.health.conftest import LIMIT_SECONDS, probe


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

    def test_a_coroutine_that_blocks_the_loop(self, checks: HealthChecks) -> None:
        """The answer is as late as the loop is, and says that the deadline was missed; the others are not blamed."""

        @checks.check("blocking", timeout_seconds=0.01)
        async def blocking() -> None:
            time.sleep(0.05)  # noqa: ASYNC251 - the fault itself

        checks.add("fine", lambda: True)
        report = probe(checks)

        assert {name: check.status for name, check in report.checks.items()} == {"blocking": "fail", "fine": "pass"}
        assert report.checks["blocking"].details == {"error": "timed out after 0.01 s"}

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
