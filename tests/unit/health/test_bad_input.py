"""Whatever a check does or is, the endpoint answers, and one clear line says what is wrong."""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections.abc import Callable
from typing import Any

import pytest

from anclora_otel.health import CheckResult, HealthChecks
from anclora_otel.health.asgi import answer
from anclora_otel.health.details import MAX_TEXT_CHARACTERS

PASSWORD = "hunter2-s3cret"
MAX_ANSWER_BYTES = 20_000


class UnreadableError(Exception):
    """An error whose text cannot be read."""

    def __str__(self) -> str:
        """Raise."""
        raise ValueError("no text")


class Unreadable:
    """An object whose text cannot be read."""

    def __repr__(self) -> str:
        """Raise."""
        raise RuntimeError("no text")


def raising(error: BaseException) -> Callable[[], None]:
    """Give a check that raises."""

    def check() -> None:
        raise error

    return check


def chained(error: BaseException, cause: BaseException) -> BaseException:
    """Give an error that another one caused."""
    error.__cause__ = cause
    return error


def cyclic() -> dict[str, object]:
    """Give details that hold themselves."""
    details: dict[str, object] = {}
    details["self"] = details
    return details


def nested(depth: int) -> dict[str, object]:
    """Give details within details."""
    return {"in": nested(depth - 1)} if depth else {}


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

ANSWERS: list[tuple[str, object, str, dict[str, object]]] = [
    ("a number", 1, "fail", {"error": "the check returned something of type int; expected None, True, False, a"}),
    ("a text", "ok", "fail", {"error": "the check returned something of type str; expected None, True, False, a"}),
    ("an unknown status", ("ok", {}), "fail", {"error": "the check returned a status that is none; expected"}),
    ("a wrong CheckResult", CheckResult("okay"), "fail", {"error": "a status that is none"}),  # type: ignore[arg-type]
    ("details of no mapping", ("pass", ["x"]), "fail", {"error": "the check returned details that are no mapping"}),
    ("a status that is a list", ([], {}), "fail", {"error": "the check returned something of type tuple"}),
    ("NaN", ("pass", {"lag": math.nan, "max": math.inf}), "pass", {"lag": "nan", "max": "inf"}),
    ("cyclic", ("warn", cyclic()), "warn", {"self": {"self": {"self": {"self": "[left out]"}}}}),
    ("deep", ("pass", nested(500)), "pass", {"in": {"in": {"in": {"in": "[left out]"}}}}),
    ("bytes", ("pass", {"raw": b"\xff\x00ok"}), "pass", {"raw": "\\xff ok"}),
    ("10 MB", ("pass", {"text": "x" * 10_000_000}), "pass", {"text": "x" * MAX_TEXT_CHARACTERS + "…"}),
    ("a million items", ("pass", {str(number): number for number in range(1_000_000)}), "pass", {"…": "[left out]"}),
    ("a number of 10,000 digits", ("pass", {"n": 10**10_000}), "pass", {"n": "a number of 33220 bits"}),
    ("an object", ("pass", {"o": Unreadable()}), "pass", {"o": "a Unreadable whose text cannot be read"}),
    ("keys of any type", ("pass", {1: 2, None: 3, b"k": 4}), "pass", {"1": 2, "None": 3}),
    ("a secret", ("pass", {"password": PASSWORD, "api_key": PASSWORD}), "pass", {}),
    ("a URL", ("pass", {"url": f"redis://:{PASSWORD}@h:1/0"}), "pass", {"url": "redis://[credentials]@h:1/0"}),
    ("a phone number", ("pass", {"phone": "34612345678"}), "pass", {"phone": "34*****78"}),
]


def ask(checks: HealthChecks) -> dict[str, Any]:
    """Ask as a web server does, and read the answer as strictly as a browser does."""
    found = asyncio.run(answer(checks, "all"))
    assert len(found.body) < MAX_ANSWER_BYTES
    assert PASSWORD.encode() not in found.body
    assert b"Traceback" not in found.body

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    data: dict[str, Any] = json.loads(found.body, parse_constant=refuse)
    assert data["checks"]["fine"]["status"] == "pass"
    return data


@pytest.fixture
def checks() -> HealthChecks:
    """Give checks of which one passes."""
    checks = HealthChecks(process_checks=False)
    checks.add("fine", lambda: True)
    return checks


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Give the lines that were said about health checks."""
    return [record.getMessage() for record in caplog.records if "health check" in record.getMessage()]


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(("error", "details"), [each[1:] for each in ERRORS], ids=[name for name, *_ in ERRORS])
def test_a_check_that_raises(
    checks: HealthChecks,
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

    checks.add("bad", check if kind == "sync" else coroutine)
    found = ask(checks)["checks"]["bad"]

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


@pytest.mark.parametrize(("name", "given", "status", "details"), ANSWERS, ids=[name for name, *_ in ANSWERS])
def test_a_check_that_answers_nonsense(
    checks: HealthChecks, name: str, given: Any, status: str, details: dict[str, object]
) -> None:
    """What means nothing fails and says what was expected; details are made plain, bounded and harmless."""
    checks.add("bad", lambda: given)

    found = ask(checks)["checks"]["bad"]

    assert found["status"] == status, name
    for key, value in details.items():
        if key == "error":
            assert str(value) in found["details"][key]
        else:
            assert found["details"][key] == value


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf, "2", True, [], 10**400], ids=lambda each: str(each)[:6])
def test_a_timeout_that_is_none(checks: HealthChecks, caplog: pytest.LogCaptureFixture, seconds: Any) -> None:
    """The default holds, and that is said once."""
    checks.add("bad", lambda: True, timeout_seconds=seconds)

    assert ask(checks)["checks"]["bad"]["status"] == "pass"
    (line,) = lines(caplog)
    assert "timeout_seconds of the health check bad is" in line
    assert "expected a number of seconds above 0 and at most 3600; it gets 2 s" in line


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("redis\x1b[31m\n", "redis_[31m_"),
        ("x" * 1000, "x" * 64),
        ("", "unnamed"),
        ("   ", "unnamed"),
        ("34612345678", "34*****78"),
        ("client +34 612 345 678", "client +34*****78"),
        ("ana@example.com", "[email]"),
        (None, "None"),
        (7, "7"),
        ("half \ud83d", "half _"),
    ],
)
def test_a_name_that_cannot_stand(
    checks: HealthChecks, caplog: pytest.LogCaptureFixture, name: Any, shown: str
) -> None:
    """It is made short, printable and anonymous, and that is said once."""
    checks.add(name, lambda: True)

    assert list(ask(checks)["checks"]) == ["fine", shown]
    (line,) = lines(caplog)
    assert line.isprintable()
    assert f'it is called "{shown}"' in line


def test_a_name_given_twice(checks: HealthChecks, caplog: pytest.LogCaptureFixture) -> None:
    """Both checks run; the second one gets a number, and that is said."""
    checks.add("redis", lambda: True)
    checks.add("redis", lambda: False)

    with caplog.at_level(logging.WARNING):
        found = ask(checks)["checks"]

    assert {name: check["status"] for name, check in found.items()} == {
        "fine": "pass",
        "redis": "pass",
        "redis_2": "fail",
    }
    assert "the second one is called redis_2; give it a name" in lines(caplog)[0]


@pytest.mark.parametrize("function", [None, 5, "redis", lambda needed: needed], ids=["None", "5", "text", "argument"])
def test_no_function_without_arguments(checks: HealthChecks, function: Any) -> None:
    """What cannot be called fails when it is."""
    checks.add("bad", function)

    found = ask(checks)["checks"]["bad"]

    assert (found["status"], found["details"]["error"]) == ("fail", "TypeError")


def test_an_awaitable_that_is_no_coroutine(checks: HealthChecks) -> None:
    """Whatever can be awaited is."""

    class Odd:
        def __await__(self) -> Any:
            yield from asyncio.sleep(0).__await__()
            return ("warn", {"odd": True})

    checks.add("bad", Odd)

    assert ask(checks)["checks"]["bad"]["details"] == {"odd": True}
