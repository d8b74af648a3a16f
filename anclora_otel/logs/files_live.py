"""Write whole lines to one log file; its folder's lock must be held."""

from __future__ import annotations

import os
from collections import deque
from datetime import date
from pathlib import Path

from anclora_otel.logs.files_names import LogFileKind, LogFileName, set_aside
from anclora_otel.logs.files_opening import OpenFile

MAX_PENDING_LINES = 10_000
"""Lines that may wait for one file that cannot be written."""

MAX_PENDING_BYTES = 8 * 1024 * 1024
"""Bytes that may wait for one file that cannot be written."""

_SEARCHED_BYTES = 65_536


class LiveFile:
    """
    The log file of one kind that is written to, and the lines that wait for it.

    Args:
        directory: its folder.
        kind: what it holds.
        max_bytes: size beyond which it is put aside.

    """

    def __init__(self, directory: Path, kind: LogFileKind, max_bytes: int) -> None:
        self.kind = kind
        self.dropped = 0
        self.written = 0
        self._directory = directory
        self._max_bytes = max_bytes
        self._pending: deque[bytes] = deque()
        self._pending_bytes = 0
        self._file = OpenFile(os.O_RDWR | os.O_APPEND | os.O_CREAT)

    @property
    def waits(self) -> bool:
        """Whether lines wait."""
        return bool(self._pending)

    def add(self, line: bytes) -> None:
        """Let a line wait, or drop and count it where too many do."""
        full = len(self._pending) >= MAX_PENDING_LINES or self._pending_bytes + len(line) > MAX_PENDING_BYTES
        if full and self._pending:
            self.dropped += 1
        else:
            self._pending.append(line)
            self._pending_bytes += len(line)

    def write(self, day: date) -> bool:
        """
        Write the lines that wait to the file of a day.

        Returns:
            Whether a file was put aside.

        Raises:
            OSError: if they cannot be written; those that were not wait on, and no part of one stays in the file.

        """
        name = LogFileName(self.kind, day)
        path = self._directory / str(name)
        rotated, fault = False, None
        try:
            while self._pending:
                descriptor = self._file.open(path)
                size = _without_torn_end(descriptor)
                chunk = self._chunk(self._max_bytes - size)
                if chunk or not size:
                    self._append(descriptor, chunk or [self._pending[0]], size)
                elif fault is None and (fault := self._put_aside(path, name)) is None:
                    rotated = True
                elif fault is not None:
                    # Too large a file is better than lost lines.
                    self._append(descriptor, list(self._pending), size)
        except OSError as error:
            error.filename = error.filename or os.fspath(path)
            raise
        if fault is not None:
            raise fault
        return rotated

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _put_aside(self, path: Path, name: LogFileName) -> OSError | None:
        try:
            path.rename(self._directory / str(set_aside(name, os.listdir(self._directory))))
        except OSError as error:
            return error
        self._file.close()
        return None

    def _chunk(self, room: int) -> list[bytes]:
        """Give the lines that fit."""
        chunk = []
        for line in self._pending:
            room -= len(line)
            if room < 0:
                break
            chunk.append(line)
        return chunk

    def _append(self, descriptor: int, chunk: list[bytes], size: int) -> None:
        data = memoryview(b"".join(chunk))
        done = 0
        try:
            while done < len(data):
                done += os.write(descriptor, data[done:])
        except OSError:
            whole = self._forget(chunk, done)
            os.ftruncate(descriptor, size + whole)
            raise
        self._forget(chunk, done)

    def _forget(self, chunk: list[bytes], done: int) -> int:
        """Forget the lines within the first `done` bytes of a chunk; give the length of these lines."""
        whole = 0
        for line in chunk:
            if whole + len(line) > done:
                break
            whole += len(line)
            self._pending.popleft()
            self._pending_bytes -= len(line)
            self.written += 1
        return whole


def _without_torn_end(descriptor: int) -> int:
    """Take the beginning of a line whose writer was killed off the end of a file; give the file's size."""
    size = os.fstat(descriptor).st_size
    if not size or os.pread(descriptor, 1, size - 1) == b"\n":
        return size
    end = size
    while end:
        start = max(0, end - _SEARCHED_BYTES)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            end = start + found + 1
            break
        end = start
    os.ftruncate(descriptor, end)
    return end
