"""Starting processes that outlive this one, and stopping exactly those."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from anclora_otel.errors import StackError

STOP_SECONDS = 20.0
"""How long a component may take to end after SIGTERM before it is killed."""

_POLL_SECONDS = 0.02
_KILL_SECONDS = 5.0


@dataclass(frozen=True)
class ProcessRecord:
    """
    A process that the stack started, as it is written down beside its state.

    Args:
        name: the component.
        pid: its process id.
        start_ticks: when the kernel started it, in clock ticks since boot. A process id is given again after
            its process has ended; the pair of both never is, so nothing else is ever stopped in its place.
        started_at: Unix time in seconds.
        fingerprint: of command, environment and configuration, so that a change is noticed.

    """

    name: str
    pid: int
    start_ticks: int
    started_at: float
    fingerprint: str

    @property
    def is_running(self) -> bool:
        """Say whether that very process still runs."""
        _reap(self.pid)
        return _start_ticks(self.pid) == self.start_ticks

    @property
    def resident_bytes(self) -> int:
        """Give the resident memory of the process, or 0 where it has ended."""
        with contextlib.suppress(OSError, IndexError, ValueError):
            pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
            return int(pages) * os.sysconf("SC_PAGE_SIZE")
        return 0


class ProcessBook:
    """
    The processes of one stack, one record file each.

    Args:
        folder: where the records lie.

    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, name: str) -> ProcessRecord | None:
        """Give the running process of that name, or `None`; the record of one that ended is removed."""
        record = self._read(name)
        if record is not None and not record.is_running:
            self._file(name).unlink(missing_ok=True)
            return None
        return record

    def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path, fingerprint: str
    ) -> ProcessRecord:
        """
        Start a process in a session of its own, so that it outlives this one and its terminal.

        Args:
            name: the component.
            command: program and arguments.
            environment: all that it sees of the environment.
            log: file for its output; the one of the last run is kept beside it.
            fingerprint: see `ProcessRecord`.

        Raises:
            StackError: the program cannot be started.

        """
        for folder in (self._folder, log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        try:
            pid = _spawn(command, environment, log)
        except OSError as error:
            raise StackError(f"{name} cannot be started: {command[0]}: {error.strerror}") from error
        record = ProcessRecord(name, pid, _start_ticks(pid) or 0, time.time(), fingerprint)
        self._write(record)
        return record

    def stop(self, name: str, seconds: float = STOP_SECONDS) -> bool:
        """
        End a process by SIGTERM, then by SIGKILL once `seconds` have passed.

        Returns:
            Whether it ran.

        Raises:
            StackError: it still runs after SIGKILL.

        """
        record = self.find(name)
        if record is None:
            return False
        if not (_signal(record, signal.SIGTERM) and _ended_within(record, seconds)):
            self.kill(name)
        self._file(name).unlink(missing_ok=True)
        return True

    def kill(self, name: str) -> bool:
        """
        End a process at once by SIGKILL, as a crash would.

        Returns:
            Whether it ran.

        """
        record = self.find(name)
        if record is None:
            return False
        _signal(record, signal.SIGKILL)
        if not _ended_within(record, _KILL_SECONDS):
            raise StackError(f"{name} (pid {record.pid}) still runs {_KILL_SECONDS:.0f} s after SIGKILL")
        self._file(name).unlink(missing_ok=True)
        return True

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _read(self, name: str) -> ProcessRecord | None:
        try:
            return ProcessRecord(**json.loads(self._file(name).read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def _write(self, record: ProcessRecord) -> None:
        # Renamed into place: a record that is half written would make its process an orphan.
        temporary = self._file(record.name).with_suffix(".new")
        temporary.write_text(json.dumps(asdict(record)) + "\n")
        temporary.replace(self._file(record.name))


def _spawn(command: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
    log_flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return os.posix_spawn(
        command[0],
        list(command),
        dict(environment),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), log_flags, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
        setsigmask=[],
        setsigdef=[signal.SIGINT, signal.SIGTERM, signal.SIGPIPE],
    )


def _start_ticks(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The program's name stands in parentheses and may itself hold spaces and parentheses.
    columns = stat.rpartition(")")[2].split()
    state, threads, start_ticks = columns[0], int(columns[17]), int(columns[19])
    # While other threads of it still end, the first one is a zombie already, and the sockets are still open.
    return None if state == "X" or (state == "Z" and threads <= 1) else start_ticks


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _signal(record: ProcessRecord, number: signal.Signals) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(record.pid, number)
        return True
    return False


def _ended_within(record: ProcessRecord, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while record.is_running:
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True
