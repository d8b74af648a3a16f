"""What a line holds and how it is written."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider

from anclora_otel.catalogue.levels import LEVELS
from anclora_otel.logs.lines import LogLine, read_record, timestamp, to_json, to_pretty

TRACE_ID, SPAN_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def record(message: object = "hello", *arguments: object, **fields: object) -> logging.LogRecord:
    """Make a record of the queue's logger."""
    made = logging.LogRecord("queue", logging.INFO, __file__, 1, message, arguments, None)
    vars(made).update(fields)
    return made


def line(**changes: Any) -> LogLine:
    """Give a line with a trace."""
    given: dict[str, Any] = {"created": 1_772_357_400.125, "level": LEVELS[3], "logger": "queue", "message": "hello"}
    return LogLine(**{**given, "trace_id": TRACE_ID, "span_id": SPAN_ID, **changes})


def test_a_line_of_json() -> None:
    """It holds when, how grave, where, what, and the ids that lead to the trace."""
    text = to_json(line(component="queue", process_id=7, fields={"job": 17}, exception="Traceback …\nValueError: x"))

    assert json.loads(text) == {
        "timestamp": "2026-03-01T09:30:00.125Z",
        "level": "info",
        "level_number": 3,
        "logger": "queue",
        "component": "queue",
        "message": "hello",
        "trace_id": TRACE_ID,
        "span_id": SPAN_ID,
        "process_id": 7,
        "fields": {"job": 17},
        "exception": "Traceback …\nValueError: x",
    }
    assert "\n" not in text


def test_what_is_not_there_is_left_out() -> None:
    """A line outside any span has no ids."""
    written = json.loads(to_json(LogLine(0.0, LEVELS[0], "web", "")))

    assert set(written) == {"timestamp", "level", "level_number", "logger", "message", "process_id"}


def test_the_trace_of_the_record() -> None:
    """The ids are those of the span in which it was written."""
    with TracerProvider().get_tracer("test").start_as_current_span("work") as span:
        read = read_record(record())

    context = span.get_span_context()
    assert (read.trace_id, read.span_id) == (f"{context.trace_id:032x}", f"{context.span_id:016x}")


@pytest.mark.parametrize("write", [to_json, to_pretty])
def test_personal_data_is_masked(write: Any) -> None:
    """In the message, the fields and the stack trace."""
    text = write(
        line(
            message="to ana@example.org",
            fields={"phone": 34612345678, "note": ["call +34 612 345 678"]},
            exception="ValueError: Bearer abcdefghijklmnop12345",
        )
    )

    for secret in ("ana@", "34612345678", "612 345 678", "abcdefghijklmnop12345"):
        assert secret not in text


def test_a_line_for_people() -> None:
    """Level, component, message and fields come first, the trace last; an exception stands below."""
    head, *below = to_pretty(line(component="queue", fields={"job": 17}, exception="Traceback\nValueError")).split("\n")

    assert head.split(maxsplit=1)[1] == f"info  queue hello job=17 trace={TRACE_ID} span={SPAN_ID}"
    assert below == ["    Traceback", "    ValueError"]


def test_colours() -> None:
    """The level is coloured where a terminal may be, and nothing is otherwise."""
    assert "\x1b[32minfo \x1b[0m" in to_pretty(line(), colours=True)
    assert "\x1b" not in to_pretty(line())


@pytest.mark.parametrize("sign", ["\x1b[2J", "\r", "\x00", "\x9b", "\u2028"])
def test_control_characters_do_nothing(sign: str) -> None:
    """A message cannot clear the terminal, go back to the beginning of a line, or begin another."""
    for text in (to_pretty(line(message=f"a{sign}b")), to_json(line(message=f"a{sign}b"))):
        assert sign not in text
    assert json.loads(to_json(line(message=f"a{sign}b")))["message"] == f"a{sign}b"


def test_a_message_cannot_pass_itself_off_as_another_line() -> None:
    """Its further lines are indented."""
    assert to_pretty(line(message="a\n12:00:00 error b", trace_id="")).split("\n")[1].startswith("    12:00")


@pytest.mark.parametrize(
    ("logger", "component", "shown"),
    [
        ("queue", "queue", "queue"),
        ("queue.worker", "queue", "queue.worker"),
        ("web", "queue", "queue/web"),
        ("web", "", "web"),
    ],
)
def test_the_source_of_a_line(logger: str, component: str, shown: str) -> None:
    """The component is named where the logger's name does not say it."""
    assert to_pretty(line(logger=logger, component=component)).split()[2] == shown


def test_streams_that_carry_ascii_alone() -> None:
    """Other characters are escaped, and mean the same."""
    text = to_json(line(message="ñ 🙂"), ascii_only=True)

    assert text.isascii()
    assert json.loads(text)["message"] == "ñ 🙂"


def test_the_stack_trace_of_the_record() -> None:
    """It is written out."""
    try:
        raise ValueError("broken")
    except ValueError:
        made = record()
        made.exc_info = sys.exc_info()

    assert read_record(made).exception.endswith("ValueError: broken")


def test_timestamps_are_utc() -> None:
    """With milliseconds, as the Node.js service writes them."""
    assert timestamp(0.0) == "1970-01-01T00:00:00.000Z"
