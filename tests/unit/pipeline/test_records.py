"""What is read from a record of the standard library."""

from __future__ import annotations

import logging
import sys

import pytest

from anclora_otel.pipeline.records import (
    ACCESS_LOGGERS,
    component_of,
    exception_of,
    exception_type,
    fields_of,
    level_of_record,
    register_component,
)


def record(**fields: object) -> logging.LogRecord:
    """Make a record."""
    return logging.makeLogRecord(fields)


@pytest.mark.parametrize("name", sorted(ACCESS_LOGGERS))
def test_the_lines_of_web_servers_about_requests(name: str) -> None:
    """They are of level http, unless they are graver."""
    assert level_of_record(record(name=name, levelno=20)).name == "http"
    assert level_of_record(record(name=name, levelno=40)).name == "error"
    assert level_of_record(record(name="web", levelno=20)).name == "info"


@pytest.mark.parametrize(
    ("fields", "component"),
    [
        ({"name": "queue"}, "queue"),
        ({"name": "queue.worker.1"}, "queue"),
        ({"name": "queues"}, ""),
        ({"name": "web", "component": "bot"}, "bot"),
        ({"name": "bot", "component": 7}, "bot"),
        ({"name": "records_own.x"}, "records_own"),
        ({"name": ""}, ""),
    ],
)
def test_components(fields: dict[str, object], component: str) -> None:
    """What was given wins over what the logger's name says."""
    register_component("records_own")

    assert component_of(record(**fields)) == component


def test_fields_are_what_was_given() -> None:
    """Not what every record has, and not what uvicorn and OpenTelemetry add."""
    fields = {"job": 7, "_private": 1, "color_message": "x", "otelTraceID": "0", "otelServiceName": "x", "asctime": "x"}

    assert fields_of(record(**fields)) == {"job": 7}


def test_stack_traces() -> None:
    """That of the exception comes first, then the stack that was asked for; a text that is there already will do."""
    try:
        raise ValueError("broken")
    except ValueError:
        found = exception_of(record(exc_info=sys.exc_info(), stack_info="Stack (most recent call last): …"))

    assert found.startswith("Traceback")
    assert found.endswith("ValueError: broken\nStack (most recent call last): …")
    assert exception_of(record(exc_text="Traceback of another host\n")) == "Traceback of another host"
    assert exception_of(record()) == ""


class OwnError(Exception):
    """An exception of the application's own."""


def test_the_type_of_an_exception() -> None:
    """With its module, as in span events, so that both can be found by one name."""
    assert exception_type(ValueError("x")) == "ValueError"
    assert exception_type(OwnError) == f"{__name__}.OwnError"
