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
        # What takes the place of standard error need not be a whole stream.
        terminal = bool(getattr(stream, "isatty", bool)())
        encoding = getattr(stream, "encoding", None) or "utf-8"
        carries_all = encoding.lower().replace("-", "") == "utf8"
        if self._mode == "pretty" or (self._mode == "auto" and terminal):
            text = to_pretty(read_record(record), colours=self._colours and terminal)
            return text if carries_all else text.encode(encoding, "backslashreplace").decode(encoding)
        return to_json(read_record(record), ascii_only=not carries_all)

    def after_fork(self) -> None:
        """Forget a lock that another thread of the parent held."""
        self._lock = threading.RLock()
