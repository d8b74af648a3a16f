"""Secrets that are given as files."""

from __future__ import annotations

import stat
from pathlib import Path

_MAX_BYTES = 8192


def read_secret_file(path: str) -> str:
    """
    Read a secret from the file that holds nothing else.

    Raises:
        ValueError: the file cannot be used; the text says how it is.

    """
    file = Path(path.strip()).expanduser()
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("which is no file")
        if status.st_mode & stat.S_IROTH:
            raise ValueError("which everybody can read (run: chmod 600)")
        with file.open("rb") as opened:
            content = opened.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(f"which cannot be read ({error.strerror})") from None
    return _one_line(content)


def _one_line(content: bytes) -> str:
    if len(content) > _MAX_BYTES:
        raise ValueError(f"which has more than {_MAX_BYTES} bytes")
    try:
        text = content.decode().strip()
    except UnicodeDecodeError:
        raise ValueError("which is no text") from None
    if not text:
        raise ValueError("which is empty")
    if len(text.splitlines()) > 1:
        raise ValueError("which has several lines")
    return text
