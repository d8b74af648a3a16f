"""Each line is in the files of its level, and one file's fault is not the others'."""

from __future__ import annotations

from pathlib import Path

import pytest

from anclora_otel.catalogue.levels import LEVELS
from anclora_otel.logs.files.folder import LogFolder
from anclora_otel.logs.files.names import ALL, ERROR, HTTP, KINDS, LogFileKind
from tests.log_lines import content, file_names
from tests.unit.logs.files.conftest import Clock

MAX_BYTES = 10_000


class Changes:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        """Be told."""
        self.count += 1


def levels_in(folder: Path, kind: LogFileKind) -> list[str]:
    """Give the lines of a kind."""
    return [line for name in file_names(folder, kind) for line in content(folder, name).decode().split()]


def add_each_level(folder: LogFolder) -> None:
    """Add one line of each level, which is its name."""
    for level in LEVELS:
        folder.add(level, f"{level.name}\n".encode())


def test_each_file_holds_its_levels(tmp_path: Path, clock: Clock) -> None:
    """The error file has error and fatal alone, the file of requests http alone, the first one all."""
    folder = LogFolder(tmp_path, MAX_BYTES, clock, Changes())
    add_each_level(folder)
    folder.write()
    folder.close()

    assert levels_in(tmp_path, ALL) == [level.name for level in LEVELS]
    assert levels_in(tmp_path, ERROR) == ["fatal", "error"]
    assert levels_in(tmp_path, HTTP) == ["http"]
    assert (folder.written, folder.waiting, folder.dropped) == (7, 0, 0)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_planted_link_keeps_nothing_from_the_other_files(
    tmp_path: Path, clock: Clock, kind: LogFileKind, said: pytest.LogCaptureFixture
) -> None:
    """The file in whose place it stands waits, says so once, and is written when it is gone."""
    link = tmp_path / f"{kind.name}-2026-03-01.log"
    (tmp_path / "precious").write_text("kept")
    link.symlink_to(tmp_path / "precious")
    folder = LogFolder(tmp_path, MAX_BYTES, clock, Changes())
    for _ in range(3):
        add_each_level(folder)
        folder.write()

    complaints = [message for message in said.messages if "cannot be written" in message]
    assert len(complaints) == 1
    assert f"log file {link} cannot be written (Too many levels of symbolic links): a symbolic" in complaints[0]
    for other in KINDS:
        expected = [level.name for level in LEVELS if other.takes(level)] * 3
        assert other is kind or levels_in(tmp_path, other) == expected
    assert folder.waits
    link.unlink()
    folder.write()
    folder.close()
    assert not folder.waits
    assert levels_in(tmp_path, kind) == [level.name for level in LEVELS if kind.takes(level)] * 3
    assert (tmp_path / "precious").read_text() == "kept"


def test_changes_are_told(tmp_path: Path, clock: Clock) -> None:
    """A file put aside and a new day are worth a look at the folder; a further line is not."""
    changes = Changes()
    folder = LogFolder(tmp_path, 30, clock, changes)
    counts = []
    for day in ("2026-03-01", "2026-03-01", "2026-03-01", "2026-03-02", "2026-03-02"):
        clock.set(day)
        folder.add(LEVELS[3], b"12 characters\n")
        folder.write()
        counts.append(changes.count)
    folder.close()

    assert counts == [1, 1, 2, 3, 3]


def test_a_file_in_the_folders_place_is_said_once(tmp_path: Path, clock: Clock, said: pytest.LogCaptureFixture) -> None:
    """The line says what to set, and the lines wait."""
    (tmp_path / "logs").write_text("a file")
    folder = LogFolder(tmp_path / "logs", MAX_BYTES, clock, Changes())
    for _ in range(3):
        add_each_level(folder)
        folder.write()

    assert [message.partition(";")[0].partition(" cannot be ")[2] for message in said.messages] == [
        "written (Not a directory): set ANCLORA_LOG_DIRECTORY to a folder"
    ]
    assert folder.waiting == 21
