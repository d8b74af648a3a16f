"""Whatever a check is or answers, the endpoint answers, and one clear line says what is wrong."""

from __future__ import annotations

import asyncio
import itertools
import logging
import math
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from anclora_otel.health import CheckResult, HealthChecks
from anclora_otel.health.details import MAX_TEXT_CHARACTERS
from tests.unit.health.answers import PASSWORD, ask, lines


class Unreadable:
    """An object whose text cannot be read."""

    def __repr__(self) -> str:
        """Raise."""
        raise RuntimeError("no text")


class Endless(Mapping[str, int]):
    """A mapping without an end."""

    def __iter__(self) -> Iterator[str]:
        """Give the same key again and again."""
        return itertools.repeat("k")

    def __len__(self) -> int:
        """Claim a length."""
        return 10**9

    def __getitem__(self, key: str) -> int:
        """Give a value."""
        return 1


class Exiting(Endless):
    """A mapping that ends the program when it is read."""

    def __iter__(self) -> Iterator[str]:
        """Exit."""
        raise SystemExit(3)


def cyclic() -> dict[str, object]:
    """Give details that hold themselves."""
    details: dict[str, object] = {}
    details["self"] = details
    return details


def nested(depth: int) -> dict[str, object]:
    """Give details within details."""
    return {"in": nested(depth - 1)} if depth else {}


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
    ("a set", ("pass", {"s": {1}}), "pass", {"s": [1]}),
    ("surrogates", ("pass", {"half \ud83d": "half \ud83d"}), "pass", {"half \\ud83d": "half \\ud83d"}),
    ("endless", ("pass", Endless()), "pass", {"k": 1, "…": "[left out]"}),
    ("a mapping that exits", ("pass", Exiting()), "fail", {"error": "SystemExit"}),
    ("a generator", (each for each in range(0)), "fail", {"error": "the check returned something of type generator"}),
    (
        "a secret in a text",
        ("pass", {"note": f"password={PASSWORD} refused"}),
        "pass",
        {"note": "password=[token] refused"},
    ),
    ("a URL", ("pass", {"url": f"redis://:{PASSWORD}@h:1/0"}), "pass", {"url": "redis://[credentials]@h:1/0"}),
    ("a phone number", ("pass", {"phone": "34612345678"}), "pass", {"phone": "34*****78"}),
]


@pytest.mark.parametrize(("name", "given", "status", "details"), ANSWERS, ids=[name for name, *_ in ANSWERS])
def test_a_check_that_answers_nonsense(
    checks_with_one: HealthChecks, name: str, given: Any, status: str, details: dict[str, object]
) -> None:
    """What means nothing fails and says what was expected; details are made plain, bounded and harmless."""
    checks_with_one.add("bad", lambda: given)

    found = ask(checks_with_one)["checks"]["bad"]

    assert found["status"] == status, name
    for key, value in details.items():
        if key == "error":
            assert str(value) in found["details"][key]
        else:
            assert found["details"][key] == value


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
        ("x" * 10_000, "x" * 64),
        ("x" * 55 + "+34612345678", "x" * 55 + "+34*****7"),
    ],
)
def test_a_name_that_cannot_stand(
    checks_with_one: HealthChecks, caplog: pytest.LogCaptureFixture, name: Any, shown: str
) -> None:
    """It is made short, printable and anonymous, and that is said once."""
    checks_with_one.add(name, lambda: True)

    assert list(ask(checks_with_one)["checks"]) == ["fine", shown]
    (line,) = lines(caplog)
    assert line.isprintable()
    assert f'it is called "{shown}"' in line


def test_a_name_given_twice(checks_with_one: HealthChecks, caplog: pytest.LogCaptureFixture) -> None:
    """Both checks run; the second one gets a number, and that is said."""
    checks_with_one.add("redis", lambda: True)
    checks_with_one.add("redis", lambda: False)

    with caplog.at_level(logging.WARNING):
        found = ask(checks_with_one)["checks"]

    assert {name: check["status"] for name, check in found.items()} == {
        "fine": "pass",
        "redis": "pass",
        "redis_2": "fail",
    }
    assert "the second one is called redis_2; give it a name" in lines(caplog)[0]


@pytest.mark.parametrize("function", [None, 5, "redis", lambda needed: needed], ids=["None", "5", "text", "argument"])
def test_no_function_without_arguments(checks_with_one: HealthChecks, function: Any) -> None:
    """What cannot be called fails when it is."""
    checks_with_one.add("bad", function)

    found = ask(checks_with_one)["checks"]["bad"]

    assert (found["status"], found["details"]["error"]) == ("fail", "TypeError")


def test_an_awaitable_that_is_no_coroutine(checks_with_one: HealthChecks) -> None:
    """Whatever can be awaited is."""

    class Odd:
        def __await__(self) -> Any:
            yield from asyncio.sleep(0).__await__()
            return ("warn", {"odd": True})

    checks_with_one.add("bad", Odd)

    assert ask(checks_with_one)["checks"]["bad"]["details"] == {"odd": True}
