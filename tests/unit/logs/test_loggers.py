"""Loggers with the seven levels."""

from __future__ import annotations

import logging
import logging.config
from collections.abc import Mapping

import pytest

from anclora_otel import logs
from anclora_otel.catalogue.levels import COMPONENTS, LEVELS
from anclora_otel.logs import Logger, get_logger, log_error, logger
from anclora_otel.pipeline.records import component_of
from tests.unit.logs.conftest import Sink


def test_a_method_for_each_level(sink: Sink) -> None:
    """Each writes a record of its level, at the place of the caller."""
    component = get_logger("loggers")
    component.setLevel(1)
    for level in LEVELS:
        getattr(component, level.name)("at %s", level.name)

    assert [record.levelno for record in sink.records] == [level.stdlib for level in LEVELS]
    assert {record.funcName for record in sink.records} == {"test_a_method_for_each_level"}
    assert {record.filename for record in sink.records} == {"test_loggers.py"}


@pytest.mark.parametrize("name", COMPONENTS)
def test_the_component_loggers(name: str) -> None:
    """Each component has one, which is the standard library's by that name."""
    component = getattr(logs, f"{name}_logger")

    assert component is get_logger(name) is logging.getLogger(name)
    assert isinstance(component, Logger)


def test_the_services_own_logger() -> None:
    """It belongs to no component."""
    assert logger is get_logger() is logging.getLogger("service")
    assert component_of(logging.makeLogRecord({"name": "service"})) == ""


def test_a_component_of_the_users_own() -> None:
    """Loggers below belong to it, and one that exists already is the same afterwards."""
    before = logging.getLogger("loggers_payments")
    handler = logging.NullHandler()
    before.addHandler(handler)

    found = get_logger("loggers_payments")
    assert found is before
    assert found.handlers == [handler]
    assert component_of(logging.makeLogRecord({"name": "loggers_payments.refunds"})) == "loggers_payments"


def test_a_logger_class_of_the_applications_own_stays() -> None:
    """Its methods are there beside ours."""

    class Own(logging.Logger):
        def shout(self) -> str:
            return "own"

    before = logging.getLoggerClass()
    logging.setLoggerClass(Own)
    try:
        logging.getLogger("loggers_class")
    finally:
        logging.setLoggerClass(before)

    found = get_logger("loggers_class")
    assert isinstance(found, Own)
    assert (found.shout(), callable(found.http)) == ("own", True)


def test_dict_config_does_not_disable_it(sink: Sink) -> None:
    """Whatever disable_existing_loggers says; the application itself may."""
    component = get_logger("loggers_kept")
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": True, "incremental": False})
    component.error("still there")
    component.disabled = True
    component.error("switched off")
    component.disabled = False

    assert sink.messages == ["still there"]


@pytest.mark.parametrize(
    ("extra", "kept"),
    [
        ({"name": "x"}, {"extra_name": "x"}),
        ({"message": "x", "levelno": 3}, {"extra_message": "x", "extra_levelno": 3}),
        ({"args": "x", "job": 7}, {"extra_args": "x", "job": 7}),
        ({1: "x", "msg": "y"}, {"1": "x", "extra_msg": "y"}),
        ("no mapping", {"extra": "no mapping"}),
        (["a"], {"extra": ["a"]}),
    ],
)
def test_extra_that_shadows_fields_of_a_record(
    sink: Sink, extra: Mapping[str, object], kept: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is lost, nothing raises, and one line tells of it."""
    component = get_logger("loggers_extra")
    for _ in range(2):
        component.error("hello", extra=extra)

    told = [record for record in sink.records if record.name == "loggers_extra"]
    assert [record.getMessage() for record in told] == ["hello", "hello"]
    assert {key: vars(told[0])[key] for key in kept} == kept
    assert sum("give other names" in message for message in caplog.messages) == 1


class TestLogError:
    """`log_error` writes one line."""

    def test_an_exception(self, sink: Sink) -> None:
        """With its type, its text, its stack trace and the fields given."""
        try:
            raise ValueError("no such property")
        except ValueError as error:
            log_error(error, {"component": "queue", "job_id": "17"})

        (record,) = sink.records
        assert record.getMessage() == "ValueError: no such property"
        assert record.levelno == logging.ERROR
        assert record.exc_info is not None
        assert (component_of(record), vars(record)["job_id"]) == ("queue", "17")
        assert record.funcName == "test_an_exception"

    def test_an_exception_with_signs_of_a_format(self, sink: Sink) -> None:
        """Its text is no format."""
        log_error(ValueError("100 %s of %d"))

        assert sink.messages == ["ValueError: 100 %s of %d"]

    @pytest.mark.parametrize(
        ("error", "message"), [("a text", "a text"), (None, "None"), (404, "404"), (object, "<class 'object'>")]
    )
    def test_anything_else(self, sink: Sink, error: object, message: str) -> None:
        """Is told by its text."""
        log_error(error)

        assert sink.messages == [message]

    @pytest.mark.parametrize("context", [{"name": "x", "exc_info": 1}, {1: 2}, ["no", "mapping"], "text", 7])
    def test_a_context_that_does_not_fit(self, sink: Sink, context: object) -> None:
        """The line is written all the same."""
        log_error(ValueError("x"), context)  # type: ignore[arg-type]

        assert "ValueError: x" in sink.messages
