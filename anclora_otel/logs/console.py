"""Lines on the console for what no handler of the application writes."""

from __future__ import annotations

import logging
import sys
import threading
from typing import Literal, TextIO

from anclora_otel.logs.lines import read_record, to_json, to_pretty

ConsoleMode = Literal["auto", "json", "pretty"]
"""How lines are written: ``auto`` is pretty on a terminal and JSON elsewhere."""


class ConsoleSink:
    """
    Write records to the process's standard error, one line each.

    The stream is looked up for each line, so that one that is replaced later is used.

    Args:
        mode: how to write.
        colours: whether a terminal may be coloured.

    """

    def __init__(self, mode: ConsoleMode = "auto", *, colours: bool = True) -> None:
        self._mode = mode
        self._colours = colours
        self._lock = threading.RLock()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; where there is no standard error, as in a daemon, there is nothing to write to."""
        stream: TextIO | None = sys.stderr
        if stream is None:
            return
        text = self.render(record, stream)
        with self._lock:
            stream.write(f"{text}\n")
            stream.flush()

    def render(self, record: logging.LogRecord, stream: TextIO) -> str:
        """Give the line as it is written to `stream`."""
        terminal = stream.isatty()
        if self._mode == "pretty" or (self._mode == "auto" and terminal):
            return to_pretty(read_record(record), colours=self._colours and terminal)
        encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "")
        return to_json(read_record(record), ascii_only=encoding != "utf8")

    def after_fork(self) -> None:
        """Forget a lock that another thread of the parent held."""
        self._lock = threading.RLock()
