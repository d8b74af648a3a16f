"""Backup and restore of what Prometheus and Loki have stored in the native stack."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anclora_otel.errors import StackError
from anclora_otel.stack.components import find_component
from anclora_otel.stack.orchestration import Stack

BACKED_UP = ("prometheus", "loki")
"""The components whose data a backup holds; the folder of each has its name. Grafana runs in containers alone."""

MANIFEST = "manifest.json"
"""The first file of a backup: what it holds."""

FORMAT = 1
"""The number of the format."""

# Early releases of Python 3.10 do not know the argument; entries are looked at before as well.
_SAFELY: Mapping[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
_LEFT_OUT = ("lock", "queries.active")
_PROGRESS_BYTES = 8 * 1024 * 1024

Progress = Callable[[str, int], None]
"""Is told a component and the bytes done so far."""


@dataclass(frozen=True)
class Backup:
    """
    What a backup holds.

    Args:
        file: where it lies.
        created_at: Unix time in seconds.
        versions: of each component, by its name.
        bytes: of each component's data before compression, by its name.

    """

    file: str
    created_at: float
    versions: Mapping[str, str]
    bytes: Mapping[str, int]


def create_backup(
    stack: Stack, file: Path, names: Sequence[str] = BACKED_UP, progress: Progress | None = None
) -> Backup:
    """
    Copy the data of components that are stopped for it and started again, one after the other.

    Nothing is lost meanwhile: the collector's queue holds what arrives.

    Args:
        stack: the native stack.
        file: a .tar.gz that is not there yet; readable by its owner alone.
        names: some of `BACKED_UP`.
        progress: is told how far it is.

    Raises:
        StackError: a component is not known or has no data, or the file cannot be written.

    """
    folders = {name: _data_folder(stack, name) for name in names}
    for name, folder in folders.items():
        if not folder.is_dir():
            raise StackError(f"{name} has no data in {folder}: start the stack once, or choose another component")
    if file.exists():
        raise StackError(f"{file} is there already: choose another name")
    versions = {name: find_component(name).version for name in names}
    sizes = {name: sum(each.stat().st_size for each in _files(folder)) for name, folder in folders.items()}
    backup = Backup(str(file), time.time(), versions, sizes)
    partial = file.with_name(f".{file.name}.partial")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial.touch(mode=0o600)
        with tarfile.open(partial, "w:gz", compresslevel=3) as archive:
            _add_manifest(archive, backup)
            for name, folder in folders.items():
                with _standing_still(stack, name):
                    _add_folder(archive, name, folder, progress)
        partial.replace(file)
    except OSError as error:
        raise StackError(f"{file} cannot be written ({error.strerror or error})") from error
    finally:
        partial.unlink(missing_ok=True)
    return backup


def restore_backup(stack: Stack, file: Path, progress: Progress | None = None) -> Backup:
    """
    Put a backup's data in the place of what there is.

    The archive is unpacked beside the data first: one that is broken changes nothing. What was there is kept as
    `NAME.before-restore` until the next restore.

    Args:
        stack: the native stack; its components are stopped for it and started again where they ran.
        file: made by `create_backup`.
        progress: is told how far it is.

    Raises:
        StackError: the file is no backup, is damaged, or comes from a newer version.

    """
    backup = read_backup(file)
    stack.places.state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=stack.places.state, prefix=".restore-") as folder:
        _unpack(file, backup.versions, Path(folder), progress)
        for name in backup.versions:
            data = _data_folder(stack, name)
            with _standing_still(stack, name):
                before = data.with_name(f"{name}.before-restore")
                shutil.rmtree(before, ignore_errors=True)
                if data.exists():
                    data.rename(before)
                (Path(folder) / name).rename(data)
    return backup


def read_backup(file: Path) -> Backup:
    """
    Read what a backup holds.

    Raises:
        StackError: the file is none, or comes from a newer version of a component.

    """
    try:
        with tarfile.open(file, "r:gz") as archive:
            first = archive.next()
            content = archive.extractfile(first) if first is not None and first.name == MANIFEST else None
            manifest: dict[str, Any] = json.loads(content.read()) if content else {}
        backup = Backup(str(file), float(manifest["created_at"]), dict(manifest["versions"]), dict(manifest["bytes"]))
    except FileNotFoundError:
        raise StackError(f"{file} is not there: expected a file of `anclora-otel stack backup`") from None
    except (OSError, tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
        raise StackError(
            f"{file} is no backup ({type(error).__name__}): expected one of `anclora-otel stack backup`"
        ) from error
    if manifest.get("format") != FORMAT or not set(backup.versions) <= set(BACKED_UP):
        raise StackError(f"{file} has another format: expected {FORMAT}, with {' and '.join(BACKED_UP)}")
    for name, version in backup.versions.items():
        if _numbers(version) > _numbers(find_component(name).version):
            raise StackError(
                f"{file} has data of {name} {version}: expected {find_component(name).version} or older, "
                "since an older program may not read what a newer one wrote"
            )
    return backup


@contextlib.contextmanager
def _standing_still(stack: Stack, name: str) -> Iterator[None]:
    """Stop a component, and start it again afterwards where it ran."""
    ran = stack.stop(name)
    try:
        yield
    finally:
        if ran:
            stack.start(name)


def _data_folder(stack: Stack, name: str) -> Path:
    if name not in BACKED_UP:
        raise StackError(f"{name} has nothing to back up: expected one of {', '.join(BACKED_UP)}")
    return stack.places.state / name


def _files(folder: Path) -> list[Path]:
    return [each for each in sorted(folder.rglob("*")) if each.is_file() and each.name not in _LEFT_OUT]


def _add_manifest(archive: tarfile.TarFile, backup: Backup) -> None:
    manifest = {
        "format": FORMAT,
        "created_at": backup.created_at,
        "versions": dict(backup.versions),
        "bytes": dict(backup.bytes),
    }
    text = json.dumps(manifest, indent=2).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mtime, entry.mode = len(text), int(backup.created_at), 0o600
    archive.addfile(entry, io.BytesIO(text))


def _add_folder(archive: tarfile.TarFile, name: str, folder: Path, progress: Progress | None) -> None:
    done = 0
    told = 0
    archive.add(folder, arcname=name, recursive=False)
    for each in sorted(folder.rglob("*")):
        if each.name in _LEFT_OUT:
            continue
        archive.add(each, arcname=f"{name}/{each.relative_to(folder)}", recursive=False)
        done += each.stat().st_size if each.is_file() else 0
        if progress is not None and done - told >= _PROGRESS_BYTES:
            progress(name, done)
            told = done


def _unpack(file: Path, names: Iterable[str], target: Path, progress: Progress | None) -> None:
    done: dict[str, int] = {}
    try:
        with tarfile.open(file, "r:gz") as archive:
            for entry in archive:
                _refuse_strange(file, entry)
                if entry.name == MANIFEST:
                    continue
                archive.extract(entry, target, **_SAFELY)
                name = entry.name.partition("/")[0]
                before = done.get(name, 0)
                done[name] = before + entry.size
                if progress is not None and done[name] // _PROGRESS_BYTES > before // _PROGRESS_BYTES:
                    progress(name, done[name])
    except (OSError, tarfile.TarError, EOFError) as error:
        raise StackError(f"{file} is damaged ({error}): nothing was restored") from error
    missing = [name for name in names if not (target / name).is_dir()]
    if missing:
        raise StackError(f"{file} is damaged (no {', '.join(missing)} in it): nothing was restored")


def _refuse_strange(file: Path, entry: tarfile.TarInfo) -> None:
    parts = Path(entry.name).parts
    inside = entry.name == MANIFEST or (parts and parts[0] in BACKED_UP)
    if not inside or ".." in parts or not (entry.isfile() or entry.isdir()):
        raise StackError(f"{file} holds {entry.name!r}, which belongs to no backup: nothing was restored")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))
