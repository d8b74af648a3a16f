"""Open files in a folder that others may write to: no link is followed, and nobody else may read what is made."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_FILE_MODE = 0o600
# A planted pipe must not block the one who opens it.
_FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def open_plain(path: Path, flags: int) -> int:
    """
    Open a regular file and give its descriptor.

    Raises:
        OSError: if it cannot be opened, is a symbolic link or is no regular file.

    """
    descriptor = os.open(path, flags | _FLAGS, _FILE_MODE)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file", os.fspath(path))
    return descriptor


def is_plain(path: Path) -> bool:
    """Say whether a name belongs to a regular file, rather than to a link, a folder or nothing."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def is_at(descriptor: int, path: Path) -> bool:
    """Say whether an open file still has its name."""
    try:
        named = path.lstat()
    except FileNotFoundError:
        return False
    opened = os.fstat(descriptor)
    return (named.st_ino, named.st_dev) == (opened.st_ino, opened.st_dev)


class OpenFile:
    """
    A file that is kept open, and opened anew when its name belongs to another one or to none.

    Args:
        flags: how to open it.

    """

    def __init__(self, flags: int) -> None:
        self._flags = flags
        self._descriptor = -1
        self._path: Path | None = None

    def open(self, path: Path) -> int:
        """
        Give the descriptor of the file that has this name now.

        Raises:
            OSError: if it cannot be opened.

        """
        if self._descriptor >= 0 and self._path == path and is_at(self._descriptor, path):
            return self._descriptor
        self.close()
        self._descriptor, self._path = open_plain(path, self._flags), path
        return self._descriptor

    def close(self) -> None:
        """Close it, also in a forked child, where the parent's stays open."""
        # Forgotten before it is closed: a process that is forked in between must not close a number used anew.
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)
