"""Time ranges and steps are read and rounded as Grafana does."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.unit.stack.preview.javascript import called

NOON = int(datetime(2026, 11, 25, 12, 0, 30, tzinfo=ZoneInfo("Europe/Madrid")).timestamp() * 1000)
MIDNIGHT = NOON - 12 * 3_600_000 - 30_000


def _range(seconds: float) -> dict[str, float]:
    return {"from": 0, "to": seconds * 1000}


def test_instants() -> None:
    """Now, back from now, the start of the day in the reader's zone, and milliseconds."""
    calls = [[text, NOON] for text in ("now", "now-90s", "now-6h", "now-2d", "now/d", "1795582856711")]
    ago = [0, 90_000, 21_600_000, 172_800_000]

    assert called("time", "instant", *calls) == [*(NOON - each for each in ago), MIDNIGHT, 1795582856711]


def test_what_is_no_time() -> None:
    """The words that were given are said, and what was expected."""
    (said,) = called("time", "instant", ["yesterday", NOON])

    assert said == "yesterday is no time: expected now, now-6h, now/d or milliseconds"
    assert "ends before it starts" in called("time", "rangeOf", ["now", "now-1h", NOON])[0]


def test_a_day_that_has_just_begun() -> None:
    """At midnight itself, today is one second long rather than an error."""
    assert called("time", "rangeOf", ["now/d", "now", MIDNIGHT]) == [{"from": MIDNIGHT - 1000, "to": MIDNIGHT}]


def test_steps_are_those_of_grafana() -> None:
    """As its library gives them for 300, 800 and 1600 points with 15 s between exports."""
    expected = {
        300: (15, 15, 15),
        3600: (15, 15, 15),
        21600: (60, 30, 15),
        86400: (300, 120, 60),
        604800: (1800, 900, 300),
    }
    calls = [[_range(seconds), points] for seconds in expected for points in (300, 800, 1600)]

    assert called("time", "stepSeconds", *calls) == [step for steps in expected.values() for step in steps]


def test_windows() -> None:
    """A rate goes over four exports at least, and over one more than the step."""
    values: list[Any] = called("time", "windows", [_range(3600), 15], [_range(86400), 300])

    assert [each["__rate_interval"] for each in values] == ["60s", "315s"]
    assert [each["__range"] for each in values] == ["3600s", "86400s"]
    assert values[1]["__interval"] == values[1]["__auto"] == "300s"


def test_refresh() -> None:
    """An interval in milliseconds; anything else is none."""
    assert called("time", "refreshMilliseconds", ["30s"], ["5m"], ["off"], [""]) == [30_000, 300_000, 0, 0]
