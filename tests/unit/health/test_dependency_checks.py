"""The checks of Redis and of a queue, without either; tests/wire has the real ones."""

from __future__ import annotations

import sys
from collections.abc import Awaitable

import pytest
from opentelemetry.instrumentation.utils import is_instrumentation_enabled

from anclora_otel.health import HealthChecks, queue_check, redis_check
from anclora_otel.health.results import CheckReport
from anclora_otel.queues import QueueDepth


class Pinged:
    """A client that answers what it is told to, and remembers whether spans would have been recorded."""

    def __init__(self, answer: object, *, later: bool = False) -> None:
        self._answer = answer
        self._later = later
        self.recorded: list[bool] = []

    def ping(self) -> object:
        """Answer."""
        self.recorded.append(is_instrumentation_enabled())
        return self._answering() if self._later else self._answer

    async def _answering(self) -> object:
        self.recorded.append(is_instrumentation_enabled())
        return self._answer


class Source:
    """A queue of a given depth."""

    def __init__(self, depth: QueueDepth) -> None:
        self._depth = depth

    def read(self) -> QueueDepth:
        """Give the depth."""
        return self._depth


def found(check: object) -> CheckReport:
    """Run one check and give its report."""
    checks = HealthChecks(process_checks=False)
    checks.add("checked", check)  # type: ignore[arg-type]
    return checks.run_sync().checks["checked"]


@pytest.mark.parametrize("later", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize(("answer", "status"), [(True, "pass"), (b"PONG", "pass"), ("LOADING", "fail"), (None, "fail")])
def test_redis(answer: object, later: bool, status: str) -> None:
    """A client of either kind passes by its answer, and leaves no span."""
    client = Pinged(answer, later=later)

    assert found(redis_check(client)).status == status
    assert set(client.recorded) == {False}


@pytest.mark.parametrize(
    ("waiting", "failed", "status"),
    [(0, 0, "pass"), (10_000, 1000, "pass"), (10_001, 0, "warn"), (0, 1001, "warn"), (10**9, 10**9, "warn")],
)
def test_queue(waiting: int, failed: int, status: str) -> None:
    """All priorities count; a deep queue warns and never fails."""
    half = waiting // 2
    depth = QueueDepth({"normal": half, "high": waiting - half}, active=3, dead_letter=failed)

    report = found(queue_check(Source(depth)))

    assert (report.status, report.details) == (status, {"waiting": waiting, "active": 3, "failed": failed})


def test_the_queue_of_a_broker_that_is_gone() -> None:
    """It fails, since nobody knows how deep it is."""

    class Gone:
        def read(self) -> QueueDepth:
            raise ConnectionResetError(104, "reset by 10.0.0.1:6379")

    assert found(queue_check(Gone())).details == {
        "error": "ConnectionResetError",
        "reason": "Connection reset by peer",
    }


def test_a_client_may_be_awaited_by_protocol() -> None:
    """The types take clients of both kinds."""

    class Later:
        def ping(self) -> Awaitable[bool]:
            raise AssertionError

    assert redis_check(Later()).critical


def test_no_redis_client_is_imported() -> None:
    """A service without Redis does not pay for it; the check knows a protocol alone."""
    module = sys.modules["anclora_otel.health.dependency_checks"]

    assert not hasattr(module, "redis")
