"""A file is there as a whole at every moment, compressed or not."""

from __future__ import annotations

import gzip
import os
from datetime import date
from pathlib import Path

import pytest

from anclora_otel.logs.files.compression import compress
from anclora_otel.logs.files.names import ALL, LogFileName
from tests.unit.logs.files.test_live import file_size_limit

NAME = LogFileName(ALL, date(2026, 3, 1), 1)
CONTENT = b"".join(b'{"message": "%d"}\n' % number for number in range(1000))


def test_a_file_is_replaced_by_its_compressed_form(tmp_path: Path) -> None:
    """Content and time are kept, and nobody but the owner may read it."""
    (tmp_path / str(NAME)).write_bytes(CONTENT)
    os.utime(tmp_path / str(NAME), (1e9, 1e9))

    compress(tmp_path, NAME)

    target = tmp_path / "anclora-2026-03-01.log.1.gz"
    assert os.listdir(tmp_path) == [target.name]
    assert gzip.decompress(target.read_bytes()) == CONTENT
    assert (target.stat().st_mtime, target.stat().st_mode & 0o777) == (1e9, 0o600)


def test_a_full_disk_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    """Nothing unfinished stays, and it can be tried again."""
    (tmp_path / str(NAME)).write_bytes(CONTENT)

    with file_size_limit(100), pytest.raises(OSError, match="File too large"):
        compress(tmp_path, NAME)
    assert os.listdir(tmp_path) == [str(NAME)]

    compress(tmp_path, NAME)
    assert os.listdir(tmp_path) == [f"{NAME}.gz"]


def test_a_file_whose_removal_was_cut_off_is_removed(tmp_path: Path) -> None:
    """A process that was killed after it had compressed leaves both; the compressed one stays."""
    (tmp_path / str(NAME)).write_bytes(CONTENT)
    (tmp_path / f"{NAME}.gz").write_bytes(gzip.compress(CONTENT))

    compress(tmp_path, NAME)

    assert os.listdir(tmp_path) == [f"{NAME}.gz"]
