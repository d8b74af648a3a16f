"""Write whole lines to one log file; its folder's lock must be held."""

from __future__ import annotations

import os
from collections import deque
from datetime import date
from pathlib import Path

from anclora_otel.logs.files.names import LogFileKind, LogFileName, set_aside
from anclora_otel.logs.files.opening import OpenFile
from anclora_otel.logs.files.problems import say_unkept
from anclora_otel.logs.files.torn_ends import without_torn_end

MAX_PENDING_LINES = 10_000
"""Lines that may wait for one file that cannot be written."""

MAX_PENDING_BYTES = 8 * 1024 * 1024
"""Bytes that may wait for one file that cannot be written."""


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
    def waiting(self) -> int:
        """How many lines wait."""
        return len(self._pending)

    def has_room(self, line: bytes) -> bool:
        """Say whether a line may wait; one alone always may."""
        full = len(self._pending) >= MAX_PENDING_LINES or self._pending_bytes + len(line) > MAX_PENDING_BYTES
        return not (full and self._pending)

    def add(self, line: bytes) -> None:
        """Let a line wait, or drop and count it where there is no room."""
        if self.has_room(line):
            self._pending.append(line)
            self._pending_bytes += len(line)
        else:
            self.dropped += 1

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
        was_put_aside = False
        try:
            while self._pending:
                descriptor = self._file.open(path)
                size = without_torn_end(descriptor)
                chunk = self._chunk(self._max_bytes - size)
                if not chunk and size and self._put_aside(name):
                    was_put_aside = True
                else:
                    # Where nothing fits, a file that is too large is better than lost lines.
                    self._append(descriptor, chunk or [self._pending[0]], size)
        except OSError as error:
            error.filename = error.filename or os.fspath(path)
            raise
        return was_put_aside

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _put_aside(self, name: LogFileName) -> bool:
        try:
            target = set_aside(name, os.listdir(self._directory))
            (self._directory / str(name)).rename(self._directory / str(target))
        except OSError as error:
            say_unkept(error)
            return False
        self._file.close()
        return True

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
