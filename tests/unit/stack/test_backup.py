"""Backups that cannot be made or must not be restored; what works is in the stack's tests."""

from __future__ import annotations

import io
import json
import stat
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack import Places, Stack, versions
from anclora_otel.stack.backup import FORMAT, MANIFEST, create_backup, read_backup, restore_backup

PROJECT = Path(__file__).parents[3]
GOOD = {"format": FORMAT, "created_at": 1.0, "versions": {"loki": versions.LOKI}, "bytes": {"loki": 3}}


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """Give a stack that does not run, with data of Loki."""
    data = tmp_path / "state" / "loki" / "chunks"
    data.mkdir(parents=True)
    (data / "one").write_text("now")
    return Stack(Places(PROJECT, tmp_path / "state", tmp_path / "tools"))


def _archive(file: Path, manifest: object, members: Mapping[str, str]) -> Path:
    with tarfile.open(file, "w:gz") as archive:
        for name, text in {MANIFEST: json.dumps(manifest), **members}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return file


def _data(stack: Stack) -> str:
    return (stack.places.state / "loki" / "chunks" / "one").read_text()


def test_round_trip_of_what_does_not_run(stack: Stack, tmp_path: Path) -> None:
    """Data come back as they were, what was there meanwhile is kept beside, and nobody else can read the backup."""
    file = tmp_path / "backups" / "one.tar.gz"
    create_backup(stack, file, ["loki"])
    (stack.places.state / "loki" / "chunks" / "one").write_text("later")
    backup = restore_backup(stack, file)

    assert dict(backup.versions) == {"loki": versions.LOKI}
    assert _data(stack) == "now"
    assert (stack.places.state / "loki.before-restore" / "chunks" / "one").read_text() == "later"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_backup_is_whole_or_not_there(stack: Stack, tmp_path: Path) -> None:
    """A backup of what has no data, under a taken name, or of what keeps nothing is refused."""
    taken = tmp_path / "taken.tar.gz"
    taken.write_text("mine")

    with pytest.raises(StackError, match=r"prometheus has no data in .*: start the stack once"):
        create_backup(stack, tmp_path / "one.tar.gz")
    with pytest.raises(StackError, match="is there already: choose another name"):
        create_backup(stack, taken, ["loki"])
    with pytest.raises(StackError, match="redis has nothing to back up: expected one of prometheus, loki"):
        create_backup(stack, tmp_path / "one.tar.gz", ["redis"])

    assert taken.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["state", "taken.tar.gz"]


@pytest.mark.parametrize(
    ("manifest", "members", "told"),
    [
        ([], {}, "is no backup"),
        ({**GOOD, "format": 9}, {"loki/one": "1"}, "another format: expected 1"),
        ({**GOOD, "versions": {"loki": "99.0.0"}}, {"loki/one": "1"}, "loki 99.0.0: expected"),
        (GOOD, {"loki/../../escaped": "1"}, "belongs to no backup: nothing was restored"),
        (GOOD, {"/etc/escaped": "1"}, "belongs to no backup: nothing was restored"),
        (GOOD, {}, "no loki in it"),
    ],
)
def test_strange_archive_changes_nothing(
    stack: Stack, tmp_path: Path, manifest: object, members: Mapping[str, str], told: str
) -> None:
    """An archive that is no backup, of a newer version or with paths that lead elsewhere is refused in one line."""
    file = _archive(tmp_path / "strange.tar.gz", manifest, members)

    with pytest.raises(StackError) as caught:
        restore_backup(stack, file)

    assert told in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert _data(stack) == "now"
    assert not list(stack.places.state.glob(".restore-*"))


def test_cut_archive_changes_nothing(stack: Stack, tmp_path: Path) -> None:
    """A file of which the end is missing is told as damaged."""
    file = _archive(tmp_path / "whole.tar.gz", GOOD, {"loki/one": "1" * 100_000})
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(file.read_bytes()[:-20])

    with pytest.raises(StackError, match=r"cut.tar.gz is damaged \(.*\): nothing was restored"):
        restore_backup(stack, cut)

    assert _data(stack) == "now"


def test_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is one line."""
    with pytest.raises(StackError, match="is not there: expected a file of `anclora-otel stack backup`"):
        read_backup(tmp_path / "absent.tar.gz")
