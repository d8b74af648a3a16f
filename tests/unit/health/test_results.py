"""What a check may answer, and what all checks together say."""

from __future__ import annotations

import asyncio
import time
from datetime import timezone

import pytest

from anclora_otel.health import CheckResult, HealthChecks
from tests.unit.health.conftest import LIMIT_SECONDS, Counted, probe


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
