"""The checks of a service: registered once, run side by side, their results kept for a moment."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from typing import Literal, TypeVar, get_args

from anclora_otel._guard import complaints
from anclora_otel.catalogue.health import CACHE_SECONDS
from anclora_otel.health.check import Check, ReadyCheck, build_check
from anclora_otel.health.details import safe_text
from anclora_otel.health.limits import usable_number
from anclora_otel.health.loops import CheckLoop
from anclora_otel.health.process_checks import standard_checks
from anclora_otel.health.readings import uptime_seconds
from anclora_otel.health.results import CheckFunction, CheckReport, CheckStatus, HealthReport, service_status
from anclora_otel.health.run import CheckRun

Phase = Literal["starting", "running", "stopping"]

PHASES: tuple[Phase, ...] = get_args(Phase)
"""The phases of a service, in their order."""

F = TypeVar("F", bound=CheckFunction)

logger = logging.getLogger("anclora_otel")

MAX_CACHE_SECONDS = 3600
"""The longest time for which a result may answer further probes."""

_NUMBERS_SAID = 5
_FOR_EVER = float("inf")


class HealthChecks:
    """
    The checks of a service.

    They run side by side, each with a deadline of its own; probes that come together share one run, and a result
    answers further probes for a moment. It may be used from several event loops and threads, and in forked children.

    Args:
        process_checks: also run ``memory``, ``event_loop``, ``disk`` and ``telemetry``; a check that is added under
            such a name takes its place.
        cache_seconds: how long a result answers further probes; 0 runs the checks for each.

    """

    def __init__(self, *, process_checks: bool = True, cache_seconds: float = CACHE_SECONDS) -> None:
        self._cache_seconds = usable_number(
            "cache_seconds of HealthChecks()", cache_seconds, CACHE_SECONDS, highest=MAX_CACHE_SECONDS
        )
        standard = standard_checks() if process_checks else {}
        self._standard = {name: build_check(name, check, None, None) for name, check in standard.items()}
        self._added: dict[str, Check] = {}
        self._said: dict[str, CheckStatus] = {}
        self._phase: Phase = "running"
        self._start_anew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=functools.partial(_after_fork, weakref.ref(self)))

    def check(
        self, name: str, *, timeout_seconds: float | None = None, critical: bool | None = None
    ) -> Callable[[F], F]:
        """
        Register the decorated function as a check; a coroutine function does as well.

        It passes by returning None or True, fails by returning False or by raising, and says more by a `CheckResult`
        or a pair of status and details.

        Args:
            name: its key in the answer.
            timeout_seconds: how long it may take; 2 s unless given.
            critical: whether its failure makes the service unhealthy (503) rather than degraded; True unless given.

        """

        def register(function: F) -> F:
            self.add(name, function, timeout_seconds=timeout_seconds, critical=critical)
            return function

        return register

    def add(
        self,
        name: str,
        check: CheckFunction | ReadyCheck,
        *,
        timeout_seconds: float | None = None,
        critical: bool | None = None,
    ) -> None:
        """
        Register a check, such as ``add("redis", redis_check(client))``.

        Never raises: a wrong argument is replaced and said once. A second check of the same name gets a number.

        Args:
            name: its key in the answer.
            check: a ready-made check, a function or a coroutine function.
            timeout_seconds: how long it may take; 2 s unless given.
            critical: whether its failure makes the service unhealthy; what the check says unless given.

        """
        built = build_check(name, check, timeout_seconds, critical)
        with self._lock:
            free = _free_name(built.name, self._added)
            self._added[free] = built if free == built.name else build_check(free, check, timeout_seconds, critical)
        if free != built.name:
            complaints.say(
                f"health check {free}",
                f"there is a health check {built.name} already: the second one is called {free}; give it a name",
            )

    def remove(self, name: str) -> bool:
        """
        Leave out a check, one of the process included, and say whether it was there.

        Args:
            name: its key in the answer.

        """
        with self._lock:
            added, standard = self._added.pop(name, None), self._standard.pop(name, None)
            return added is not None or standard is not None

    @property
    def names(self) -> tuple[str, ...]:
        """Name the checks in the order of the answer."""
        with self._lock:
            return tuple(self._all())

    async def run(self) -> HealthReport:
        """Run all checks on this event loop and report on them; takes as long as the longest deadline at most."""
        return self._report(await self._probe(self._begin_here(critical_only=False)))

    def run_sync(self, timeout_seconds: float = _FOR_EVER) -> HealthReport:
        """
        Run all checks and wait in this thread, as in a worker without a web server.

        Args:
            timeout_seconds: how long to wait altogether; what is not done by then is reported as timed out. The
                checks' own deadlines hold in any case.

        Raises:
            RuntimeError: if an event loop runs in this thread, which the call would block: await `run` there.

        """
        if _running_loop() is not None:
            raise RuntimeError("run_sync() would block the event loop of this thread: await run() instead")
        until = time.monotonic() + timeout_seconds
        runs = self._begin(None, critical_only=False)
        return self._report([(run.check, run.wait_sync(until)) for run in runs])

    def live(self) -> HealthReport:
        """Report that this process answers; asks nobody, since a restart repairs no dependency."""
        return self._report([])

    async def ready(self) -> HealthReport:
        """Report whether requests may be sent here: by the critical checks, and not while starting or stopping."""
        if self._phase != "running":
            check = build_check("lifecycle", bool, None, critical=True)
            return self._report([(check, CheckReport("fail", 0.0, {"phase": self._phase}))])
        return self._report(await self._probe(self._begin_here(critical_only=True)))

    @property
    def phase(self) -> Phase:
        """Say whether the service is starting, running or stopping."""
        return self._phase

    def enter_phase(self, phase: Phase) -> None:
        """
        Say that the service is ``starting``, ``running`` or ``stopping``; it is ready only while it is running.

        The routes of `anclora_otel.integrations.fastapi` and the ASGI application do so by themselves.

        Args:
            phase: anything else is said once, and the phase stays as it is.

        """
        if phase in PHASES:
            self._phase = phase
            return
        complaints.say(
            "phase of a service",
            f"the phase of the service is {safe_text(phase)}: expected one of {', '.join(PHASES)}; "
            f"it stays {self._phase}",
        )

    def _all(self) -> dict[str, Check]:
        return {**self._added, **{name: check for name, check in self._standard.items() if name not in self._added}}

    def _begin_here(self, *, critical_only: bool) -> list[CheckRun]:
        return self._begin(asyncio.get_running_loop(), critical_only=critical_only)

    def _begin(self, caller: asyncio.AbstractEventLoop | None, *, critical_only: bool) -> list[CheckRun]:
        """Join the runs that go on or are fresh, and start the others."""
        if caller is not None:
            self._loops.choose(caller)
        runs: list[CheckRun] = []
        with self._lock:
            for name, check in self._all().items():
                if critical_only and not check.critical:
                    continue
                run = self._runs.get(name)
                if run is None or run.check is not check or not run.is_reusable(self._cache_seconds):
                    run = self._runs[name] = CheckRun(check, functools.partial(self._loops.choose, caller))
                    run.start()
                runs.append(run)
        return runs

    async def _probe(self, runs: Iterable[CheckRun]) -> list[tuple[Check, CheckReport]]:
        return [(run.check, await run.wait()) for run in runs]

    def _report(self, found: Iterable[tuple[Check, CheckReport]]) -> HealthReport:
        reports = list(found)
        for check, report in reports:
            self._say(check.name, report)
        return HealthReport(
            service_status((report.status, check.critical) for check, report in reports),
            datetime.now(timezone.utc),
            uptime_seconds(),
            {check.name: report for check, report in reports},
        )

    def _say(self, name: str, report: CheckReport) -> None:
        """Write one line when the status of a check changes."""
        with self._lock:
            before, self._said[name] = self._said.get(name, "pass"), report.status
        if before == report.status:
            return
        level = logging.INFO if report.status == "pass" else logging.WARNING
        logger.log(level, "health check %s: %s after %s%s", name, report.status, before, _summary(report.details))

    def _start_anew(self) -> None:
        self._lock = threading.Lock()
        self._loops = CheckLoop()
        self._runs: dict[str, CheckRun] = {}


def _after_fork(reference: weakref.ref[HealthChecks]) -> None:
    checks = reference()
    if checks is not None:
        checks._start_anew()  # noqa: SLF001 - of this module


def _free_name(name: str, taken: Mapping[str, Check]) -> str:
    return next(free for free in (name, *(f"{name}_{number}" for number in range(2, 10_000))) if free not in taken)


def _summary(details: Mapping[str, object]) -> str:
    """Give what went wrong, or the numbers that a check judged by."""
    said = [str(details[key]) for key in ("error", "reason") if isinstance(details.get(key), str)]
    numbers = [f"{key} {value}" for key, value in details.items() if isinstance(value, (int, float, str))]
    text = ": ".join(said) or ", ".join(numbers[:_NUMBERS_SAID])
    return f" ({text})" if text else ""


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


health: HealthChecks = HealthChecks()
"""The checks of this process; ``ANCLORA_HEALTH_PATH`` serves them."""
