"""Compress the log files that were put aside, put those of past days aside, and remove those kept long enough."""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from anclora_otel._guard import report_fault
from anclora_otel.logs.files_names import (
    HOUSEKEEPING_LOCK,
    UNFINISHED,
    WRITE_LOCK,
    LogFileName,
    day_of,
    parse_name,
    set_aside,
)
from anclora_otel.logs.files_opening import FolderLock, open_plain
from anclora_otel.logs.files_problems import say_unkept

INTERVAL_SECONDS = 3600.0
"""How often a folder is looked at where nothing is written; it sees that a day has ended."""

_COMPRESSION_LEVEL = 6
_COPIED_BYTES = 256 * 1024


class Housekeeping:
    """
    Keep a folder of log files in order, one process at a time, in a thread of its own.

    Writers never wait for it: the lock under which they write is held for a rename alone.

    Args:
        directory: the folder.
        clock: gives the Unix time in seconds.

    """

    def __init__(self, directory: Path, clock: Callable[[], float]) -> None:
        self._directory = directory
        self._clock = clock
        self._lock = FolderLock(directory / HOUSEKEEPING_LOCK)
        self._write_lock = FolderLock(directory / WRITE_LOCK)
        self._due = threading.Event()
        self._ended = False

    def start(self) -> None:
        """Start the thread; while the interpreter exits none can be started, and another process does the work."""
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
            self._due.wait(INTERVAL_SECONDS)
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
                self._remove(self._directory / entry)

    def _remove_old(self, today: date) -> None:
        for path, name in self._files():
            if name.day < today - timedelta(days=name.kind.keep_days):
                self._remove(path)

    def _put_past_days_aside(self, today: date) -> None:
        past = [name for _, name in self._files() if not name.number and name.day < today]
        if not past:
            return
        with self._write_lock.held():
            for live in past:
                target = set_aside(live, os.listdir(self._directory))
                with contextlib.suppress(FileNotFoundError):
                    (self._directory / str(live)).rename(self._directory / str(target))

    def _compress(self) -> None:
        """Compress until nothing is left that can be."""
        tried: set[LogFileName] = set()
        while True:
            waiting = [name for _, name in self._files() if name.number and not name.compressed and name not in tried]
            if not waiting:
                return
            for name in sorted(waiting, key=str):
                tried.add(name)
                try:
                    compress(self._directory, name)
                except FileNotFoundError:
                    continue
                except OSError as error:
                    say_unkept(error)

    def _files(self) -> Iterator[tuple[Path, LogFileName]]:
        """Give the log files; folders and links that bear such a name are none."""
        for entry in os.listdir(self._directory):
            name = parse_name(entry)
            path = self._directory / entry
            if name is not None and _is_plain(path):
                yield path, name

    def _remove(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            say_unkept(error)


def compress(directory: Path, name: LogFileName) -> None:
    """
    Compress a file that was put aside; at every moment it is there as a whole, compressed or not.

    Raises:
        OSError: if it cannot be compressed; it stays as it is.

    """
    source = directory / str(name)
    target = directory / str(LogFileName(name.kind, name.day, name.number, compressed=True))
    if not _is_plain(target):
        unfinished = directory / f"{target.name}{UNFINISHED}"
        try:
            _write_compressed(source, unfinished)
            unfinished.rename(target)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
    # Where both are there, a process was killed between the two last steps.
    source.unlink()


def _write_compressed(source: Path, target: Path) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(open_plain(source, os.O_RDONLY), "rb") as plain, os.fdopen(open_plain(target, flags), "wb") as raw:
        status = os.fstat(plain.fileno())
        with gzip.GzipFile(source.name, "wb", _COMPRESSION_LEVEL, raw, status.st_mtime) as packed:
            shutil.copyfileobj(plain, packed, _COPIED_BYTES)
        raw.flush()
        # The original is removed next: a loss of power must not take both.
        os.fsync(raw.fileno())
        os.utime(raw.fileno(), ns=(status.st_atime_ns, status.st_mtime_ns))


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
