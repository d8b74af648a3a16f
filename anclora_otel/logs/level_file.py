"""
The file through which all processes of a service share changed levels.

It holds one JSON object, such as ``{"all": "info", "queue": "debug"}``. Nobody else can plant it: the folder of the
default path is the user's own, and a file that others may write is refused.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from anclora_otel.errors import AncloraOtelError, SettingsError
from anclora_otel.logs.names import checked_level, checked_name

MAX_FILE_BYTES = 65_536
"""A larger file is refused."""

Levels = Mapping[str, str]
"""Names of loggers, or ``all``, with names of levels."""

Signature = tuple[int, int, int]
"""What tells one version of the file from another: the time of its last change in ns, its inode, its bytes."""

_LOCK_SECONDS = 2.0
_PREFIX, _SUFFIX = "log-levels-", ".json"
_NAME = re.compile(r"[^A-Za-z0-9._-]")


class LevelFileError(AncloraOtelError):
    """Raised when the file of levels cannot be used; its text says why and what to do."""


def default_path(service_name: str) -> Path:
    """Give the file of a service: in a folder of the user's own below the folder for temporary files."""
    plain = _NAME.sub("_", service_name)[:80]
    if plain != service_name:
        plain = f"{plain}-{hashlib.sha256(service_name.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return _default_folder() / f"{_PREFIX}{plain}{_SUFFIX}"


def level_file(configured: str, service_name: str) -> Path:
    """Give the file that the settings name, or the default one of the service."""
    return Path(configured) if configured else default_path(service_name)


def known_services() -> list[str]:
    """Name the services of this user that have a default file on this host, whether they run or not."""
    try:
        names = [path.name for path in _default_folder().iterdir()]
    except OSError:
        return []
    return sorted(
        name.removeprefix(_PREFIX).removesuffix(_SUFFIX)
        for name in names
        if name.startswith(_PREFIX) and name.endswith(_SUFFIX)
    )


def signature(path: Path) -> Signature | None:
    """
    Give what changes whenever the file does, or None where there is no file.

    Raises:
        LevelFileError: if the file cannot be looked at.

    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LevelFileError(f"{path} of the log levels cannot be looked at: {error.strerror}") from error
    return found.st_mtime_ns, found.st_ino, found.st_size


def read_levels(path: Path) -> dict[str, str]:
    """
    Read the levels of the file; none where there is no file.

    Raises:
        LevelFileError: if it cannot be read, may be written by others, or holds anything but levels.

    """
    try:
        content = _read_bytes(path)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise LevelFileError(f"{path} of the log levels cannot be read: {error.strerror}") from error
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise LevelFileError(
            f'{path} of the log levels holds something else: expected {{"queue": "debug"}}; the levels stay as they are'
        )
    try:
        return {checked_name(name): checked_level(level) for name, level in found.items()}
    except SettingsError as error:
        raise LevelFileError(f"{path} of the log levels is not used: {error}") from None


def create(path: Path) -> None:
    """
    Make a file without levels, unless there is one.

    Raises:
        LevelFileError: if it cannot be made.

    """
    prepare_folder(path)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise LevelFileError(f"{path} of the log levels cannot be made: {error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write("{}")


def change_levels(path: Path, change: Callable[[Levels], Levels], *, in_place_of_broken: Levels) -> dict[str, str]:
    """
    Change the levels in the file while no other process does, and give those that hold now.

    Args:
        path: the file.
        change: gives the new levels for those that the file holds.
        in_place_of_broken: what counts as held where the file is no file of levels.

    Raises:
        LevelFileError: if it cannot be written.

    """
    prepare_folder(path)
    with _locked(path):
        try:
            held = read_levels(path)
            changed = dict(change(held))
            if changed == held:
                return changed
        except LevelFileError:
            changed = dict(change(in_place_of_broken))
        _write(path, changed)
        return changed


def prepare_folder(path: Path) -> None:
    """
    Make sure that the file's folder is there and, at the default path, the user's own.

    Raises:
        LevelFileError: if it is not.

    """
    folder = path.parent
    try:
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = os.lstat(folder)
    except OSError as error:
        raise LevelFileError(
            f"folder {folder} of the log levels cannot be used: {error.strerror}; set ANCLORA_LOG_LEVELS_FILE"
        ) from error
    own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
    if folder == _default_folder() and not own:
        raise LevelFileError(
            f"folder {folder} of the log levels is not this user's alone: remove it or set ANCLORA_LOG_LEVELS_FILE"
        )


def _default_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"anclora-otel-{os.geteuid()}"


def _write(path: Path, levels: Levels) -> None:
    """Put a new file in the place of the old one at once, with the old one's owner where root writes."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                json.dump(dict(levels), stream)
            if os.geteuid() == 0:
                owner = (path if path.exists() else path.parent).stat()
                os.chown(name, owner.st_uid, owner.st_gid)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise LevelFileError(
            f"{path} of the log levels cannot be written: {error.strerror}; set ANCLORA_LOG_LEVELS_FILE to a path "
            "that can"
        ) from error


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold other processes off while the file is read and written anew; for `_LOCK_SECONDS` at most."""
    try:
        descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        # Where the folder cannot be opened, the writing itself says so.
        yield
        return
    try:
        _wait_for_lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def _wait_for_lock(descriptor: int) -> None:
    deadline = time.monotonic() + _LOCK_SECONDS
    while time.monotonic() < deadline:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.01)
        except OSError:
            return
        else:
            return


def _read_bytes(path: Path) -> bytes:
    # A pipe in the file's place must not hold the reader up.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid not in (os.geteuid(), 0) or found.st_mode & 0o022:
            raise LevelFileError(
                f"{path} of the log levels is not used: expected a file of this user that nobody else may write; "
                f"run: chmod 600 {path}"
            )
        if found.st_size > MAX_FILE_BYTES:
            raise LevelFileError(
                f"{path} of the log levels has {found.st_size} bytes: expected {MAX_FILE_BYTES} at most"
            )
        return os.read(descriptor, MAX_FILE_BYTES)
    finally:
        os.close(descriptor)
