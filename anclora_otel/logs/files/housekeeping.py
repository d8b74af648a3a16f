"""Keep a folder of log files in order: put past days aside, compress, remove what was kept long enough."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from anclora_otel._guard import report_fault
from anclora_otel.logs.files.compression import compress
from anclora_otel.logs.files.lock import FolderLock
from anclora_otel.logs.files.names import (
    HOUSEKEEPING_LOCK,
    UNFINISHED,
    WRITE_LOCK,
    LogFileName,
    day_of,
    parse_name,
    set_aside,
)
from anclora_otel.logs.files.opening import is_plain, open_plain
from anclora_otel.logs.files.problems import say_unkept
from anclora_otel.logs.files.torn_ends import without_torn_end

INTERVAL_SECONDS = 3600.0
"""How often a folder is looked at where nothing is written; it sees that a day has ended."""

LOCK_SECONDS = 600.0
"""How long to wait for another process that keeps the same folder in order; it may have much to compress."""


class Housekeeping:
    """
    Keep a folder of log files in order, one process at a time, in a thread of its own.

    Writers never wait for it: the lock under which they write is held for a rename alone.

    Args:
        directory: the folder.
        clock: gives the Unix time in seconds.
        interval_seconds: how often to look at the folder unasked.

    """

    def __init__(self, directory: Path, clock: Callable[[], float], interval_seconds: float = INTERVAL_SECONDS) -> None:
        self._directory = directory
        self._clock = clock
        self._interval_seconds = interval_seconds
        self._lock = FolderLock(directory / HOUSEKEEPING_LOCK, LOCK_SECONDS)
        self._write_lock = FolderLock(directory / WRITE_LOCK, LOCK_SECONDS)
        self._due = threading.Event()
        self._ended = False

    def start(self) -> None:
        """
        Start the thread, once; it waits to be asked.

        While the interpreter exits none can be started, and another process does the work.
        """
        with contextlib.suppress(RuntimeError):
            threading.Thread(target=self._work, name="anclora-otel log housekeeping", daemon=True).start()

    def ask(self) -> None:
        """Let the thread look at the folder now."""
        self._due.set()

    def stop(self) -> None:
        """End the thread when it is done with what it does."""
        self._ended = True
        self._due.set()

    def close(self) -> None:
        """Close the lock files, as a forked child must."""
        self._lock.close()
        self._write_lock.close()

    def run(self) -> None:
        """Do all that is due."""
        try:
            with self._lock.held():
                today = day_of(self._clock())
                self._remove_leftovers()
                self._remove_old(today)
                self._put_past_days_aside(today)
                self._compress()
        except OSError as error:
            say_unkept(error)

    def _work(self) -> None:
        while not self._ended:
            self._due.wait(self._interval_seconds)
            self._due.clear()
            if not self._ended:
                try:
                    self.run()
                except Exception as error:
                    report_fault("log housekeeping", error)
        self.close()

    def _remove_leftovers(self) -> None:
        """Remove what a process left that was killed while it compressed; the whole file is still there."""
        for entry in os.listdir(self._directory):
            if entry.endswith(UNFINISHED) and parse_name(entry[: -len(UNFINISHED)]) is not None:
                self._remove(entry)

    def _remove_old(self, today: date) -> None:
        for name in self._names():
            if name.day < today - timedelta(days=name.kind.keep_days):
                self._remove(str(name))

    def _put_past_days_aside(self, today: date) -> None:
        past = [name for name in self._names() if not name.number and name.day < today]
        if not past:
            return
        with self._write_lock.held():
            for live in past:
                # Another process may have put it aside by now, since its clock is behind.
                with contextlib.suppress(FileNotFoundError):
                    self._put_aside(live)

    def _put_aside(self, live: LogFileName) -> None:
        source = self._directory / str(live)
        descriptor = open_plain(source, os.O_RDWR)
        try:
            without_torn_end(descriptor)
        finally:
            os.close(descriptor)
        source.rename(self._directory / str(set_aside(live, os.listdir(self._directory))))

    def _compress(self) -> None:
        """Compress until nothing is left that can be."""
        tried: set[LogFileName] = set()
        while waiting := {name for name in self._names() if name.number and not name.compressed} - tried:
            for name in sorted(waiting, key=str):
                tried.add(name)
                try:
                    compress(self._directory, name)
                except FileNotFoundError:
                    continue
                except OSError as error:
                    say_unkept(error)

    def _names(self) -> list[LogFileName]:
        """Give the names of the log files; folders and links that bear such a name are none."""
        found = map(parse_name, os.listdir(self._directory))
        return [name for name in found if name is not None and is_plain(self._directory / str(name))]

    def _remove(self, entry: str) -> None:
        try:
            (self._directory / entry).unlink(missing_ok=True)
        except OSError as error:
            say_unkept(error)
