"""Log files that several processes write at once: every line once and whole, through everything that happens."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from anclora_otel.logs.files.names import ALL, ERROR, HTTP
from tests.log_lines import file_names, lines_of, messages
from tests.wire.output import Output
from tests.wire.running import BIN, PROGRAMS, environment, free_port, get, poll, run_wrapped, started

WRITERS = 4
LINES = 100_000
LIMIT_SECONDS = 250
QUIET = {
    "OTEL_TRACES_EXPORTER": "none",
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
    "ANCLORA_LOG_CONSOLE": "none",
}


class Programs:
    """Starts programs, and ends those that are left."""

    def __init__(self) -> None:
        self.running: list[subprocess.Popen[str]] = []

    def start(self, program: str, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start one of the programs."""
        command = [sys.executable, str(PROGRAMS / program), *arguments]
        process = subprocess.Popen(command, env=environment(**variables), stdout=subprocess.PIPE, text=True)
        self.running.append(process)
        return process

    def start_writers(self, folder: Path) -> dict[str, subprocess.Popen[str]]:
        """Start the processes that write, all at once."""
        variables = {**QUIET, "ANCLORA_LOG_FILE_MAX_BYTES": "1000000", "ANCLORA_LOG_DIRECTORY": str(folder)}
        return {name: self.start("log_writer.py", name, str(LINES), **variables) for name in map(str, range(WRITERS))}


@pytest.fixture
def programs() -> Iterator[Programs]:
    """Start programs that do not outlive the test."""
    made = Programs()
    yield made
    for process in made.running:
        process.kill()
        process.communicate()


def last_line(process: subprocess.Popen[str]) -> str:
    """Wait for the end of a program, and give the last line that it printed."""
    return process.communicate(timeout=LIMIT_SECONDS)[0].splitlines()[-1]


def numbers_of(folder: Path) -> dict[str, list[int]]:
    """Give the numbers of the lines of each writer, in the order of the files."""
    found: dict[str, list[int]] = {}
    for line in lines_of(folder):
        if "writer" in line.get("fields", {}):
            found.setdefault(line["fields"]["writer"], []).append(line["fields"]["number"])
    return found


@pytest.mark.timeout(600)
def test_four_processes_write_every_line_once(tmp_path: Path, programs: Programs) -> None:
    """4 times 100,000 lines, while files are put aside and compressed: none lost, none twice, none torn, in order."""
    writers = programs.start_writers(tmp_path)
    ends = {name: last_line(process) for name, process in writers.items()}

    assert ends == dict.fromkeys(writers, f"end {LINES} 0")
    assert numbers_of(tmp_path) == {name: list(range(1, LINES + 1)) for name in writers}
    compressed = {kind.name: sum(name.compressed for name in file_names(tmp_path, kind)) for kind in (ALL, ERROR, HTTP)}
    assert compressed["anclora"] >= 50
    assert min(compressed.values()) >= 5
    for kind, level in ((ERROR, "error"), (HTTP, "http")):
        assert Counter(line["level"] for line in lines_of(tmp_path, kind)) == {level: WRITERS * LINES // 10}


@pytest.mark.timeout(600)
def test_a_killed_process_takes_nothing_along(tmp_path: Path, programs: Programs) -> None:
    """One of four is killed while it writes: what it was told to be written is there, and nobody's line is torn."""
    writers = programs.start_writers(tmp_path)
    killed = writers["0"]
    assert killed.stdout is not None
    acknowledged = 0
    while acknowledged < LINES // 2:
        acknowledged = int(killed.stdout.readline())
    killed.kill()
    acknowledged = max([acknowledged, *map(int, killed.stdout.read().split())])
    ends = {name: last_line(process) for name, process in writers.items() if process is not killed}

    assert ends == {str(name): f"end {LINES} 0" for name in range(1, WRITERS)}
    found = numbers_of(tmp_path)
    last = found.pop("0")
    assert acknowledged <= len(last) < LINES
    assert last == list(range(1, len(last) + 1))
    assert found == {str(name): list(range(1, LINES + 1)) for name in range(1, WRITERS)}


def test_forked_children_write_their_own_lines(tmp_path: Path, programs: Programs) -> None:
    """Children of a process that logs write each line once, and none of their parent's."""
    variables = {**QUIET, "ANCLORA_LOG_FILE_MAX_BYTES": "65536", "ANCLORA_LOG_DIRECTORY": str(tmp_path)}
    parent = programs.start("log_forker.py", "4", "5000", **variables)
    parent.communicate(timeout=LIMIT_SECONDS)

    assert parent.returncode == 0
    found = {name: sorted(numbers) for name, numbers in numbers_of(tmp_path).items()}
    assert found.pop("parent") == list(range(-3, 5001))
    assert found == {f"child {child}": list(range(1, 5001)) for child in range(4)}
    assert len({line["process_id"] for line in lines_of(tmp_path)}) == 5


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_multiprocessing_lose_no_line(tmp_path: Path, method: str) -> None:
    """However they are started, their last lines are written before they end."""
    done = run_wrapped(
        sys.executable,
        str(PROGRAMS / "log_pool.py"),
        method,
        "1000",
        **QUIET,
        ANCLORA_LOG_DIRECTORY=str(tmp_path),
    )

    assert done.returncode == 0, done.stderr
    assert numbers_of(tmp_path) == {name: list(range(1, 1001)) for name in ("0", "1")}


def test_a_day_ends_while_several_processes_write(tmp_path: Path, programs: Programs) -> None:
    """Each line is in the file of one day, the ended day is compressed, and what is too old by then is removed."""
    folder, flags = tmp_path / "logs", tmp_path / "flags"
    folder.mkdir()
    flags.mkdir()
    old, older = (folder / f"anclora-2026-02-{day}.log.1.gz" for day in (15, 14))
    old.touch()
    older.touch()
    processes = {name: programs.start("log_days.py", str(folder), name, str(flags)) for name in ("a", "b", "c")}
    wait_for("first", processes.values())
    poll(lambda: not older.exists(), 60, "what is too old on the first day to be removed")
    assert old.exists()

    (flags / "second day").touch()
    wait_for("second", processes.values())
    poll(lambda: not old.exists(), 60, "what is too old on the second day to be removed")
    poll(lambda: plain_files(folder, "2026-03-01") == [], 60, "the first day to be compressed")
    (flags / "end").touch()
    told = {name: last_line(process).split() for name, process in processes.items()}

    assert {(finished, dropped) for _, finished, dropped in told.values()} == {("True", "0")}
    for name, words in told.items():
        numbers = [int(line["message"]) for line in lines_of(folder) if line["logger"] == name]
        assert numbers == list(range(1, int(words[0]) + 1))


def plain_files(folder: Path, day: str) -> list[str]:
    """Name the files of a day that are not compressed."""
    return [path.name for path in folder.glob(f"anclora-{day}.log*") if path.suffix != ".gz"]


def wait_for(day: str, processes: Iterable[subprocess.Popen[str]]) -> None:
    """Wait until each process has told that it writes on a day."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{day}\n"


def test_the_wrapper_writes_the_lines_of_all_workers(tmp_path: Path) -> None:
    """Four workers of uvicorn share the files, their requests in a file of their own, and lose none."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/properties"
    service = ("uvicorn", "service:app", "--app-dir", str(PROGRAMS), "--workers", "4", "--port", str(port))
    variables = {**QUIET, "ANCLORA_LOG_FILE_MAX_BYTES": "65536", "ANCLORA_LOG_DIRECTORY": str(tmp_path)}
    command = (str(BIN / "anclora-otel"), "run", "--", *service)
    with started(command, variables, ready_url=f"{url}/ready") as process, ThreadPoolExecutor(8) as pool:
        Output(process)
        list(pool.map(lambda number: get(f"{url}/{number}"), range(2000)))
        process.terminate()
        process.wait(timeout=60)

    answered = [line for line in lines_of(tmp_path) if line["message"].startswith("property ")]
    numbers = [line["message"].split()[1] for line in answered]
    assert sorted(number for number in numbers if number != "ready") == sorted(map(str, range(2000)))
    assert len({line["process_id"] for line in answered}) > 1
    assert sum("GET /properties/" in message for message in messages(tmp_path, HTTP)) >= 2000
    assert {line["level"] for line in lines_of(tmp_path, HTTP)} == {"http"}
    assert sum(name.compressed for name in file_names(tmp_path)) >= 5
