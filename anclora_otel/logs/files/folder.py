"""Write lines into the log files of a day, one process at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

from anclora_otel.catalogue.levels import Level
from anclora_otel.logs.files.live import LiveFile
from anclora_otel.logs.files.lock import FolderLock
from anclora_otel.logs.files.names import KINDS, WRITE_LOCK, day_of
from anclora_otel.logs.files.problems import say_unwritable

LOCK_SECONDS = 5.0
"""How long to wait for another process to have written; it takes milliseconds unless that process is stopped."""


class LogFolder:
    """
    The log files of a folder, as one thread of a process writes to them.

    Args:
        directory: the folder; it is made when the first line is written.
        max_bytes: size beyond which a file is put aside.
        clock: gives the Unix time in seconds.
        on_change: called when there is something to compress or a new day has begun.

    """

    def __init__(
        self, directory: Path, max_bytes: int, clock: Callable[[], float], on_change: Callable[[], None]
    ) -> None:
        self.directory = directory
        self._clock = clock
        self._on_change = on_change
        self._day: date | None = None
        self._lock = FolderLock(directory / WRITE_LOCK, LOCK_SECONDS)
        self._files = tuple(LiveFile(directory, kind, max_bytes) for kind in KINDS)
        self._all = self._files[0]

    @property
    def waits(self) -> bool:
        """Whether lines wait that could not be written."""
        return any(file.waiting for file in self._files)

    @property
    def waiting(self) -> int:
        """Lines that wait for the file of all lines."""
        return self._all.waiting

    @property
    def written(self) -> int:
        """Lines written to the file of all lines."""
        return self._all.written

    @property
    def dropped(self) -> int:
        """Lines that a file lacks since too many waited for it, counted for each such file."""
        return sum(file.dropped for file in self._files)

    def has_room(self, line: bytes) -> bool:
        """Say whether a line may wait for any file."""
        return all(file.has_room(line) for file in self._files)

    def add(self, level: Level, line: bytes) -> None:
        """Let a line wait for the files of its level, each of which drops and counts it where too many wait."""
        for file in self._files:
            if file.kind.takes(level):
                file.add(line)

    def write(self) -> None:
        """Write all that waits; a file that cannot be written says so, and keeps nothing away from the others."""
        if not self.waits:
            return
        try:
            with self._lock.held():
                # Read under the lock: no process that holds it later can see an earlier day.
                day = day_of(self._clock())
                put_aside = [self._write(file, day) for file in self._files]
        except OSError as error:
            error.filename = error.filename or os.fspath(self.directory)
            say_unwritable(error)
            return
        if any(put_aside) or day != self._day:
            self._day = day
            self._on_change()

    def close(self) -> None:
        """Close all files; they are opened again when they are needed."""
        for file in self._files:
            file.close()
        self._lock.close()

    def _write(self, file: LiveFile, day: date) -> bool:
        try:
            return file.write(day)
        except OSError as error:
            say_unwritable(error)
            return False
