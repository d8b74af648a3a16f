"""
Take every log record along, whichever handlers there are.

The bridge stands where a logger hands a record to its handlers, and adds no handler of its own: `basicConfig` and
`dictConfig` work as ever, loggers that do not propagate (uvicorn's) are heard, and no record is taken twice.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable
from typing import Protocol

from opentelemetry.instrumentation.utils import is_instrumentation_enabled

from anclora_otel._guard import report_fault
from anclora_otel.logs.handlers import has_writer
from anclora_otel.logs.repeats import without_repeat

_EXPORT_LIBRARIES = ("opentelemetry", "urllib3", "requests", "grpc")


class LogSink(Protocol):
    """What takes records."""

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record, in the thread that made it."""


class LevelGate(Protocol):
    """What says which records are taken."""

    def accepts(self, record: logging.LogRecord) -> bool:
        """Say whether the record's level is high enough for the sinks and the console."""

    def hides(self, logger: logging.Logger, record: logging.LogRecord) -> bool:
        """Say whether the record exists for the sinks alone, and would not without them."""


class _ThreadState(threading.local):
    """What the bridge is doing in this thread."""

    def __init__(self) -> None:
        self.writing: tuple[str, ...] = ()
        self.written: logging.LogRecord | None = None


class _LastResort(logging.Handler):
    """Stands in for the standard library's last resort, and is silent about what the console has written."""

    def __init__(self, state: _ThreadState, original: logging.Handler | None) -> None:
        super().__init__(logging.WARNING)
        self._state = state
        self._original = original

    def handle(self, record: logging.LogRecord) -> bool:
        """Write a record as the standard library would, unless the console has."""
        if record is self._state.written or self._original is None:
            return False
        try:
            return bool(self._original.handle(record))
        except Exception:
            # A closed standard error raises even here, and what there is to say of it cannot be written.
            return False


class Bridge:
    """Holds the sinks in use by name; the patch itself is made once and stays."""

    def __init__(self) -> None:
        self._sinks: tuple[tuple[str, LogSink], ...] = ()
        self._console: LogSink | None = None
        self._gate: LevelGate | None = None
        self._state = _ThreadState()
        self._installed = False

    def use_gate(self, gate: LevelGate | None) -> None:
        """Take only records that the gate accepts, or all where there is none."""
        self._gate = gate

    def put(self, name: str, sink: LogSink) -> None:
        """Give records to `sink`, in place of one that had its name."""
        self._install()
        self._sinks = (*(pair for pair in self._sinks if pair[0] != name), (name, sink))

    def use_console(self, sink: LogSink | None) -> None:
        """Give the records to `sink` that no handler of the application writes, or leave the console alone."""
        self._install()
        self._console = sink

    def clear(self) -> None:
        """Give records to nobody but their handlers again."""
        self._sinks, self._console, self._gate = (), None, None

    @property
    def takes_over(self) -> bool:
        """Whether the console's lines are the bridge's."""
        return self._console is not None

    @property
    def exports(self) -> bool:
        """Whether records leave the process by a sink of OpenTelemetry."""
        return any(name == "otlp" for name, _ in self._sinks)

    def _install(self) -> None:
        if self._installed:
            return
        self._installed = True
        original = logging.Logger.callHandlers
        logging.lastResort = _LastResort(self._state, logging.lastResort)

        @functools.wraps(original)
        def call_handlers(logger: logging.Logger, record: logging.LogRecord) -> None:
            if not self._sinks and self._console is None:
                original(logger, record)
            else:
                self._call(original, logger, record)

        logging.Logger.callHandlers = call_handlers  # type: ignore[method-assign, assignment]

    def _call(
        self,
        original: Callable[[logging.Logger, logging.LogRecord], None],
        logger: logging.Logger,
        record: logging.LogRecord,
    ) -> None:
        try:
            hidden, written = self._take(logger, record)
        except Exception as error:
            report_fault("log bridge", error)
            hidden, written = False, False
        if not hidden:
            self._pass_on(original, logger, record, written=written)

    def _take(self, logger: logging.Logger, record: logging.LogRecord) -> tuple[bool, bool]:
        """Give a record to the sinks; say whether it is hidden from handlers, and whether the console wrote it."""
        gate = self._gate
        taken = (gate is None or gate.accepts(record)) and not _is_export_noise(record)
        shown = without_repeat(record) if taken else record
        taken = taken and (shown is record or gate is None or gate.accepts(shown))
        if taken:
            for name, sink in self._sinks:
                self._give(name, sink, shown)
        console = None if has_writer(logger, self) else self._console
        # What is below the console's level is as good as written: the last resort must not write it either.
        written = console is not None and (not taken or self._give("console", console, shown))
        return gate is not None and gate.hides(logger, record), written

    def _give(self, name: str, sink: LogSink, record: logging.LogRecord) -> bool:
        """Give a record to a sink, unless the sink itself is at work in this thread: it must not feed itself."""
        before = self._state.writing
        if name in before:
            return False
        self._state.writing = (*before, name)
        try:
            sink.emit(record)
        except Exception as error:
            report_fault(f"log sink {name}", error)
        finally:
            self._state.writing = before
        return True

    def _pass_on(
        self,
        original: Callable[[logging.Logger, logging.LogRecord], None],
        logger: logging.Logger,
        record: logging.LogRecord,
        *,
        written: bool,
    ) -> None:
        before = self._state.written
        self._state.written = record if written else before
        try:
            original(logger, record)
        finally:
            self._state.written = before


def _is_export_noise(record: logging.LogRecord) -> bool:
    """Say whether a record tells of an export that goes well: with it, each export would make the next."""
    return (
        record.levelno < logging.WARNING
        and record.name.partition(".")[0] in _EXPORT_LIBRARIES
        and not is_instrumentation_enabled()
    )


bridge = Bridge()
"""The bridge of this process."""
