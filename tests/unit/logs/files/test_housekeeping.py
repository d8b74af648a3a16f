"""A folder is kept in order, whoever writes to it."""

from __future__ import annotations

import gzip
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from anclora_otel.logs.files.housekeeping import Housekeeping
from anclora_otel.logs.files.names import KINDS, LogFileKind, LogFileName
from tests.unit.logs.files.conftest import Clock
from tests.wire.running import poll

TODAY = date(2026, 3, 1)
LOCKS = {".anclora.lock", ".anclora-housekeeping.lock"}


def names(folder: Path) -> set[str]:
    """Give what is in a folder, but the locks."""
    return set(os.listdir(folder)) - LOCKS


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_files_are_kept_for_their_days(tmp_path: Path, clock: Clock, kind: LogFileKind) -> None:
    """14, 30 and 7 days after its own a file is still there, and a day later it is not, compressed or plain."""
    for age in (kind.keep_days, kind.keep_days + 1):
        day = TODAY - timedelta(days=age)
        for name in (LogFileName(kind, day, 1), LogFileName(kind, day, 2, compressed=True), LogFileName(kind, day)):
            (tmp_path / str(name)).write_bytes(gzip.compress(b"{}\n") if name.compressed else b"{}\n")

    Housekeeping(tmp_path, clock).run()

    last = TODAY - timedelta(days={"anclora": 14, "anclora-error": 30, "anclora-http": 7}[kind.name])
    assert names(tmp_path) == {str(LogFileName(kind, last, number, compressed=True)) for number in (1, 2, 3)}


def test_a_past_day_is_put_aside_whole(tmp_path: Path, clock: Clock) -> None:
    """Its torn end is taken off, and today's file is left alone."""
    (tmp_path / "anclora-2026-02-28.log").write_bytes(b"{}\n{")
    (tmp_path / "anclora-2026-03-01.log").write_bytes(b"{}\n{")

    Housekeeping(tmp_path, clock).run()

    assert names(tmp_path) == {"anclora-2026-02-28.log.1.gz", "anclora-2026-03-01.log"}
    assert gzip.decompress((tmp_path / "anclora-2026-02-28.log.1.gz").read_bytes()) == b"{}\n"


def test_what_is_not_ours_is_left_alone(tmp_path: Path, clock: Clock) -> None:
    """Other names, links and folders stay, however old they look."""
    (tmp_path / "anclora-2020-01-01.log.bak").touch()
    (tmp_path / "other-2020-01-01.log").touch()
    (tmp_path / "anclora-2020-01-01.log").symlink_to("other-2020-01-01.log")
    (tmp_path / "anclora-2020-01-02.log.1").mkdir()
    before = names(tmp_path)

    Housekeeping(tmp_path, clock).run()

    assert names(tmp_path) == before


def test_what_a_killed_process_left_is_removed(tmp_path: Path, clock: Clock) -> None:
    """Compressing begins anew, and loses nothing."""
    (tmp_path / "anclora-2026-03-01.log.1").write_bytes(b"{}\n")
    (tmp_path / "anclora-2026-03-01.log.1.gz.unfinished").write_bytes(b"\x1f\x8b")
    (tmp_path / "anclora-error-2026-03-01.log.1.gz.unfinished").write_bytes(b"\x1f\x8b")

    Housekeeping(tmp_path, clock).run()

    assert names(tmp_path) == {"anclora-2026-03-01.log.1.gz"}


def test_one_file_that_cannot_be_compressed_is_said_and_left_out(
    tmp_path: Path, clock: Clock, said: pytest.LogCaptureFixture
) -> None:
    """The others are compressed all the same."""
    for number in (1, 2):
        (tmp_path / f"anclora-2026-03-01.log.{number}").write_bytes(b"{}\n")
    (tmp_path / "anclora-2026-03-01.log.1.gz.unfinished").mkdir()

    Housekeeping(tmp_path, clock).run()

    assert {"anclora-2026-03-01.log.1", "anclora-2026-03-01.log.2.gz"} <= names(tmp_path)
    assert any("cannot be put aside, compressed or removed" in message for message in said.messages)


def test_a_past_day_is_compressed_although_nobody_writes(tmp_path: Path, clock: Clock) -> None:
    """The thread looks at the folder by itself, again and again."""
    (tmp_path / "anclora-2026-03-01.log").write_bytes(b"{}\n")
    housekeeping = Housekeeping(tmp_path, clock, interval_seconds=0.01)
    housekeeping.start()
    poll(lambda: names(tmp_path) == {"anclora-2026-03-01.log"}, 30, "the folder to be left alone")

    clock.set("2026-03-02")

    poll(lambda: names(tmp_path) == {"anclora-2026-03-01.log.1.gz"}, 30, "the file of the past day to be compressed")
    housekeeping.stop()
