"""Lines go from the queue into the folder, through every fault."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from anclora_otel.logs.files.folder import LogFolder
from anclora_otel.logs.files.line_queue import LineQueue, Mark
from anclora_otel.logs.files.writer import Writer
from anclora_otel.logs.lines import LogLine
from tests.log_lines import content, file_names
from tests.unit.logs.files.conftest import Clock
from tests.unit.logs.files.test_line_queue import LINE


class Parts:
    """A writer, its queue and its folder."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self.lines = LineQueue()
        self.folder = LogFolder(directory, 10_000, clock, lambda: None)
        self.writer = Writer(self.lines, self.folder, self.render)

    def render(self, line: LogLine) -> bytes:
        """Render the message alone; one that says so cannot be."""
        if line.message == "broken":
            raise ValueError("no such line")
        return f"{line.message}\n".encode()

    def log(self, *messages: str) -> None:
        """Put lines in."""
        for message in messages:
            self.lines.put(replace(LINE, message=message))

    def written(self) -> list[str]:
        """Give what stands in the file."""
        folder = self.folder.directory
        return [line for name in file_names(folder) for line in content(folder, name).decode().split()]


@pytest.fixture
def parts(tmp_path: Path, clock: Clock) -> Parts:
    """Give a writer to a folder that does not exist yet."""
    return Parts(tmp_path / "logs", clock)


def test_a_mark_is_reached_when_all_before_it_is_written(parts: Parts) -> None:
    """The writer ends at a mark that says so, and leaves what comes behind it."""
    first, last = Mark(), Mark(ends=True)
    parts.log("1")
    parts.lines.mark(first)
    parts.log("2")
    parts.lines.mark(last)
    parts.log("3")

    parts.writer.run()

    assert first.reached.is_set()
    assert last.reached.is_set()
    assert parts.written() == ["1", "2"]
    assert parts.lines.waiting == 1


def test_a_line_that_cannot_be_rendered_is_counted_and_said(parts: Parts, said: pytest.LogCaptureFixture) -> None:
    """It keeps none of the others away."""
    parts.log("1", "broken", "2")

    while parts.writer.step(wait=False):
        pass

    assert parts.written() == ["1", "2"]
    assert parts.writer.dropped == 1
    assert [message.partition(";")[0] for message in said.messages] == ["log line: ValueError: no such line"]


def test_what_could_not_be_written_is_written_later_and_that_is_said(
    parts: Parts, said: pytest.LogCaptureFixture
) -> None:
    """A mark asks for a try at once, and is reached although it fails."""
    directory = parts.folder.directory
    directory.write_text("in its place")
    failing, ending = Mark(), Mark(ends=True)
    parts.log("1")
    parts.lines.mark(failing)
    writing = threading.Thread(target=parts.writer.run)
    writing.start()
    assert failing.reached.wait(60)
    assert parts.folder.waits

    directory.unlink()
    parts.log("2")
    parts.lines.mark(ending)
    writing.join()

    assert parts.written() == ["1", "2"]
    assert [message.partition(":")[0] for message in said.messages] == [
        f"log file {directory / '.anclora.lock'} cannot be written (Not a directory)",
        f"log files in {directory} are written again after 0 s; lines dropped by this process so far",
    ]


def test_files_that_cannot_be_written_are_left_alone_for_a_while(parts: Parts) -> None:
    """A stream of lines does not ask a full disk for each of them; those beyond the limit are counted."""
    parts.folder.directory.write_text("in its place")
    for _ in range(13):
        parts.log(*map(str, range(1000)))
        while parts.writer.step(wait=False):
            pass

    assert (parts.folder.waiting, parts.writer.dropped) == (10_000, 3_000)
