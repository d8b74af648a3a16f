"""A log folder that cannot be used: the service serves, says one clear line, and writes again as soon as it can."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from anclora_otel.logs.files.names import ERROR, HTTP, LogFileName, day_of
from tests.log_lines import messages
from tests.wire.output import Output
from tests.wire.running import BIN, PROGRAMS, environment, free_port, get, poll, started
from tests.wire.test_log_files import QUIET

DEADLINE_SECONDS = 60.0
WITHOUT_ROOT_POWERS = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
"""What makes the mode of a folder hold for root too."""

MOUNT = ("unshare", "--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs -o size=128k tmpfs "$0" && exec "$@"')


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


@contextmanager
def serving(folder: Path, prefix: Sequence[str] = ()) -> Iterator[Service]:
    """Start a service that writes its log files to a folder."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/properties"
    command = (*prefix, str(BIN / "anclora-otel"), "run", "--", "uvicorn", "service:app", "--app-dir", str(PROGRAMS))
    variables = {**QUIET, "ANCLORA_LOG_CONSOLE": "json", "ANCLORA_LOG_DIRECTORY": str(folder)}
    with started((*command, "--port", str(port)), variables, ready_url=f"{url}/ready") as process:
        yield Service(process, url)


def wait_for_lines(folder: Path, *names: str) -> None:
    """Wait until the line of each request is in the files, and see that it is there once."""
    expected = [f"property {name} asked for" for name in names]

    def told() -> list[str]:
        return [message for message in messages(folder) if message in expected]

    poll(lambda: len(told()) >= len(expected), DEADLINE_SECONDS, f"lines of {', '.join(names)}")
    assert told() == expected


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    """The lines wait until the operator lets the service write."""
    folder = tmp_path / "logs"
    folder.mkdir(0o500)
    with serving(folder, WITHOUT_ROOT_POWERS) as service:
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


def test_a_disk_that_is_full_for_this_process(tmp_path: Path) -> None:
    """A limit of the kernel on the size of its files stands in for a full disk, on every machine."""
    with serving(tmp_path) as service:
        service.ask("before")
        wait_for_lines(tmp_path, "before")
        before = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
        service.ask("one", "two")
        poll(lambda: bool(service.said()), DEADLINE_SECONDS, "the complaint")
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, before)
        wait_for_lines(tmp_path, "before", "one", "two")
        said = service.end()

    assert [line.partition(";")[0].partition(" cannot be ")[2] for line in said] == [
        "written (File too large): free space there"
    ]


@pytest.mark.parametrize(
    "mount", [MOUNT] if subprocess.run([*MOUNT, "/mnt", "true"], check=False).returncode == 0 else []
)
def test_a_disk_that_is_full(tmp_path: Path, mount: tuple[str, ...]) -> None:
    """A real disk of 128 KiB, where one can be mounted: whole lines stand on it, and the others follow."""
    folder = tmp_path / "logs"
    folder.mkdir()
    with serving(folder, (*mount, str(folder))) as service:
        disk = Path(f"/proc/{service.process.pid}/root{folder}")
        service.ask("before")
        wait_for_lines(disk, "before")
        fill(disk / "filler")
        names = [str(number) for number in range(300)]
        service.ask(*names)
        poll(lambda: bool(service.said()), DEADLINE_SECONDS, "the complaint")
        assert len(messages(disk)) < len(names)
        (disk / "filler").unlink()
        wait_for_lines(disk, *names)
        said = service.end()

    assert [line.partition(";")[0].partition(" cannot be ")[2] for line in said] == [
        "written (No space left on device): free space there"
    ]


def fill(path: Path) -> None:
    """Fill a disk."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 1024):
                pass
        except OSError:
            return


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

    assert [line.partition(";")[0] for line in said] == [
        f"log file {links[0]} cannot be written (Too many levels of symbolic links): "
        "a symbolic link is not followed there, remove it"
    ]
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

    assert [line.partition(";")[0] for line in said] == [
        f"log file {tmp_path / '.anclora.lock'} cannot be written (another process has held it for 5 s): "
        "see that no process that logs there is stopped"
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
