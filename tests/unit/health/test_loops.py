"""Several event loops, none, and forked children."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from anclora_otel.health import HealthChecks
from tests.unit.health.conftest import LIMIT_SECONDS, probe

FORKING = """
import os, threading
from anclora_otel.health import HealthChecks
gate = threading.Event()
hanging = [True]
checks = HealthChecks(process_checks=False)
checks.add("slow", lambda: not hanging or gate.wait(), timeout_seconds=2)
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
        # Python 3.12 and later warn of any fork beside threads, which is what is tested here.
        command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKING]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

        assert (done.returncode, done.stdout, done.stderr) == (0, "unhealthy\nhealthy\n", "")
