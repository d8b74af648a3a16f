"""Every record is taken once, whatever handlers there are."""

from __future__ import annotations

import io
import logging
import logging.config
import sys

import pytest
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor

from anclora_otel.logs.bridge import bridge
from anclora_otel.logs.levels import LevelTable
from tests.unit.logs.conftest import Sink


def test_a_record_is_taken_without_any_handler(sink: Sink) -> None:
    """No handler is needed."""
    logging.getLogger("bridge.plain").warning("hello")

    assert sink.messages == ["hello"]


def test_a_record_is_taken_once_with_many_handlers(sink: Sink) -> None:
    """Handlers of the application's own change nothing."""
    log = logging.getLogger("bridge.handlers")
    for handler in (logging.NullHandler(), logging.NullHandler()):
        log.addHandler(handler)

    log.warning("hello")

    assert sink.messages == ["hello"]


def test_a_logger_that_does_not_propagate_is_heard(sink: Sink) -> None:
    """Uvicorn's loggers keep to themselves and are heard all the same."""
    log = logging.getLogger("bridge.alone")
    log.propagate = False

    log.error("hello")

    assert sink.messages == ["hello"]


def test_handlers_still_get_their_records(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    """The console is never swallowed."""
    logging.getLogger("bridge.console").warning("hello")

    assert caplog.messages == ["hello"]
    assert sink.messages == ["hello"]


def test_bridging_again_replaces_the_sink(sink: Sink) -> None:
    """Two calls do not make two records."""
    second = Sink()
    bridge.put("test", second)

    logging.getLogger("bridge.again").warning("hello")

    assert (sink.messages, second.messages) == ([], ["hello"])


def test_nothing_is_taken_once_it_is_cleared(sink: Sink) -> None:
    """Handlers get their records as without telemetry."""
    bridge.clear()
    logging.getLogger("bridge.cleared").warning("hello")

    assert sink.messages == []
    assert not bridge.takes_over
    assert not bridge.exports


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("how", ["basicConfig", "dictConfig"])
def test_configured_logging(bare_root: logging.Logger, when: str, how: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Configured before or after the bridge, the application's console has each line once and the sink too."""
    sink, console = Sink(), Sink()
    bare_root.handlers.clear()
    try:
        if when == "after":
            bridge.put("test", sink)
            bridge.use_console(console)
        stream = io.StringIO()
        if how == "basicConfig":
            logging.basicConfig(stream=stream, level=logging.INFO, format="%(message)s")
        else:
            handler = {"class": "logging.StreamHandler", "stream": stream}
            root = {"handlers": ["own"], "level": "INFO"}
            logging.config.dictConfig(
                {"version": 1, "disable_existing_loggers": False, "handlers": {"own": handler}, "root": root}
            )
        if when == "before":
            bridge.put("test", sink)
            bridge.use_console(console)

        logging.getLogger("bridge.configured").info("hello")
        assert (stream.getvalue(), sink.messages, console.messages) == ("hello\n", ["hello"], [])
        assert capsys.readouterr().err == ""
        assert len(bare_root.handlers) == 1
    finally:
        bridge.clear()


class TestConsole:
    """Our console writes what no handler of the application writes."""

    def test_no_handler(self, alone: logging.Logger, console: Sink, capsys: pytest.CaptureFixture[str]) -> None:
        """Once, and the standard library's last resort does not write it a second time."""
        alone.warning("hello")

        assert console.messages == ["hello"]
        assert capsys.readouterr().err == ""

    def test_what_its_level_leaves_out(
        self, alone: logging.Logger, console: Sink, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The last resort does not write that either."""
        bridge.use_gate(LevelTable(logging.ERROR, {}))
        alone.warning("hello")

        assert (console.messages, capsys.readouterr().err) == ([], "")

    def test_without_it_the_last_resort_writes(
        self, alone: logging.Logger, sink: Sink, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A console that is none swallows nothing."""
        alone.warning("hello")

        assert sink.messages == ["hello"]
        assert capsys.readouterr().err == "hello\n"

    def test_a_console_that_logs(self, alone: logging.Logger, sink: Sink) -> None:
        """What a sink logs while it writes comes to the other sinks, and not to itself."""

        class Talking:
            def emit(self, record: logging.LogRecord) -> None:
                alone.warning("while writing %s", record.getMessage())

        bridge.use_console(Talking())
        alone.warning("hello")

        assert sink.messages == ["hello", "while writing hello"]


class TestUpstreamsHandler:
    """OpenTelemetry's own handler beside the bridge."""

    def attach(self, root: logging.Logger) -> InMemoryLogRecordExporter:
        """Attach the handler as the tutorial does."""
        root.handlers.clear()
        exporter = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]
        provider = LoggerProvider(shutdown_on_exit=False)
        provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
        with pytest.warns(DeprecationWarning, match="LoggingHandler"):
            root.addHandler(LoggingHandler(logger_provider=provider))
        return exporter

    def test_while_our_exporter_sends(self, bare_root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
        """It is left out, which is said once with what to do; the console has each line once."""
        exporter, exported, console = self.attach(bare_root), Sink(), Sink()
        bridge.put("otlp", exported)
        bridge.use_console(console)
        try:
            for number in range(3):
                logging.getLogger("bridge.tutorial").warning("line %d", number)
        finally:
            bridge.clear()

        assert exporter.get_finished_logs() == ()
        lines = ["line 0", "line 1", "line 2"]
        assert [message for message in exported.messages if message.startswith("line")] == lines
        assert [message for message in console.messages if message.startswith("line")] == lines
        assert sum("OTEL_LOGS_EXPORTER=none" in message for message in console.messages) == 1
        assert capsys.readouterr().err == ""

    def test_while_it_does_not(self, bare_root: logging.Logger, console: Sink) -> None:
        """It exports, and the console is ours."""
        exporter = self.attach(bare_root)
        logging.getLogger("bridge.tutorial").warning("hello")

        assert [str(each.log_record.body) for each in exporter.get_finished_logs()] == ["hello"]
        assert console.messages == ["hello"]


def test_a_sink_that_raises_harms_nobody(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    """The other sinks and the handlers have the record, and the fault is said once."""

    class Broken:
        def emit(self, record: logging.LogRecord) -> None:
            raise OSError(f"no room for {record.getMessage()}")

    bridge.put("broken", Broken())
    for _ in range(3):
        logging.getLogger("bridge.broken").warning("hello")

    assert sink.messages.count("hello") == 3
    assert caplog.messages.count("hello") == 3
    assert caplog.text.count("log sink broken: OSError: no room for hello") == 1


def test_a_handler_that_raises_is_the_applications_affair(sink: Sink) -> None:
    """The record is taken once, and the exception goes where it went without telemetry."""

    class Broken(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise OSError(f"no room for {record.getMessage()}")

    log = logging.getLogger("bridge.raising")
    log.propagate = False
    log.addHandler(Broken())
    with pytest.raises(OSError, match="no room for hello"):
        log.warning("hello")

    assert sink.messages == ["hello"]
    log.handlers[:] = []


def test_a_handler_whose_stream_is_broken_says_so_as_ever(sink: Sink, capsys: pytest.CaptureFixture[str]) -> None:
    """The standard library reports it, the caller goes on."""
    log = logging.getLogger("bridge.stream")
    log.propagate = False
    stream = io.StringIO()
    stream.close()
    log.addHandler(logging.StreamHandler(stream))
    log.warning("hello")

    assert sink.messages == ["hello"]
    assert "--- Logging error ---" in capsys.readouterr().err
    log.handlers[:] = []


def test_a_logger_class_with_its_own_way_is_heard(sink: Sink) -> None:
    """A subclass that calls the standard library's method is bridged once."""

    class Own(logging.Logger):
        def callHandlers(self, record: logging.LogRecord) -> None:  # noqa: N802 - of the standard library
            super().callHandlers(record)

    Own("bridge.class").warning("hello")

    assert sink.messages == ["hello"]


def test_the_standard_library_itself_is_untouched_at_the_end() -> None:
    """A cleared bridge passes records straight on."""
    bridge.clear()
    stream = io.StringIO()
    log = logging.getLogger("bridge.passing")
    log.propagate = False
    log.addHandler(logging.StreamHandler(stream))
    log.warning("hello")
    log.handlers[:] = []

    assert stream.getvalue() == "hello\n"
    assert sys.exc_info() == (None, None, None)
