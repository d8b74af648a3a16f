"""Whole lines, each once and in order, in files of a limited size."""

from __future__ import annotations

import contextlib
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anclora_otel.logs.files import live
from anclora_otel.logs.files.live import LiveFile
from anclora_otel.logs.files.names import ALL, LogFileName
from tests.log_lines import content, file_names

DAY = date(2026, 3, 1)
LIVE_NAME = str(LogFileName(ALL, DAY))
BATCHES = st.lists(st.lists(st.integers(0, 60).map(lambda size: b"x" * size + b"\n"), max_size=5), max_size=12)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@given(BATCHES, st.integers(20, 200))
def test_every_line_is_in_one_file_in_order(batches: list[list[bytes]], max_bytes: int) -> None:
    """Files are put aside before they grow too large, unless one line alone is; no line is split or lost."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        writers = [LiveFile(folder, ALL, max_bytes) for _ in range(2)]
        for number, batch in enumerate(batches):
            for line in batch:
                writers[number % 2].add(line)
            writers[number % 2].write(DAY)

        contents = [content(folder, found) for found in file_names(folder)]

        assert b"".join(contents) == b"".join(line for batch in batches for line in batch)
        assert all(text.endswith(b"\n") for text in contents)
        assert all(len(text) <= max_bytes or text.count(b"\n") == 1 for text in contents)
        assert sum(writer.written for writer in writers) == sum(map(len, batches))
        for writer in writers:
            writer.close()


@given(st.lists(st.integers(0, 30).map(lambda size: b"x" * size + b"\n"), min_size=1, max_size=8), st.integers(0, 120))
def test_a_full_disk_leaves_whole_lines(lines: list[bytes], limit: int) -> None:
    """What could not be written as a whole waits, and is written when there is room."""
    with tempfile.TemporaryDirectory() as name:
        file = LiveFile(Path(name), ALL, 10_000)
        for line in lines:
            file.add(line)
        with file_size_limit(limit):
            with contextlib.suppress(OSError):
                file.write(DAY)
            stands = (Path(name) / LIVE_NAME).read_bytes()
        assert stands == b"".join(lines[: file.written])
        assert file.waiting == len(lines) - file.written
        assert bool(file.waiting) == (sum(map(len, lines)) > limit)

        file.write(DAY)

        assert (Path(name) / LIVE_NAME).read_bytes() == b"".join(lines)
        file.close()


def test_a_new_day_has_a_new_file(tmp_path: Path) -> None:
    """The file of the day before is left as it is."""
    file = LiveFile(tmp_path, ALL, 100)
    for day in (1, 2):
        file.add(b"%d\n" % day)
        file.write(date(2026, 3, day))
    file.close()

    assert [(str(name), content(tmp_path, name)) for name in file_names(tmp_path)] == [
        ("anclora-2026-03-01.log", b"1\n"),
        ("anclora-2026-03-02.log", b"2\n"),
    ]


def test_what_a_killed_process_left_is_no_part_of_the_next_line(tmp_path: Path) -> None:
    """The beginning of a line without its end is taken off before the next is written."""
    (tmp_path / LIVE_NAME).write_bytes(b"whole\ntor")
    file = LiveFile(tmp_path, ALL, 100)
    file.add(b"next\n")
    file.write(DAY)
    file.close()

    assert (tmp_path / LIVE_NAME).read_bytes() == b"whole\nnext\n"


def test_too_many_waiting_lines_are_dropped_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first lines are kept, by number and by size."""
    monkeypatch.setattr(live, "MAX_PENDING_LINES", 4)
    monkeypatch.setattr(live, "MAX_PENDING_BYTES", 10)
    file = LiveFile(tmp_path, ALL, 100)
    for line in (b"large than all\n", b"1\n"):
        file.add(line)
    assert (file.waiting, file.dropped) == (1, 1)
    file.write(DAY)
    for number in range(6):
        file.add(b"%d\n" % number)

    assert (file.waiting, file.dropped) == (4, 3)
    file.write(DAY)
    file.close()
    assert (tmp_path / LIVE_NAME).read_bytes() == b"large than all\n0\n1\n2\n3\n"
