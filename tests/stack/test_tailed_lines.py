"""What becomes of the lines of other programs' files: records, severity, time, fields, and what is left out."""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime, timedelta, timezone

import pytest

from anclora_otel.logs import JSONFormatter
from anclora_otel.stack import Stack
from tests.stack.tailed import all_lines, arrived, write
from tests.unit.stack.test_log_records import CHAINED, JAVA, NODE_UNCAUGHT

NOW = datetime.now().astimezone()
CLOCK = NOW.strftime("%Y-%m-%d %H:%M:%S")
SECONDS = int(NOW.timestamp())
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def test_a_traceback_is_one_record_with_its_severity(shared_stack: Stack) -> None:
    """Tracebacks of Python, Java and Node.js arrive whole, at the level of their line or as errors."""
    logged = f"{CLOCK},125 WARNING retrying\n{CHAINED}"
    write(shared_stack, "python.log", f"{CLOCK},124 INFO began\n{logged}{CLOCK},126 DEBUG went on\n")
    java = f"{CLOCK}.125 [main] ERROR c.e.Shop - failed\n{JAVA}"
    write(shared_stack, "java.log", f"{java}{CLOCK}.126 [main] INFO c.e.Shop - went on\n")
    write(shared_stack, "node.log", f"listening\n{NODE_UNCAUGHT}bye\n")

    python = [(line.level, line.text) for line in arrived(shared_stack, "python", 3)]
    assert [("info", f"{CLOCK},124 INFO began"), ("warn", logged.rstrip())] == python[:2]
    assert ("error", java.rstrip()) in [(line.level, line.text) for line in arrived(shared_stack, "java", 2)]
    assert {("", "listening"), ("error", NODE_UNCAUGHT.rstrip()), ("", "bye")} == {
        (line.level, line.text) for line in arrived(shared_stack, "node", 3)
    }


@pytest.mark.parametrize(
    ("number", "text", "level"),
    [
        (1, "{clock},125 CRITICAL full", "fatal"),
        (2, "[error] full", "error"),
        (3, 'ts=1 level=warn msg="full"', "warn"),
        (4, "{clock} shop[12]: NOTICE full", "info"),
        (5, "\x1b[31mERROR\x1b[0m full", "error"),
        (6, "<debug> full", "debug"),
        (7, "the warning is only a word here", ""),
        (8, "Error: full", "error"),
        (9, "{clock} HTTP GET /", "http"),
    ],
)
def test_severity_is_found_in_plain_lines(shared_stack: Stack, number: int, text: str, level: str) -> None:
    """Common words for a level at the beginning of a line become its severity; others do not."""
    service = f"severity-{number}"
    write(shared_stack, f"{service}.log", f"{text.format(clock=CLOCK)}\n")

    assert level == arrived(shared_stack, service, 1)[0].level


@pytest.mark.parametrize(
    ("number", "text", "expected_milliseconds"),
    [
        (1, f"{CLOCK},125 comma", 125),
        (2, f"[{CLOCK.replace(' ', 'T')}.250] bracket", 250),
        (3, f"{NOW.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%S}Z zone", 0),
        (4, f"{NOW.astimezone(timezone(timedelta(hours=5, minutes=30))):%Y-%m-%dT%H:%M:%S}.5+05:30 offset", 500),
        (5, json.dumps({"message": "pino", "time": SECONDS * 1000 + 125}), 125),
        (6, json.dumps({"message": "seconds", "ts": SECONDS + 0.25}), 250),
    ],
)
def test_time_comes_from_the_line(shared_stack: Stack, number: int, text: str, expected_milliseconds: int) -> None:
    """ISO 8601 at the beginning, with and without a zone, and Unix time in JSON, become the record's time."""
    service = f"time-{number}"
    write(shared_stack, f"{service}.log", f"{text}\n")

    line = arrived(shared_stack, service, 1)[0]
    assert line.time_nanoseconds // 10**6 == SECONDS * 1000 + expected_milliseconds


def test_json_becomes_record_and_fields(shared_stack: Stack) -> None:
    """Message, level, time, trace and span become the record's, the other keys fields; wrong ids stay out."""
    first = {"timestamp": f"{NOW.isoformat()}", "level": "warn", "message": "hello", "trace_id": TRACE, "span_id": SPAN}
    second = {"level": 50, "msg": "pino", "traceId": "no id", "order": {"id": 12345678901234567}, "password": "hunter2"}
    third = {"level": "error", "code": 7, "password": "hunter2"}
    texts = [json.dumps(each) for each in (first, second, third)]
    write(shared_stack, "objects.log", "\n".join([*texts, '{"not": closed', ""]))

    lines = {line.text: line for line in arrived(shared_stack, "objects", 4)}
    assert (lines["hello"].labels["trace_id"], lines["hello"].labels["span_id"]) == (TRACE, SPAN)
    assert lines["hello"].level == "warn"
    assert lines["pino"].level == "error"
    assert "trace_id" not in lines["pino"].labels
    assert (lines["pino"].labels["order_id"], lines["pino"].labels["password"]) == ("12345678901234567", "****")
    assert '{"not": closed' in lines
    assert lines['{"code":7,"level":"error","password":"****"}'].level == "error"


def test_lines_of_our_own_formatter_are_read_elsewhere(shared_stack: Stack) -> None:
    """A line of our JSON, also wrapped by Docker, gets back level, message, fields and stack trace."""
    try:
        raise ValueError("boom")
    except ValueError:
        record = logging.LogRecord("queue", 40, "x.py", 1, "failed %s", ("twice",), sys.exc_info())
    record.queue = "whatsapp"
    text = JSONFormatter().format(record)
    docker = json.dumps({"log": f"{text}\n", "stream": "stderr", "time": "2026-01-01T00:00:00.5Z"})
    write(shared_stack, "ours.log", f"{text}\n")
    write(shared_stack, "docker.log", f"{docker}\n")

    for service in ("ours", "docker"):
        line = arrived(shared_stack, service, 1)[0]
        assert (line.text, line.level, line.labels["queue"]) == ("failed twice", "error", "whatsapp")
        assert "ValueError: boom" in line.labels["exception_stacktrace"]
        assert line.time_nanoseconds // 10**6 == int(record.created * 1000)


def test_files_have_an_identity(shared_stack: Stack) -> None:
    """Service and file are named without date and number of rotation, and two files never mix."""
    write(shared_stack, "mixed-a-2026-03-01.log", "".join(f"a {number}\n  more of a\n" for number in range(500)))
    write(shared_stack, "mixed-b.log.1", "".join(f"b {number}\n  more of b\n" for number in range(500)))

    for service, name in (("mixed-a", "mixed-a-2026-03-01.log"), ("mixed-b", "mixed-b.log")):
        lines = arrived(shared_stack, service, 500)
        letter = service[-1]
        assert {f"{letter} {number}\n  more of {letter}" for number in range(500)} == {line.text for line in lines}
        assert {name} == {line.labels["log_file_name"] for line in lines}
        assert all(line.labels["host_name"] for line in lines)


def test_our_own_and_packed_files_are_not_sent(shared_stack: Stack) -> None:
    """The SDK's files in the same folder, older compressed files and the collector's own log are left alone."""
    day = NOW.strftime("%Y-%m-%d")
    for kind in ("anclora", "anclora-error", "anclora-http"):
        for ending in ("", ".1", ".1.gz"):
            write(shared_stack, f"{kind}-{day}.log{ending}", f"left alone {kind} {ending}\n")
    write(shared_stack, "packed.log.2.gz", "left alone\n")
    write(shared_stack, "witness.log", "came later\n")
    arrived(shared_stack, "witness", 1)

    for service in ("anclora", "anclora-error", "anclora-http", "packed", "collector"):
        assert all_lines(shared_stack, service) == []


def test_personal_data_is_masked(shared_stack: Stack) -> None:
    """Telephone numbers and secrets of files are masked as those of any log."""
    write(
        shared_stack,
        "masked.log",
        'sent to +34612345678\n{"message": "to 612345678@s.whatsapp.net", "phone": 6123}\n',
    )

    text = " ".join(f"{line.text} {line.labels}" for line in arrived(shared_stack, "masked", 2))
    assert "612345678" not in text
    assert "6123" not in text
    assert text.count("****") == 3


def test_equal_lines_stay_apart_and_in_order(shared_stack: Stack) -> None:
    """Lines that are equal in time and text, which Loki would take for one, all arrive, in the order of the file."""
    lines = [f"{CLOCK},125 INFO {word}\n" for word in ("again", "again", "then", "again")]
    write(shared_stack, "equal.log", "".join(lines))

    assert lines == [f"{line.text}\n" for line in arrived(shared_stack, "equal", 4)]


def test_late_lines_are_taken(shared_stack: Stack) -> None:
    """A rotated file of days ago is read beside today's; what Loki would refuse gets the time of reading."""
    days_ago = (NOW - timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S")
    write(shared_stack, "late.log", f"{CLOCK} INFO today\n")
    arrived(shared_stack, "late", 1)
    write(shared_stack, "late.log.1", f"{days_ago} INFO days ago\n1999-01-01 00:00:00 INFO years ago\n")

    lines = {line.text.rpartition("INFO ")[2]: line for line in arrived(shared_stack, "late", 3)}
    assert lines["days ago"].time_nanoseconds // 10**9 == int((NOW - timedelta(days=3)).timestamp())
    assert lines["years ago"].time_nanoseconds > (SECONDS - 3600) * 10**9
