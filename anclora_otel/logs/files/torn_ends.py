"""Take the beginning of a line, whose writer was killed within it, off the end of a log file."""

from __future__ import annotations

import os

_SEARCHED_BYTES = 65_536


def without_torn_end(descriptor: int) -> int:
    """
    Shorten a file to its whole lines, and give its size in bytes; its folder's lock must be held.

    Args:
        descriptor: the file, open for reading and writing.

    Raises:
        OSError: if it cannot be read or shortened.

    """
    size = os.fstat(descriptor).st_size
    end = size
    while end:
        start = max(0, end - (1 if end == size else _SEARCHED_BYTES))
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            end = start + found + 1
            break
        end = start
    if end < size:
        os.ftruncate(descriptor, end)
    return end
