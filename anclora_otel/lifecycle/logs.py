"""Put the logs of a process together: sinks, levels, and the signals that change them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

from anclora_otel.logs import current
from anclora_otel.logs.bridge import bridge
from anclora_otel.logs.console import ConsoleSink
from anclora_otel.logs.control import LevelControl, Note
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
        bridge.use_console(self._console)
        self._control.start()
        _listen_to_signals()

    def stop(self) -> None:
        """Leave the records to their handlers again."""
        bridge.clear()
        self._control.stop()
        current.use_control(self._before)

    def after_fork(self) -> None:
        """Make the logs of a forked child its own."""
        if self._console is not None:
            self._console.after_fork()
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
