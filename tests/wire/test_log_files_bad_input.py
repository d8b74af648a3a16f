"""A log folder that cannot be used: the service serves, says one clear line, and writes again as soon as it can."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anclora_otel.logs.files.names import ERROR, HTTP, LogFileName, day_of
from tests.log_lines import messages
from tests.wire.full_disks import FULL_DISKS, FullDisk
from tests.wire.output import Output
from tests.wire.running import BIN, PROGRAMS, environment, free_port, get, poll, started
from tests.wire.test_log_files import QUIET

DEADLINE_SECONDS = 60.0


class Service:
    """A service under the wrapper whose requests log a line each."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self._url = url
        self._output = Output(process)

    def ask(self, *names: str) -> None:
        """Send requests, each of which must be answered."""
        for name in names:
            assert json.loads(get(f"{self._url}/{name}")) == {"reference": name}

    def said(self) -> list[str]:
        """Give the warnings of telemetry so far."""
        lines = [json.loads(line) for line in list(self._output.lines) if line.startswith("{")]
        return [line["message"] for line in lines if line["logger"] == "anclora_otel" and line["level"] != "info"]

    def end(self) -> list[str]:
        """End the service as its operator would, and give all warnings of telemetry."""
        self.process.terminate()
        self.process.wait(timeout=DEADLINE_SECONDS)
        self._output.rest()
        return self.said()


class OwnUser:
    """Runs a program as a user for whom the mode of a folder holds, which root's powers would override."""

    def command(self, _folder: Path, *command: str) -> tuple[str, ...]:
        """Give the command that starts a program."""
        powers = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
        return (*powers, *command)


@contextmanager
def serving(folder: Path, place: FullDisk | OwnUser | None = None) -> Iterator[Service]:
    """Start a service that writes its log files to a folder, in a place of its own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/properties"
    service = ("uvicorn", "service:app", "--app-dir", str(PROGRAMS), "--port", str(port))
    command = (str(BIN / "anclora-otel"), "run", "--", *service)
    variables = {**QUIET, "ANCLORA_LOG_CONSOLE": "json", "ANCLORA_LOG_DIRECTORY": str(folder)}
    wrapped = place.command(folder, *command) if place else command
    with started(wrapped, variables, ready_url=f"{url}/ready") as process:
        yield Service(process, url)


def wait_for_lines(folder: Path, *names: str) -> None:
    """Wait until the line of each request is in the files, and see that it is there once."""
    expected = [f"property {name} asked for" for name in names]

    def told() -> list[str]:
        return [message for message in messages(folder) if message in expected]

    poll(lambda: len(told()) >= len(expected), DEADLINE_SECONDS, f"{len(names)} lines")
    assert told() == expected


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    """The lines wait until the operator lets the service write."""
    folder = tmp_path / "logs"
    folder.mkdir(0o500)
    with serving(folder, OwnUser()) as service:
        service.ask("one", "two")
        poll(lambda: bool(service.said()), DEADLINE_SECONDS, "the complaint")
        folder.chmod(0o700)
        wait_for_lines(folder, "one", "two")
        said = service.end()

    assert [line.partition(";")[0].partition(" cannot be ")[2] for line in said] == [
        "written (Permission denied): let this process's user write there"
    ]


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    """The line says which setting is wrong; removing the file is enough."""
    folder = tmp_path / "logs"
    folder.write_text("a file")
    with serving(folder) as service:
        service.ask("one", "two")
        poll(lambda: bool(service.said()), DEADLINE_SECONDS, "the complaint")
        folder.unlink()
        wait_for_lines(folder, "one", "two")
        said = service.end()

    assert [line.partition(";")[0].partition(" cannot be ")[2] for line in said] == [
        "written (Not a directory): set ANCLORA_LOG_DIRECTORY to a folder"
    ]


@pytest.mark.parametrize("disk", FULL_DISKS, ids=lambda disk: type(disk).__name__)
def test_a_disk_that_is_full(tmp_path: Path, disk: FullDisk) -> None:
    """Whole lines stand on it, and the others follow when there is room."""
    folder = tmp_path / "logs"
    folder.mkdir()
    with serving(folder, disk) as service:
        seen = disk.seen_from_here(service.process.pid, folder)
        service.ask("before")
        wait_for_lines(seen, "before")
        disk.fill(service.process.pid, folder)
        names = [str(number) for number in range(300)]
        service.ask(*names)
        poll(lambda: bool(service.said()), DEADLINE_SECONDS, "the complaint")
        assert len(messages(seen)) < len(names)
        disk.free(service.process.pid, folder)
        wait_for_lines(seen, *names)
        said = service.end()

    assert [line.partition(";")[0].partition(" cannot be ")[2] for line in said] == [
        f"written ({disk.reason}): free space there"
    ]


def test_a_folder_that_is_removed(tmp_path: Path) -> None:
    """It is made again with the next line."""
    folder = tmp_path / "logs"
    with serving(folder) as service:
        service.ask("before")
        wait_for_lines(folder, "before")
        shutil.rmtree(folder)
        service.ask("one", "two")
        wait_for_lines(folder, "one", "two")
        said = service.end()

    assert len(said) == 1
    assert said[0].startswith(f"log folder {folder} was removed with all its files: it is made again")


def test_a_link_in_a_files_place(tmp_path: Path) -> None:
    """It is not followed: what it leads to is unharmed, and the lines are written when it is gone."""
    precious = tmp_path / "precious"
    precious.write_text("kept")
    folder = tmp_path / "logs"
    folder.mkdir()
    now = day_of(time.time())
    links = [folder / str(LogFileName(kind, now)) for kind in (HTTP, ERROR)]
    for link in links:
        link.symlink_to(precious)
    with serving(folder) as service:
        service.ask("one", "two")
        wait_for_lines(folder, "one", "two")
        poll(lambda: bool(service.said()), DEADLINE_SECONDS, "the complaint")
        links[0].unlink()
        poll(lambda: len(messages(folder, HTTP)) >= 3, DEADLINE_SECONDS, "the requests in their file")
        said = service.end()

    assert len(said) == 1
    assert said[0].startswith(f"log file {links[0]} cannot be written (Too many levels of symbolic links): a symbolic ")
    assert precious.read_text() == "kept"


def test_a_stopped_process_that_holds_the_lock(tmp_path: Path) -> None:
    """The service serves on, says after 5 s what it waits for, and writes when the other goes on."""
    holder = subprocess.Popen([sys.executable, str(PROGRAMS / "log_lock_holder.py"), str(tmp_path)], env=environment())
    try:
        assert os.WIFSTOPPED(os.waitpid(holder.pid, os.WUNTRACED)[1])
        with serving(tmp_path) as service:
            service.ask("one", "two")
            poll(lambda: bool(service.said()), DEADLINE_SECONDS, "the complaint")
            service.ask("three")
            holder.send_signal(signal.SIGCONT)
            wait_for_lines(tmp_path, "one", "two", "three")
            said = service.end()
        assert holder.wait(DEADLINE_SECONDS) == 0
    finally:
        holder.kill()
        holder.wait()

    assert [line.partition(";")[0].partition(" cannot be ")[2] for line in said] == [
        "written (another process has held it for 5 s): see that no process that logs there is stopped"
    ]
    assert "goes on" in messages(tmp_path)


def test_lines_beyond_what_can_wait_are_counted(tmp_path: Path) -> None:
    """A program that logs on for long without a usable folder ends as ever, and its report hides nothing."""
    (tmp_path / "logs").write_text("a file")
    done = subprocess.run(
        [sys.executable, str(PROGRAMS / "log_flood.py"), "30000"],
        env=environment(**QUIET, ANCLORA_LOG_DIRECTORY=str(tmp_path / "logs")),
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS * 2,
        check=True,
    )

    written, waiting, dropped, finished = done.stdout.split()
    assert (written, finished) == ("0", "False")
    assert int(waiting) + int(dropped) >= 30_000
    assert 10_000 <= int(waiting) <= 20_000
