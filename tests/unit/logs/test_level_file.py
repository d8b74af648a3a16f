"""The file through which processes share levels."""

from __future__ import annotations

import json
import os
import stat
import tempfile
import threading
from pathlib import Path

import pytest

from anclora_otel.logs.level_file import (
    LevelFileError,
    change_levels,
    create,
    default_path,
    known_services,
    level_file,
    read_levels,
    signature,
)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a folder for temporary files of the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_no_file_is_no_change(tmp_path: Path) -> None:
    """Where nobody has changed anything there is nothing to read."""
    assert read_levels(tmp_path / "none.json") == {}
    assert signature(tmp_path / "none.json") is None


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A change leaves a file of the user's own, and another signature."""
    path = tmp_path / "levels.json"
    assert change_levels(path, lambda held: {**held, "queue": "debug"}, in_place_of_broken={}) == {"queue": "debug"}
    first = signature(path)
    change_levels(path, lambda held: {**held, "bot": "trace"}, in_place_of_broken={})

    assert read_levels(path) == {"queue": "debug", "bot": "trace"}
    assert signature(path) != first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["levels.json"]


def test_a_change_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    """The file stays the same one."""
    path = tmp_path / "levels.json"
    change_levels(path, lambda _: {"queue": "debug"}, in_place_of_broken={})
    before = signature(path)
    change_levels(path, lambda _: {"queue": "debug"}, in_place_of_broken={})

    assert signature(path) == before


def test_changes_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    """One waits for the other."""
    path = tmp_path / "levels.json"
    threads = [
        threading.Thread(
            target=change_levels,
            args=(path, lambda held, number=number: {**held, f"c{number}": "debug"}),
            kwargs={"in_place_of_broken": {}},
        )
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(read_levels(path)) == [f"c{number}" for number in range(8)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "expected"),
        (b"", "expected"),
        (b"[1]", "expected"),
        (b"\xff\xfe\x00", "expected"),
        (b"[" * 60_000, "expected"),
        (b'{"queue": "debgu"}', "did you mean debug?"),
        (b'{"queue": 7}', "level is 7"),
        (b'{"": "debug"}', "component is ''"),
        (b" " * 70_000, "expected 65536 at most"),
    ],
)
def test_rubbish(tmp_path: Path, content: bytes, said: str) -> None:
    """One line names the file and what was expected; a change puts a whole file in its place."""
    path = tmp_path / "levels.json"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(LevelFileError) as raised:
        read_levels(path)
    assert str(path) in str(raised.value)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
    change_levels(path, lambda held: {**held, "bot": "debug"}, in_place_of_broken={"queue": "warn"})
    assert json.loads(path.read_text()) == {"queue": "warn", "bot": "debug"}


def test_a_file_that_others_may_write_is_refused(tmp_path: Path) -> None:
    """The remedy is a command."""
    path = tmp_path / "levels.json"
    path.write_text("{}")
    path.chmod(0o666)

    with pytest.raises(LevelFileError, match="run: chmod 600"):
        read_levels(path)


def test_something_else_in_the_files_place(tmp_path: Path) -> None:
    """A pipe does not hold the reader up, and a folder is no file."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(LevelFileError, match=r"not used|cannot be"):
            read_levels(path)


def test_a_folder_that_cannot_be_had(tmp_path: Path) -> None:
    """The line says what to set."""
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file" / "levels.json", tmp_path / "no" / "such" / "levels.json"):
        with pytest.raises(LevelFileError, match="set ANCLORA_LOG_LEVELS_FILE"):
            change_levels(path, lambda held: held, in_place_of_broken={})


def test_the_default_path(temporary: Path) -> None:
    """It is in a folder of the user's own, and two services never share it."""
    paths = {default_path(name) for name in ("web", "we b", "we_b", "../web", "wéb", "x" * 200, "x" * 201)}

    assert len(paths) == 7
    assert {path.parent for path in paths} == {temporary / f"anclora-otel-{os.geteuid()}"}
    assert level_file("", "web") == default_path("web")
    assert level_file("/run/levels.json", "web") == Path("/run/levels.json")


@pytest.mark.usefixtures("temporary")
def test_services_are_known_by_their_files() -> None:
    """Each that has run has left an empty file, which is not emptied again."""
    assert known_services() == []
    for name in ("web", "worker"):
        create(default_path(name))
    change_levels(default_path("web"), lambda _: {"queue": "debug"}, in_place_of_broken={})
    create(default_path("web"))

    assert known_services() == ["web", "worker"]
    assert read_levels(default_path("web")) == {"queue": "debug"}


def test_a_folder_that_somebody_else_has_planted(temporary: Path) -> None:
    """A default folder that others may enter is refused."""
    folder = default_path("web").parent
    folder.mkdir()
    folder.chmod(0o777)

    with pytest.raises(LevelFileError, match="not this user's alone"):
        create(default_path("web"))
    assert list(temporary.iterdir()) == [folder]
