"""What `anclora-otel health` makes of an answer; tests/wire has the command."""

from __future__ import annotations

import pytest

from anclora_otel.cli.health import render_table

ANSWER = {
    "status": "degraded",
    "uptime": 7200.5,
    "checks": {
        "queue": {"status": "warn", "duration": 12.34, "details": {"waiting": 10_001, "by": {"high": 1}}},
        "bad\x1b[2J": {"status": "fail\x07", "duration": "soon", "details": {"error": "a\x1b]0;title\x07"}},
    },
}


def test_one_line_a_check() -> None:
    """Status, time and details stand in columns; control characters of the other side are not passed on."""
    assert render_table(ANSWER, in_colour=False).splitlines() == [
        "degraded · up 2 h",
        "queue            warn       12.3 ms  waiting 10001, by (high 1)",
        "bad [2J          fail        0.0 ms  error a ]0;title",
    ]


def test_colours() -> None:
    """Yellow is a warning."""
    first, second, *_ = render_table(ANSWER, in_colour=True).splitlines()

    assert first.startswith("\x1b[33mdegraded\x1b[0m")
    assert "\x1b[33mwarn \x1b[0m" in second


@pytest.mark.parametrize(
    ("uptime", "shown"), [(0, "0 s"), (59.4, "59 s"), (90, "2 min"), (86_400, "1 d"), (None, "0 s"), ("x", "0 s")]
)
def test_uptime(uptime: object, shown: str) -> None:
    """In the unit that a person would choose."""
    assert render_table({"status": "healthy", "uptime": uptime}, in_colour=False) == f"healthy · up {shown}\n"
