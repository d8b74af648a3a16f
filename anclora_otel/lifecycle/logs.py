"""Put the logs of a process together: sinks, levels, and the signals that change them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from anclora_otel.lifecycle.reports import LogFileReport
from anclora_otel.logs import current
from anclora_otel.logs.bridge import bridge
from anclora_otel.logs.console import ConsoleSink
from anclora_otel.logs.control import LevelControl, Note
from anclora_otel.logs.files import FileSink, Mark
from anclora_otel.logs.level_file import level_file
from anclora_otel.logs.levels import LevelTable
from anclora_otel.pipeline import Pipeline
from anclora_otel.settings import Settings

_SIGNALS: tuple[tuple[str, Note], ...] = (("SIGUSR1", "louder"), ("SIGUSR2", "reset"))


class Logs:
    """
    The logs of a process; `Telemetry` holds them.

    Args:
        settings: where lines go, and which.
        pipeline: takes the records that are exported.

    """

    def __init__(self, settings: Settings, pipeline: Pipeline) -> None:
        self._control = LevelControl(
            LevelTable(settings.log_level, settings.log_levels),
            level_file(settings.log_levels_file, settings.service_name),
        )
        self._console: ConsoleSink | None = None
        if settings.log_console != "none":
            self._console = ConsoleSink(settings.log_console, colours=settings.log_colours)
        self._before = current.use_control(self._control)
        bridge.use_gate(self._control.table)
        if settings.logs == "otlp":
            bridge.put("otlp", pipeline.log_bridge)
        self._files: FileSink | None = None
        if settings.log_directory:
            self._files = FileSink(Path(settings.log_directory), settings.log_file_max_bytes, settings.service_name)
            bridge.put("files", self._files)
        bridge.use_console(self._console)
        self._control.start()
        _listen_to_signals()

    def mark_files(self) -> Mark | None:
        """Ask for all lines so far to be written to the log files; None where there are none."""
        return None if self._files is None else self._files.mark()

    def stop(self) -> Mark | None:
        """Leave the records to their handlers again, and ask for the last lines to be written to the log files."""
        bridge.clear()
        self._control.stop()
        current.use_control(self._before)
        return None if self._files is None else self._files.end()

    def report_files(self, mark: Mark | None, timeout_seconds: float) -> LogFileReport | None:
        """
        Wait for a mark, and tell what became of the lines for the log files.

        Args:
            mark: what `mark_files` or `stop` gave.
            timeout_seconds: how long to wait.

        """
        if self._files is None or mark is None:
            return None
        finished = self._files.finish(mark, timeout_seconds)
        counts = self._files.counts()
        return LogFileReport(counts.written, counts.waiting, counts.dropped, finished)

    def after_fork(self) -> None:
        """Make the logs of a forked child its own."""
        if self._console is not None:
            self._console.after_fork()
        if self._files is not None:
            self._files.after_fork()
        self._control.after_fork()


def _listen_to_signals() -> None:
    """Follow the signals that change levels, where the application does not."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name, note in _SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _handler(note))


def _handler(note: Note) -> Callable[[int, FrameType | None], None]:
    def handle(_number: int, _frame: FrameType | None) -> None:
        current.control().note(note)

    return handle
