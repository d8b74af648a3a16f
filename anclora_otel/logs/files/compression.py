"""Compress a log file that was put aside."""

from __future__ import annotations

import gzip
import os
import shutil
from pathlib import Path

from anclora_otel.logs.files.names import UNFINISHED, LogFileName
from anclora_otel.logs.files.opening import is_plain, open_plain

_COMPRESSION_LEVEL = 6
_COPIED_BYTES = 256 * 1024


def compress(directory: Path, name: LogFileName) -> None:
    """
    Compress a file that was put aside; at every moment it is there as a whole, compressed or not.

    Args:
        directory: its folder, whose housekeeping lock must be held.
        name: its name there.

    Raises:
        OSError: if it cannot be compressed; it stays as it is.

    """
    source = directory / str(name)
    target = directory / str(LogFileName(name.kind, name.day, name.number, compressed=True))
    if not is_plain(target):
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
