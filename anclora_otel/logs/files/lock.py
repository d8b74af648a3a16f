"""A lock among the processes that write to a folder."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anclora_otel.logs.files.opening import OpenFile, is_at
from anclora_otel.logs.files.problems import say_removed

_FOLDER_MODE = 0o700
_FIRST_PAUSE_SECONDS = 0.0005
_LONGEST_PAUSE_SECONDS = 0.02


class FolderLock:
    """
    A lock among processes, for one thread of each; the kernel releases it when its holder dies.

    Args:
        path: the lock file, made together with its folder.
        wait_seconds: how long to wait for another process, which may be stopped while it holds the lock.

    """

    def __init__(self, path: Path, wait_seconds: float) -> None:
        self._path = path
        self._wait_seconds = wait_seconds
        self._file = OpenFile(os.O_RDWR | os.O_CREAT)
        self._was_made = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """
        Hold the lock, waiting for it.

        Raises:
            OSError: if the lock file cannot be opened or made; a TimeoutError if another process holds it too long.

        """
        descriptor = self._acquire()
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the lock file."""
        self._file.close()

    def _acquire(self) -> int:
        # The kernel can wait without asking again, but not for a limited time.
        deadline = time.monotonic() + self._wait_seconds
        pause_seconds = _FIRST_PAUSE_SECONDS
        while True:
            descriptor = self._open()
            # Where the lock file was removed meanwhile, others lock the one that has its name now.
            if _is_locked(descriptor) and is_at(descriptor, self._path):
                return descriptor
            if time.monotonic() >= deadline:
                reason = f"another process has held it for {self._wait_seconds:g} s"
                raise TimeoutError(errno.ETIMEDOUT, reason, os.fspath(self._path))
            time.sleep(pause_seconds)
            pause_seconds = min(_LONGEST_PAUSE_SECONDS, pause_seconds * 2)

    def _open(self) -> int:
        try:
            descriptor = self._file.open(self._path)
        except FileNotFoundError:
            if self._was_made:
                say_removed(self._path.parent)
            self._path.parent.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
            descriptor = self._file.open(self._path)
        self._was_made = True
        return descriptor


def _is_locked(descriptor: int) -> bool:
    """Lock a file unless another process has."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
