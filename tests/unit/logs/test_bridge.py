"""Every record is taken once, whatever handlers there are."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from anclora_otel.logs.bridge import bridge


class Sink:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record."""
        self.records.append(record.getMessage())


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Bridge logging to a sink for the length of a test."""
    taken = Sink()
    bridge.put("test", taken)
    yield taken
    bridge.clear()


def test_a_record_is_taken_without_any_handler(sink: Sink) -> None:
    """No handler is needed."""
    logging.getLogger("bridge.plain").warning("hello")

    assert sink.records == ["hello"]


def test_a_record_is_taken_once_with_many_handlers(sink: Sink) -> None:
    """Handlers of the application's own change nothing."""
    log = logging.getLogger("bridge.handlers")
    handlers = [logging.NullHandler(), logging.NullHandler()]
    for handler in handlers:
        log.addHandler(handler)

    log.warning("hello")

    assert sink.records == ["hello"]


def test_a_logger_that_does_not_propagate_is_heard(sink: Sink) -> None:
    """Uvicorn's loggers keep to themselves and are heard all the same."""
    log = logging.getLogger("bridge.alone")
    log.propagate = False

    log.error("hello")

    assert sink.records == ["hello"]


def test_handlers_still_get_their_records(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    """The console is never swallowed."""
    logging.getLogger("bridge.console").warning("hello")

    assert caplog.messages == ["hello"]
    assert sink.records == ["hello"]


def test_bridging_again_replaces_the_sink(sink: Sink) -> None:
    """Two calls do not make two records."""
    second = Sink()
    bridge.put("test", second)

    logging.getLogger("bridge.again").warning("hello")

    assert (sink.records, second.records) == ([], ["hello"])
