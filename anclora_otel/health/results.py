"""What a check says, and what all checks together say of the service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

CheckStatus = Literal["pass", "warn", "fail"]
"""What a check found."""

ServiceStatus = Literal["healthy", "degraded", "unhealthy"]
"""What all checks together say of the service."""

STATUSES: tuple[CheckStatus, ...] = get_args(CheckStatus)
"""The statuses of a check, the best first."""


@dataclass(frozen=True)
class CheckResult:
    """
    What a check found; return it from a check of your own where a boolean says too little.

    Args:
        status: ``pass``, ``warn`` or ``fail``.
        details: shown in the answer, redacted and cut to a bounded size; never put a secret or an address in.

    """

    status: CheckStatus
    details: Mapping[str, object] = field(default_factory=dict)


CheckAnswer = None | bool | CheckResult | tuple[CheckStatus, Mapping[str, object]]
"""What a check may return; None and True pass, False fails."""

CheckFunction = Callable[[], CheckAnswer | Awaitable[CheckAnswer]]
"""A check: a function or a coroutine function without arguments."""


@dataclass(frozen=True)
class CheckReport:
    """
    One check in a report.

    Args:
        status: ``pass``, ``warn`` or ``fail``.
        duration_milliseconds: how long the check took.
        details: values that JSON can carry, redacted and bounded.

    """

    status: CheckStatus
    duration_milliseconds: float
    details: Mapping[str, object]

    def as_data(self) -> dict[str, object]:
        """Give the check as it stands in the answer."""
        return {"status": self.status, "duration": round(self.duration_milliseconds, 3), "details": self.details}


@dataclass(frozen=True)
class HealthReport:
    """
    What the checks say of the service at one moment.

    Args:
        status: ``unhealthy`` if a critical check failed, ``degraded`` if any other check did not pass.
        timestamp: when, in UTC.
        uptime_seconds: since the process started.
        checks: every check by name.

    """

    status: ServiceStatus
    timestamp: datetime
    uptime_seconds: float
    checks: Mapping[str, CheckReport]

    def as_data(self) -> dict[str, object]:
        """Give the report as JSON carries it: ``status``, ``timestamp``, ``uptime`` and ``checks``."""
        return {
            "status": self.status,
            "timestamp": self.timestamp.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "uptime": round(self.uptime_seconds, 3),
            "checks": {name: check.as_data() for name, check in self.checks.items()},
        }


def service_status(checks: Iterable[tuple[CheckStatus, bool]]) -> ServiceStatus:
    """
    Give the status of a service.

    Args:
        checks: the status of each check, and whether the check is critical.

    """
    found = set(checks)
    if ("fail", True) in found:
        return "unhealthy"
    return "degraded" if any(status != "pass" for status, _ in found) else "healthy"


def interpret(answer: object) -> CheckResult:
    """Give what a check's answer means; one that means nothing is a failure that says so."""
    if answer is None or answer is True:
        return CheckResult("pass")
    if answer is False:
        return CheckResult("fail")
    status, details = _parts(answer)
    if isinstance(status, str) and status in STATUSES and isinstance(details, Mapping):
        return CheckResult(status, details)
    return CheckResult("fail", {"error": _misunderstood(answer, status)})


def _parts(answer: object) -> tuple[object, object]:
    if isinstance(answer, CheckResult):
        return answer.status, answer.details
    if isinstance(answer, tuple) and len(answer) == 2:
        return answer[0], answer[1]
    return None, None


def _misunderstood(answer: object, status: object) -> str:
    expected = "expected None, True, False, a CheckResult or a pair of pass, warn or fail and details"
    got = f"something of type {type(answer).__name__}"
    if isinstance(status, str) and status not in STATUSES:
        got = "a status that is none"
    elif isinstance(status, str):
        got = "details that are no mapping"
    return f"the check returned {got}; {expected}"
