"""Give log records to the thread that writes them into the daily files."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from anclora_otel._guard import report_fault
from anclora_otel.logs.files.folder import LogFolder
from anclora_otel.logs.files.housekeeping import INTERVAL_SECONDS, Housekeeping
from anclora_otel.logs.files.line_queue import LineQueue, Mark
from anclora_otel.logs.files.problems import say_dropped
from anclora_otel.logs.files.writer import Writer
from anclora_otel.logs.lines import LogLine, read_record, to_json


@dataclass(frozen=True)
class FileCounts:
    """
    What became of the lines of this process so far.

    Args:
        written: lines that stand in the file of all lines.
        waiting: lines that wait in memory to be written there.
        dropped: lines that a file lacks because too many waited, counted for each such file.

    """

    written: int
    waiting: int
    dropped: int


class FileSink:
    """
    Write log records into the daily files of a folder.

    The thread that logs reads the record and puts it into a queue. A thread of this process writes the queue out,
    within about 10 ms where nothing is in its way; what it has written outlives a ``kill -9``. While a file cannot be
    written, up to 10,000 lines or 8 MiB wait for it, and further ones are dropped and counted. Where lines come faster
    than they can be written at all, the thread that logs waits for up to 1 s.

    Args:
        directory: the folder; it is made, for its owner alone, when the first line is written.
        max_bytes: size beyond which a file is put aside and compressed.
        service_name: added to each line, since services may share a folder.
        clock: gives the Unix time in seconds that says which day it is.
        make_queue: makes the queue.
        housekeeping_seconds: how often the folder is looked at where nothing is written.

    """

    def __init__(
        self,
        directory: Path,
        max_bytes: int,
        service_name: str,
        *,
        clock: Callable[[], float] = time.time,
        make_queue: Callable[[], LineQueue] = LineQueue,
        housekeeping_seconds: float = INTERVAL_SECONDS,
    ) -> None:
        # The application may change its working directory later.
        self._directory = directory.absolute()
        self._max_bytes = max_bytes
        self._clock = clock
        self._make_queue = make_queue
        self._housekeeping_seconds = housekeeping_seconds
        # It ends the line, so that the timestamp stays in front and lines can be sorted.
        self._ending = f', "service_name": {json.dumps(service_name)}}}\n'
        self._begin()

    def _begin(self) -> None:
        self._lines = self._make_queue()
        self._housekeeping = Housekeeping(self._directory, self._clock, self._housekeeping_seconds)
        self._folder = LogFolder(self._directory, self._max_bytes, self._clock, self._housekeeping.ask)
        self._writer = Writer(self._lines, self._folder, self._render)
        self._start_lock = threading.RLock()
        self._runs = False
        self._ended = False

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record to be written."""
        line = read_record(record)
        if not self._lines.put(line, may_wait=threading.get_ident() != self._writer.thread_id):
            say_dropped(self._directory)
        if not self._runs and not self._ended:
            self._start()

    def counts(self) -> FileCounts:
        """Give what became of the lines so far."""
        return FileCounts(self._folder.written, self._lines.waiting + self._folder.waiting, self._writer.dropped)

    def mark(self) -> Mark:
        """Ask for all lines so far to be written; the mark's `reached` is set when they were, or were tried."""
        return self._put_mark(Mark())

    def end(self) -> Mark:
        """Ask for all lines so far to be written and for the threads to end; a later line waits for ever."""
        self._ended = True
        return self._put_mark(Mark(ends=True))

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

    def _put_mark(self, mark: Mark) -> Mark:
        if self._runs:
            self._lines.mark(mark)
        else:
            mark.reached.set()
        return mark

    def _start(self) -> None:
        with self._start_lock:
            if self._runs:
                return
            try:
                threading.Thread(target=self._run, name="anclora-otel log files", daemon=True).start()
                self._runs = True
            except RuntimeError:
                # The interpreter exits, and no thread can be started any more.
                while self._writer.step(wait=False):
                    pass

    def _run(self) -> None:
        self._housekeeping.start()
        try:
            self._writer.run()
        except Exception as error:
            report_fault("log files", error)
        self._housekeeping.stop()
        self._runs = False

    def _render(self, line: LogLine) -> bytes:
        text = f"{to_json(line)[:-1]}{self._ending}"
        return text.encode("utf-8", "backslashreplace")
