"""The thread that writes lines into files, so that no thread of the application waits for a disk or a lock."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from anclora_otel._guard import report_fault
from anclora_otel.logs.files.folder import LogFolder
from anclora_otel.logs.files.line_queue import LineQueue
from anclora_otel.logs.lines import LogLine

logger = logging.getLogger("anclora_otel")

GATHER_SECONDS = 0.01
"""How long lines are gathered before they are written together."""

RETRY_SECONDS = 0.5
"""How long to leave files alone that could not be written."""

_BATCH_LINES = 2_000


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
        self.spoilt = 0
        """Lines that could not be rendered."""
        self._lines = lines
        self._folder = folder
        self._render = render
        self._failing_since: float | None = None
        self._retry_at = 0.0

    @property
    def dropped(self) -> int:
        """Lines that were dropped so far, wherever that was."""
        return self._lines.dropped + self._folder.dropped + self.spoilt

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
        timeout_seconds = 0.0 if not wait else RETRY_SECONDS if self._folder.waits else None
        lines, mark = self._lines.take(_BATCH_LINES, timeout_seconds)
        if wait and mark is None and 0 < len(lines) < _BATCH_LINES:
            time.sleep(GATHER_SECONDS)
            more, mark = self._lines.take(_BATCH_LINES, 0.0)
            lines += more
        try:
            for line in lines:
                self._add(line)
            # Whoever waits at the mark wants to know whether it works by now.
            self._write(at_once=mark is not None)
        finally:
            if mark is not None:
                mark.reached.set()
        return (wait or bool(lines)) and not (mark is not None and mark.ends)

    def _add(self, line: LogLine) -> None:
        try:
            rendered = self._render(line)
        except Exception as error:
            self.spoilt += 1
            report_fault("log line", error)
            return
        if not self._folder.has_room(rendered):
            self._write()
        self._folder.add(line.level, rendered)

    def _write(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        if now < self._retry_at and not at_once:
            return
        self._folder.write()
        if self._folder.waits:
            self._failing_since = self._failing_since or now
            self._retry_at = time.monotonic() + RETRY_SECONDS
        elif self._failing_since is not None:
            self._recover(now - self._failing_since)

    def _recover(self, seconds: float) -> None:
        self._failing_since, self._retry_at = None, 0.0
        logger.info(
            "log files in %s are written again after %.0f s; lines dropped by this process so far: %d",
            self._folder.directory,
            seconds,
            self.dropped,
        )
