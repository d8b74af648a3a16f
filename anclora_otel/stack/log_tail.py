"""The output of the components, and what comes to it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

_POLL_SECONDS = 0.2


def last_lines(file: Path, count: int) -> list[str]:
    """Give the last lines of a file, or none where it is not there."""
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return [line.rstrip("\n") for line in deque(opened, maxlen=count)]
    except FileNotFoundError:
        return []


def follow(files: Sequence[Path], goes_on: Callable[[], bool] = lambda: True) -> Iterator[tuple[Path, str]]:
    """
    Give every line that is written from now on, with its file; a file that is replaced is read from its beginning.

    Args:
        files: need not be there yet.
        goes_on: is asked when there is nothing new.

    """
    tails = [_Tail(file) for file in files]
    while True:
        found = [(tail.file, line) for tail in tails for line in tail.new_lines()]
        yield from found
        if not found:
            if not goes_on():
                return
            time.sleep(_POLL_SECONDS)


class _Tail:
    """The place up to which a file was read."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._inode, self._offset = self._now()
        self._rest = b""

    def new_lines(self) -> list[str]:
        inode, size = self._now()
        if inode != self._inode or size < self._offset:
            self._inode, self._offset, self._rest = inode, 0, b""
        if size <= self._offset:
            return []
        with self.file.open("rb") as opened:
            opened.seek(self._offset)
            content = opened.read()
        self._offset += len(content)
        *lines, self._rest = (self._rest + content).split(b"\n")
        return [line.decode("utf-8", "replace") for line in lines]

    def _now(self) -> tuple[int, int]:
        try:
            status = self.file.stat()
        except FileNotFoundError:
            return 0, 0
        return status.st_ino, status.st_size
