"""The thread that writes lines into files, so that no thread of the application waits for a disk or a lock."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from anclora_otel._guard import report_fault
from anclora_otel.logs.files_folder import LogFolder
from anclora_otel.logs.files_problems import say_unwritable
from anclora_otel.logs.files_queue import LineQueue
from anclora_otel.logs.lines import LogLine

logger = logging.getLogger("anclora_otel")

GATHER_SECONDS = 0.01
"""How long lines are gathered before they are written together."""

_BATCH_LINES = 2_000
_FIRST_RETRY_SECONDS = 0.05
_LONGEST_RETRY_SECONDS = 1.0


class Writer:
    """
    Write the lines of a queue into a folder, and go on trying where that fails.

    Args:
        lines: where they come from.
        folder: where they go.
        render: turns a line into bytes that end with a line feed and hold no other.

    """

    def __init__(self, lines: LineQueue, folder: LogFolder, render: Callable[[LogLine], bytes]) -> None:
        self.thread_id = 0
        self._lines = lines
        self._folder = folder
        self._render = render
        self._failing_since: float | None = None
        self._retry_seconds = _FIRST_RETRY_SECONDS

    def run(self) -> None:
        """Write until a mark says that it ends."""
        self.thread_id = threading.get_ident()
        while self.step(wait=True):
            pass
        self._folder.close()

    def step(self, *, wait: bool) -> bool:
        """
        Write what has come, and say whether to go on.

        Args:
            wait: whether to wait for something to write, or to end when there is nothing.

        """
        try:
            return self._step(wait=wait)
        except Exception as error:
            report_fault("log files", error)
            return wait

    def _step(self, *, wait: bool) -> bool:
        if not self._folder.takes_more:
            if wait:
                time.sleep(self._retry_seconds)
            self._write()
            return wait
        timeout = None if wait and not self._folder.waits else self._retry_seconds if wait else 0.0
        lines, mark = self._lines.take(_BATCH_LINES, timeout)
        if wait and mark is None and 0 < len(lines) < _BATCH_LINES:
            time.sleep(GATHER_SECONDS)
            more, mark = self._lines.take(_BATCH_LINES, 0.0)
            lines += more
        for line in lines:
            self._add(line)
        self._write()
        if mark is not None:
            mark.reached.set()
        return (wait or bool(lines)) and not (mark is not None and mark.ends)

    def _add(self, line: LogLine) -> None:
        try:
            self._folder.add(line.level, self._render(line))
        except Exception as error:
            report_fault("log line", error)

    def _write(self) -> None:
        try:
            self._folder.write()
        except OSError as error:
            self._fail(error)
        else:
            self._recover()

    def _fail(self, error: OSError) -> None:
        if self._failing_since is None:
            self._failing_since = time.monotonic()
            self._retry_seconds = _FIRST_RETRY_SECONDS
            say_unwritable(error)
        else:
            self._retry_seconds = min(_LONGEST_RETRY_SECONDS, self._retry_seconds * 2)

    def _recover(self) -> None:
        if self._failing_since is None:
            return
        seconds = time.monotonic() - self._failing_since
        self._failing_since = None
        dropped = self._lines.dropped + self._folder.dropped
        logger.info(
            "log files in %s are written again after %.0f s; lines dropped by this process so far: %d",
            self._folder.directory,
            seconds,
            dropped,
        )
