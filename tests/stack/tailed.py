"""What the tests of tailed files share: a program that writes them, and Loki asked for all that has come of them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from anclora_otel.stack import Stack
from tests.stack.example import eventually
from tests.wire.running import environment, get

PROGRAMS = Path(__file__).parent / "programs"
_PAGE_LINES = 5_000
_PAST_NANOSECONDS = 6 * 24 * 3600 * 10**9
_FUTURE_NANOSECONDS = 3600 * 10**9


@dataclass(frozen=True)
class Line:
    """A line in Loki: Unix time, its text, and its labels with its structured metadata."""

    time_nanoseconds: int
    text: str
    labels: Mapping[str, str]

    @property
    def level(self) -> str:
        """Give the severity, or an empty text."""
        return self.labels.get("severity_text", "")


def all_lines(stack: Stack, service: str) -> list[Line]:
    """Give every line of a service by its time, however many there are."""
    now = time.time_ns()
    found = list(_window(stack, service, now - _PAST_NANOSECONDS, now + _FUTURE_NANOSECONDS))
    return sorted(found, key=lambda line: line.time_nanoseconds)


def holds_line(stack: Stack, service: str, ending: str) -> bool:
    """Say whether a line with this ending has come, which is quicker than to read all lines."""
    query = f'sum(count_over_time({{service_name="{service}"}} |~ "{ending}$" [1h]))'
    url = f"{stack.url('loki')}/loki/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    return bool(json.loads(get(url))["data"]["result"])


def _window(stack: Stack, service: str, start: int, end: int) -> Iterator[Line]:
    """Ask for a span of time, in halves where an answer would not hold it: pages by time could hide a double."""
    parameters = {
        "query": f'{{service_name="{service}"}}',
        "limit": _PAGE_LINES,
        "start": start,
        "end": end,
        "direction": "forward",
    }
    url = f"{stack.url('loki')}/loki/api/v1/query_range?{urllib.parse.urlencode(parameters)}"
    streams = json.loads(get(url))["data"]["result"]
    lines = [Line(int(value[0]), value[1], stream["stream"]) for stream in streams for value in stream["values"]]
    if len(lines) < _PAGE_LINES:
        yield from lines
        return
    middle = (start + end) // 2
    yield from _window(stack, service, start, middle)
    yield from _window(stack, service, middle, end)


def write(stack: Stack, name: str, text: str | bytes) -> Path:
    """Write a file where the collector looks for it."""
    file = stack.places.tailed / name
    file.parent.mkdir(exist_ok=True, mode=0o700)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def arrived(stack: Stack, service: str, count: int) -> list[Line]:
    """Wait for so many lines of a service and give them by their time."""

    def enough() -> list[Line]:
        lines = all_lines(stack, service)
        return lines if len(lines) >= count else []

    lines = eventually(enough, f"{count} lines of {service}", 60)
    assert len(lines) == count, [line.text[:80] for line in lines]
    return lines


class Writer:
    """The running program that writes numbered lines."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, command: str) -> None:
        """Give a command and wait until it is done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"


@contextmanager
def numbered_lines(file: Path) -> Iterator[Writer]:
    """Run the program that writes numbered lines into a file."""
    command = [sys.executable, str(PROGRAMS / "numbered_lines.py"), str(file)]
    with subprocess.Popen(
        command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Writer(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0
