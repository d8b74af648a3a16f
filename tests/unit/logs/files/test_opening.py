"""Only regular files are opened, never through a link, and for their owner alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anclora_otel.logs.files.opening import OpenFile, is_at, is_plain, open_plain

APPENDING = os.O_RDWR | os.O_APPEND | os.O_CREAT


def test_a_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else may read it."""
    os.close(open_plain(tmp_path / "new", APPENDING))

    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """What it leads to stays as it is."""
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "link").symlink_to("precious")

    with pytest.raises(OSError, match="symbolic links"):
        open_plain(tmp_path / "link", APPENDING)
    assert (tmp_path / "precious").read_text() == "kept"


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    """A pipe that nobody reads would block whoever opens it."""
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(OSError, match="no regular file"):
        open_plain(tmp_path / "pipe", APPENDING)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """A folder in the file's place is an error that names it."""
    with pytest.raises(IsADirectoryError) as raised:
        open_plain(tmp_path, APPENDING)

    assert raised.value.filename == str(tmp_path)


def test_what_is_plain(tmp_path: Path) -> None:
    """Neither a link to a file, nor a folder, nor nothing is a plain file."""
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")

    assert [is_plain(tmp_path / name) for name in ("file", "link", ".", "nothing")] == [True, False, False, False]


@pytest.mark.parametrize("change", ["renamed", "removed", "replaced"])
def test_a_file_that_lost_its_name_is_opened_anew(tmp_path: Path, change: str) -> None:
    """The descriptor is kept as long as it belongs to the name."""
    path, file = tmp_path / "file", OpenFile(APPENDING)
    first = file.open(path)
    os.write(first, b"old")
    assert file.open(path) == first

    if change == "removed":
        path.unlink()
    else:
        path.rename(tmp_path / "aside")
    if change == "replaced":
        path.write_text("new")
    descriptor = file.open(path)

    assert is_at(descriptor, path)
    assert os.pread(descriptor, 10, 0) == (b"new" if change == "replaced" else b"")
    file.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
