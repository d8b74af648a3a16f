"""Write lines into the log files of a day, one process at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from anclora_otel.catalogue.levels import Level
from anclora_otel.logs.files_live import LiveFile
from anclora_otel.logs.files_names import ALL, KINDS, WRITE_LOCK, day_of
from anclora_otel.logs.files_opening import FolderLock


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
        self._lock = FolderLock(directory / WRITE_LOCK)
        self._files = tuple(LiveFile(directory, kind, max_bytes) for kind in KINDS)

    @property
    def waits(self) -> bool:
        """Whether lines wait that could not be written."""
        return any(file.waits for file in self._files)

    @property
    def takes_more(self) -> bool:
        """Whether further lines may come: not while those for the file of all lines wait."""
        return not any(file.waits for file in self._files if file.kind is ALL)

    @property
    def written(self) -> int:
        """Lines written to the file of all lines."""
        return sum(file.written for file in self._files if file.kind is ALL)

    @property
    def dropped(self) -> int:
        """Lines dropped because a single file cannot be written."""
        return sum(file.dropped for file in self._files)

    def add(self, level: Level, line: bytes) -> None:
        """Let a line wait for the files of its level."""
        for file in self._files:
            if file.kind.takes(level):
                file.add(line)

    def write(self) -> None:
        """
        Write all that waits; a file that cannot be written keeps nothing away from the others.

        Raises:
            OSError: the first fault; what it concerns waits on.

        """
        if not self.waits:
            return
        faults: list[OSError] = []
        changed = False
        with self._lock.held():
            # Read under the lock: no process that holds it later can see an earlier day.
            day = day_of(self._clock())
            for file in self._files:
                try:
                    changed |= file.write(day)
                except OSError as error:
                    faults.append(error)
        if changed or day != self._day:
            self._day = day
            self._on_change()
        if faults:
            raise faults[0]

    def close(self) -> None:
        """Close all files; they are opened again when they are needed."""
        for file in self._files:
            file.close()
        self._lock.close()
