"""From a record of the standard library to a log record of OpenTelemetry."""

from __future__ import annotations

import logging
import sys

import pytest
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.resources import Resource

from anclora_otel.pipeline.logs import MAX_REQUEST_CHARACTERS, portions, redact_log_record, severity, translate
from anclora_otel.pipeline.records import message_of


def record(message: object = "hello", *arguments: object, **extra: object) -> logging.LogRecord:
    """Make a record as a logger would."""
    return logging.getLogger("queue").makeRecord(
        "queue", logging.INFO, __file__, 1, message, arguments, None, extra=extra
    )


@pytest.mark.parametrize(
    ("level", "number", "text"),
    [
        (50, SeverityNumber.FATAL, "fatal"),
        (40, SeverityNumber.ERROR, "error"),
        (30, SeverityNumber.WARN, "warn"),
        (20, SeverityNumber.INFO, "info"),
        (10, SeverityNumber.DEBUG, "debug"),
        (5, SeverityNumber.TRACE, "trace"),
        (35, SeverityNumber.WARN, "warn"),
    ],
)
def test_levels_become_severities(level: int, number: SeverityNumber, text: str) -> None:
    """A level between two counts as the lower."""
    assert severity(level) == (number, text)


def test_the_message_is_the_body() -> None:
    """Arguments are put in."""
    assert translate(record("%d of %s", 3, "many")).body == "3 of many"


@pytest.mark.parametrize("arguments", [("x",), (1, 2, 3), (object(),)])
def test_arguments_that_do_not_fit_lose_nothing(arguments: tuple[object, ...]) -> None:
    """The format is the body."""
    assert message_of(record("%d items", *arguments)) == "%d items"


class WordlessError(Exception):
    """An error whose text cannot be read."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


def test_an_exception_without_a_text_is_told_all_the_same() -> None:
    """Its type stands for it."""
    try:
        raise WordlessError
    except WordlessError:
        line = record("failed")
        line.exc_info = sys.exc_info()

    attributes = translate(line).attributes or {}
    assert attributes["exception.type"] == f"{WordlessError.__module__}.WordlessError"
    assert "WordlessError" in str(attributes["exception.message"])


def test_extra_fields_are_attributes_and_private_ones_are_not() -> None:
    """Numbers stay numbers, and lists lists."""
    attributes = translate(record(attempt=3, batch=[1, 2], _secret="x")).attributes or {}

    assert (attributes["attempt"], attributes["batch"]) == (3, [1, 2])
    assert "_secret" not in attributes


def test_body_and_attributes_are_redacted() -> None:
    """An address is found in both."""
    line = LogRecord(body="to ana@example.org", attributes={"to": "ana@example.org", "attempt": 3})

    redact_log_record(line)

    assert "ana@" not in str((line.body, line.attributes))
    assert (line.attributes or {})["attempt"] == 3


def test_large_records_leave_in_several_requests() -> None:
    """None is beyond what a collector takes, no record is lost, and the order stays."""
    large, small = "x" * 60_000, "y"
    bodies = [large if number % 2 else small for number in range(200)]
    batch = [
        ReadableLogRecord(LogRecord(body=body, attributes={"field": [body], "more": {"field": body}}), Resource({}))
        for body in bodies
    ]
    cut = portions(batch)

    assert [each.log_record.body for portion in cut for each in portion] == bodies
    assert len(cut) == 10
    assert max(3 * sum(len(str(each.log_record.body)) for each in portion) for portion in cut) < MAX_REQUEST_CHARACTERS


def test_a_record_beyond_the_limit_leaves_alone() -> None:
    """It is sent all the same; few records are cut into one portion."""
    huge = ReadableLogRecord(LogRecord(body="x" * (MAX_REQUEST_CHARACTERS + 1)), Resource({}))
    small = ReadableLogRecord(LogRecord(body="x"), Resource({}))

    assert [len(portion) for portion in portions([small, huge, small])] == [1, 1, 1]
    assert [len(portion) for portion in portions([small, small])] == [2]
