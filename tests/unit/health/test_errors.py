"""Whatever a check raises, the endpoint answers, and one clear line says what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from anclora_otel.health import HealthChecks
from anclora_otel.health.details import MAX_TEXT_CHARACTERS
from tests.unit.health.answers import PASSWORD, ask, lines


class UnreadableError(Exception):
    """An error whose text cannot be read."""

    def __str__(self) -> str:
        """Raise."""
        raise ValueError("no text")


def raising(error: BaseException) -> Callable[[], None]:
    """Give a check that raises."""

    def check() -> None:
        raise error

    return check


def chained(error: BaseException, cause: BaseException) -> BaseException:
    """Give an error that another one caused."""
    error.__cause__ = cause
    return error


ERRORS: list[tuple[str, BaseException, dict[str, object]]] = [
    ("plain", RuntimeError("the pool is empty"), {"error": "RuntimeError", "reason": "the pool is empty"}),
    ("its text raises", UnreadableError(), {"error": "UnreadableError", "reason": "its text cannot be read"}),
    ("no text", ValueError(), {"error": "ValueError"}),
    ("sys.exit", SystemExit(3), {"error": "SystemExit", "reason": "3"}),
    ("Ctrl-C", KeyboardInterrupt(), {"error": "KeyboardInterrupt"}),
    ("cancelled", asyncio.CancelledError(), {"error": "CancelledError"}),
    ("StopIteration", StopIteration(1), {"error": "StopIteration", "reason": "1"}),
    ("GeneratorExit", GeneratorExit(), {"error": "GeneratorExit"}),
    (
        "the operating system's",
        chained(RuntimeError(f"redis://:{PASSWORD}@redis.internal:6379"), ConnectionRefusedError(111, "refused")),
        {"error": "RuntimeError", "reason": "Connection refused"},
    ),
    (
        "a URL with a password",
        RuntimeError(f"redis://default:{PASSWORD}@redis.internal:6379/0 does not answer"),
        {"error": "RuntimeError", "reason": "[address] does not answer"},
    ),
    (
        "a password by its word",
        RuntimeError(f"AUTH failed, password={PASSWORD}, token: '{PASSWORD}'"),
        {"error": "RuntimeError", "reason": "AUTH failed, password=[token], token: '[secret]"},
    ),
    (
        "a wrong password, as Redis says it",
        RuntimeError("invalid username-password pair or user is disabled."),
        {"error": "RuntimeError", "reason": "invalid username-password pair or user is disabled."},
    ),
    (
        "a wrong password, as PostgreSQL says it",
        RuntimeError('FATAL: password authentication failed for user "bot", host 10.0.0.5'),
        {"reason": 'FATAL: password authentication failed for user "[secret], host [address]'},
    ),
    (
        "hosts",
        RuntimeError("Error -2 connecting to redis-main:6379, 10.0.0.7:6379, db.internal and [fe80::1]:80. No"),
        {"error": "RuntimeError", "reason": "Error -2 connecting to [address], [address], [address] and [address]. No"},
    ),
    ("a phone number", RuntimeError("no answer to +34 612 345 678"), {"reason": "no answer to +34*****78"}),
    ("a stack trace", RuntimeError('broken\nTraceback:\n  File "/srv/app.py", line 3'), {"reason": "broken"}),
    ("control characters", RuntimeError("a\x1b[31mb\x00c\x85d"), {"reason": "a [31mb c d"}),
    ("surrogates", RuntimeError("half \ud83d"), {"reason": "half \\ud83d"}),
    ("10 MB", RuntimeError("x" * 10_000_000), {"reason": "x" * MAX_TEXT_CHARACTERS + "…"}),
]


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(("error", "details"), [each[1:] for each in ERRORS], ids=[name for name, *_ in ERRORS])
def test_a_check_that_raises(
    checks_with_one: HealthChecks,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    error: BaseException,
    details: dict[str, object],
) -> None:
    """Any exception is a failure of that check alone; type and reason are shown, nothing else."""
    check = raising(error)

    async def coroutine() -> None:
        await asyncio.sleep(0)
        check()

    checks_with_one.add("bad", check if kind == "sync" else coroutine)
    found = ask(checks_with_one)["checks"]["bad"]

    if kind == "async" and isinstance(error, StopIteration):
        assert found["details"]["error"] == "RuntimeError"
        return
    assert found["status"] == "fail"
    assert {key: found["details"].get(key) for key in details} == details
    assert set(found["details"]) <= {"error", "reason"}
    (line,) = lines(caplog)
    assert line.startswith("health check bad: fail after pass (")
    assert line.isprintable()
    assert PASSWORD not in line
