"""
Daily log files as JSON lines, written by any number of processes at once.

A folder holds ``anclora-DATE.log`` (every line), ``anclora-error-DATE.log`` (error and fatal) and
``anclora-http-DATE.log`` (requests), kept for 14, 30 and 7 days after their own; DATE is a day in UTC.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from anclora_otel._guard import complaints, report_fault
from anclora_otel.logs.files_folder import LogFolder
from anclora_otel.logs.files_housekeeping import Housekeeping
from anclora_otel.logs.files_queue import LineQueue, Mark
from anclora_otel.logs.files_writer import Writer
from anclora_otel.logs.lines import LogLine, read_record, to_json

__all__ = ["FileCounts", "FileSink"]


@dataclass(frozen=True)
class FileCounts:
    """
    What became of the lines of this process so far.

    Args:
        accepted: lines that were taken to be written.
        written: lines that stand in the file of all lines.
        dropped: lines for which there was no room in memory while files could not be written.

    """

    accepted: int
    written: int
    dropped: int


class FileSink:
    """
    Write log records into the daily files of a folder.

    The thread that logs reads the record and puts it into a queue. A thread of this process writes the queue out,
    within about 10 ms where nothing is in its way; what it has written outlives a ``kill -9``. While files
    cannot be written, up to 10,000 lines or 8 MiB wait; the line beyond waits for 1 s at most, and further ones are
    dropped and counted until something could be written.

    Args:
        directory: the folder; it is made, for its owner alone, when the first line is written.
        max_bytes: size beyond which a file is put aside and compressed.
        service_name: added to each line, since services may share a folder.
        clock: gives the Unix time in seconds that says which day it is.
        make_queue: makes the queue.

    """

    def __init__(
        self,
        directory: Path,
        max_bytes: int,
        service_name: str,
        *,
        clock: Callable[[], float] = time.time,
        make_queue: Callable[[], LineQueue] = LineQueue,
    ) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._clock = clock
        self._make_queue = make_queue
        # It ends the line, so that the timestamp stays in front and lines can be sorted.
        self._ending = f', "service_name": {json.dumps(service_name)}}}\n'
        self._begin()

    def _begin(self) -> None:
        self._process_id = os.getpid()
        self._lines = self._make_queue()
        self._housekeeping = Housekeeping(self._directory, self._clock)
        self._folder = LogFolder(self._directory, self._max_bytes, self._clock, self._housekeeping.ask)
        self._writer = Writer(self._lines, self._folder, self._render)
        self._start_lock = threading.RLock()
        self._runs = False

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record to be written."""
        if os.getpid() != self._process_id:
            self.after_fork()
        line = read_record(record)
        if not self._lines.put(line, may_wait=threading.get_ident() != self._writer.thread_id):
            self._say_dropped()
        if not self._runs:
            self._start()

    def counts(self) -> FileCounts:
        """Give what became of the lines so far."""
        return FileCounts(self._lines.accepted, self._folder.written, self._lines.dropped + self._folder.dropped)

    def mark(self, *, ends: bool = False) -> Mark:
        """
        Ask for all lines so far to be written; the mark's `reached` is set when they were, or were tried.

        Args:
            ends: whether the threads shall end afterwards; a later line starts them again.

        """
        mark = Mark(ends)
        if self._runs:
            self._lines.mark(mark)
        else:
            mark.reached.set()
        return mark

    def finish(self, mark: Mark, timeout_seconds: float) -> bool:
        """
        Wait for a mark, and say whether every line before it was written.

        Args:
            mark: what `mark` gave.
            timeout_seconds: how long to wait.

        """
        reached = mark.reached.wait(max(0.0, timeout_seconds))
        return reached and not self._folder.waits

    def after_fork(self) -> None:
        """Start anew in a forked child: what waits is written by the parent, and its locks are not the child's."""
        with contextlib.suppress(OSError):
            self._folder.close()
            self._housekeeping.close()
        self._begin()

    def _start(self) -> None:
        with self._start_lock:
            if self._runs:
                return
            self._runs = True
        try:
            threading.Thread(target=self._run, name="anclora-otel log files", daemon=True).start()
        except RuntimeError:
            # The interpreter exits, and no thread can be started any more.
            self._runs = False
            while self._writer.step(wait=False):
                pass

    def _run(self) -> None:
        self._housekeeping.start()
        self._housekeeping.ask()
        try:
            self._writer.run()
        except Exception as error:
            report_fault("log files", error)
        self._housekeeping.stop()
        self._runs = False

    def _render(self, line: LogLine) -> bytes:
        text = f"{to_json(line)[:-1]}{self._ending}"
        return text.encode("utf-8", "backslashreplace")

    def _say_dropped(self) -> None:
        complaints.say(
            "log lines dropped",
            f"log lines for the files in {self._directory} come faster than they can be written or cannot be written: "
            "they are dropped and counted; see that the disk has room and that no stopped process holds the folder's "
            "lock",
        )
