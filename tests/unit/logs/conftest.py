"""Logging as it is in a fresh process, and as it was afterwards."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from anclora_otel._guard import complaints
from anclora_otel.logs.bridge import bridge


class Sink:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.records: list[logging.LogRecord] = []

    @property
    def messages(self) -> list[str]:
        """The messages of the records."""
        return [record.getMessage() for record in self.records]

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record."""
        self.records.append(record)


@pytest.fixture(autouse=True)
def fresh_complaints() -> Iterator[None]:
    """Let each complaint be said anew."""
    complaints.clear()
    yield
    complaints.clear()


@pytest.fixture(autouse=True)
def enabled_loggers() -> Iterator[None]:
    """Switch on again what a test's configuration has switched off, as `disable_existing_loggers` does."""
    loggers = [each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    before = [each.disabled for each in loggers]
    yield
    for each, disabled in zip(loggers, before, strict=True):
        each.disabled = disabled


@pytest.fixture
def bare_root() -> Iterator[logging.Logger]:
    """Give the root logger without a handler and with its first level."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []
    root.setLevel(logging.WARNING)
    yield root
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def alone() -> logging.Logger:
    """Give a logger without a handler, on its own or above it, also while pytest has its own everywhere."""
    return logging.Logger("logs.alone")  # noqa: LOG001 - one that pytest does not know


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Bridge logging to a sink for the length of a test."""
    taken = Sink()
    bridge.put("test", taken)
    yield taken
    bridge.clear()


@pytest.fixture
def console() -> Iterator[Sink]:
    """Bridge logging to a console for the length of a test."""
    taken = Sink()
    bridge.use_console(taken)
    yield taken
    bridge.clear()
