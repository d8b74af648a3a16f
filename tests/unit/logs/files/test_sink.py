"""Records become lines in the files, and their counts say what became of them."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from anclora_otel.logs.files import FileCounts, FileSink
from anclora_otel.logs.files.line_queue import LineQueue
from tests.log_lines import lines_of, messages
from tests.unit.logs.files.conftest import Clock
from tests.wire.running import poll

DEADLINE_SECONDS = 60.0


def record(message: str, level: int = logging.INFO) -> logging.LogRecord:
    """Make a record."""
    return logging.makeLogRecord({"name": "queue", "levelno": level, "msg": message, "process": os.getpid()})


@pytest.fixture
def sink(tmp_path: Path, clock: Clock) -> Iterator[FileSink]:
    """Write to a folder of the test's own."""
    made = FileSink(tmp_path / "logs", 10_000, "sales", clock=clock, housekeeping_seconds=0.01)
    yield made
    assert made.finish(made.end(), DEADLINE_SECONDS)


def written(sink: FileSink) -> bool:
    """Wait for all lines so far."""
    return sink.finish(sink.mark(), DEADLINE_SECONDS)


def test_a_line_names_its_service(sink: FileSink, tmp_path: Path) -> None:
    """Services may share a folder; the timestamp comes first, so that lines can be sorted."""
    sink.emit(record("hello"))

    assert written(sink)
    (line,) = lines_of(tmp_path / "logs")
    assert (next(iter(line)), line["message"], line["service_name"]) == ("timestamp", "hello", "sales")


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "\u2028", "\x85", "\ud800", "\x00", 'quote " and \\', "é 🏠"])
def test_any_text_is_one_line(sink: FileSink, tmp_path: Path, text: str) -> None:
    """Line breaks of every kind, lone surrogates and control characters are escaped."""
    sink.emit(record(f"<{text}>"))

    assert written(sink)
    assert messages(tmp_path / "logs") == [f"<{text}>".replace("\ud800", "\\ud800")]


def test_nothing_is_made_before_the_first_line(sink: FileSink, tmp_path: Path) -> None:
    """A service that never logs leaves no folder, and a flush of nothing is done."""
    assert written(sink)
    assert not (tmp_path / "logs").exists()


def test_the_folder_is_that_of_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An application that changes its working directory later does not move its log files."""
    monkeypatch.chdir(tmp_path)
    sink = FileSink(Path("logs"), 10_000, "sales")
    monkeypatch.chdir("/")
    sink.emit(record("hello"))

    assert sink.finish(sink.end(), DEADLINE_SECONDS)
    assert messages(tmp_path / "logs") == ["hello"]


def test_counts_tell_what_became_of_the_lines(sink: FileSink, tmp_path: Path) -> None:
    """Lines wait while the folder cannot be used, and are written afterwards."""
    (tmp_path / "logs").write_text("in its place")
    for number in range(5):
        sink.emit(record(str(number)))
    assert not written(sink)
    assert sink.counts() == FileCounts(written=0, waiting=5, dropped=0)

    (tmp_path / "logs").unlink()

    assert written(sink)
    assert sink.counts() == FileCounts(written=5, waiting=0, dropped=0)
    assert messages(tmp_path / "logs") == list("01234")


def test_lines_beyond_the_limit_are_dropped_counted_and_said(tmp_path: Path, said: pytest.LogCaptureFixture) -> None:
    """The thread that logs goes on; no writer thread runs here, so nothing is taken."""
    sink = FileSink(tmp_path, 10_000, "sales", make_queue=lambda: LineQueue(max_lines=3, wait_seconds=0.0))
    sink._runs = True
    for number in range(10):
        sink.emit(record(str(number)))

    assert sink.counts() == FileCounts(written=0, waiting=3, dropped=7)
    assert [message.partition(":")[0] for message in said.messages] == [
        f"log lines for the files in {tmp_path} come faster than they can be written"
    ]


def test_after_the_end_lines_wait_for_ever(tmp_path: Path) -> None:
    """The threads are gone, and the count says that the line was not written."""
    sink = FileSink(tmp_path, 10_000, "sales")
    sink.emit(record("before"))
    assert sink.finish(sink.end(), DEADLINE_SECONDS)
    poll(lambda: not our_threads(), 30, "the threads to end")

    sink.emit(record("after"))

    assert messages(tmp_path) == ["before"]
    assert sink.counts() == FileCounts(written=1, waiting=1, dropped=0)


def our_threads() -> list[str]:
    """Name the threads of log files that run."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("anclora-otel log ")]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_writes_its_own_lines(sink: FileSink, tmp_path: Path) -> None:
    """What waits in the parent is written once, by the parent."""
    sink.emit(record("parent"))
    child = os.fork()
    if not child:
        sink.after_fork()
        sink.emit(record("child"))
        os._exit(0 if sink.finish(sink.mark(), DEADLINE_SECONDS) and sink.counts().written == 1 else 1)

    assert os.waitpid(child, 0)[1] == 0
    assert written(sink)
    assert sorted(messages(tmp_path / "logs")) == ["child", "parent"]
    assert len({line["process_id"] for line in lines_of(tmp_path / "logs")}) == 2


def test_a_past_day_is_compressed_although_nobody_writes(sink: FileSink, tmp_path: Path, clock: Clock) -> None:
    """The sink of an idle service looks after its folder."""
    sink.emit(record("hello"))
    assert written(sink)

    clock.set("2026-03-02")

    compressed = tmp_path / "logs" / "anclora-2026-03-01.log.1.gz"
    poll(compressed.exists, 30, "the file of the past day to be compressed")
    assert messages(tmp_path / "logs") == ["hello"]
