"""Starting and stopping real processes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from json import dumps
from pathlib import Path

import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack.processes import ProcessBook, ProcessRecord

DEADLINE_SECONDS = 10.0
SLEEPER = ("/bin/sleep", "600")
FIRST_THREAD_ENDS = """
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(600,)).start()
print("ready", flush=True)
ctypes.CDLL(None).pthread_exit(None)
"""
HEADLESS = (sys.executable, "-c", FIRST_THREAD_ENDS)
STUBBORN = ("/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[ProcessBook]:
    """Give the processes of a test, which are killed after it."""
    book = ProcessBook(tmp_path / "run")
    yield book
    book.kill("worker")


def _start(book: ProcessBook, tmp_path: Path, command: tuple[str, ...]) -> ProcessRecord:
    return book.start("worker", command, {"PATH": os.environ["PATH"]}, tmp_path / "worker.log", "f")


def _wait_for_output(log: Path) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not log.exists() or not log.read_text():
        assert time.monotonic() < deadline, "the process wrote nothing"
        time.sleep(0.01)


def test_process_is_found_by_another_book(book: ProcessBook, tmp_path: Path) -> None:
    """A process is found through its record, as by a second run of the command."""
    record = _start(book, tmp_path, SLEEPER)

    assert ProcessBook(tmp_path / "run").find("worker") == record
    assert record.resident_bytes > 0


def test_process_leaves_the_session_of_its_starter(book: ProcessBook, tmp_path: Path) -> None:
    """The process has a session of its own, so that Ctrl-C in the terminal does not reach it."""
    record = _start(book, tmp_path, SLEEPER)

    assert os.getsid(record.pid) == record.pid


def test_stopped_process_is_gone_and_forgotten(book: ProcessBook, tmp_path: Path) -> None:
    """Stopping ends the process and removes its record; stopping again says that nothing ran."""
    record = _start(book, tmp_path, SLEEPER)

    assert book.stop("worker")
    assert not record.is_running
    assert not book.stop("worker")


def test_process_that_ignores_the_request_is_killed(book: ProcessBook, tmp_path: Path) -> None:
    """A process that ignores SIGTERM is killed once the deadline has passed."""
    record = _start(book, tmp_path, STUBBORN)
    _wait_for_output(tmp_path / "worker.log")

    assert book.stop("worker", seconds=0.2)
    assert not record.is_running


def test_process_whose_first_thread_has_ended_still_runs(book: ProcessBook, tmp_path: Path) -> None:
    """A process counts as running, with its ports taken, until the last of its threads has ended."""
    record = _start(book, tmp_path, HEADLESS)
    _wait_for_output(tmp_path / "worker.log")
    deadline = time.monotonic() + DEADLINE_SECONDS
    while " Z " not in Path(f"/proc/{record.pid}/stat").read_text():
        assert time.monotonic() < deadline, "the first thread did not end"
        time.sleep(0.01)

    assert book.find("worker") == record
    assert book.kill("worker")
    assert book.find("worker") is None


def test_process_that_took_over_the_id_is_left_alone(book: ProcessBook, tmp_path: Path) -> None:
    """A record whose process id now belongs to another process stops nothing."""
    record = _start(book, tmp_path, SLEEPER)
    file = tmp_path / "run" / "worker.json"
    file.write_text(dumps(asdict(replace(record, start_ticks=record.start_ticks - 1))))

    assert not book.stop("worker")
    assert record.is_running
    file.write_text(dumps(asdict(record)))


def test_process_that_ended_by_itself_is_not_found(book: ProcessBook, tmp_path: Path) -> None:
    """A process that has ended counts as ended although nobody has waited for it."""
    record = _start(book, tmp_path, ("/bin/true",))
    deadline = time.monotonic() + DEADLINE_SECONDS
    while record.is_running:
        assert time.monotonic() < deadline
        time.sleep(0.01)

    assert book.find("worker") is None


def test_log_of_the_last_run_is_kept(book: ProcessBook, tmp_path: Path) -> None:
    """A new start begins a new log and keeps the one before."""
    _start(book, tmp_path, STUBBORN)
    _wait_for_output(tmp_path / "worker.log")
    book.kill("worker")
    _start(book, tmp_path, SLEEPER)

    assert (tmp_path / "worker.previous.log").read_text() == "ready\n"
    assert (tmp_path / "worker.log").read_text() == ""


def test_missing_program_is_told(book: ProcessBook, tmp_path: Path) -> None:
    """A program that does not exist is told by name."""
    with pytest.raises(StackError, match=r"worker cannot be started: /no/such/program: No such file"):
        _start(book, tmp_path, ("/no/such/program",))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "worker"}'])
def test_damaged_record_counts_as_none(book: ProcessBook, tmp_path: Path, text: str) -> None:
    """A record that cannot be read stops nothing and raises nothing."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "worker.json").write_text(text)

    assert book.find("worker") is None
