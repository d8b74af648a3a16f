"""Say in one line why log files cannot be written, and what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from anclora_otel._guard import complaints

_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PERMISSION = (errno.EACCES, errno.EPERM, errno.EROFS)
_REMEDIES = {
    **dict.fromkeys(_SPACE, "free space there"),
    **dict.fromkeys(_PERMISSION, "let this process's user write there"),
    errno.ELOOP: "a symbolic link is not followed there, remove it",
    errno.EINVAL: "remove what stands there",
    errno.EISDIR: "remove the folder that stands there",
    errno.ENXIO: "remove what stands there",
    errno.ENOTDIR: "set ANCLORA_LOG_DIRECTORY to a folder",
    errno.EEXIST: "set ANCLORA_LOG_DIRECTORY to a folder",
    errno.EMFILE: "let the process open more files",
    errno.ETIMEDOUT: "see that no process that logs there is stopped",
}


def say_unwritable(error: OSError) -> None:
    """Say and count that lines cannot be written; until they can, they wait in memory."""
    _say(error, "written", "lines wait in memory and are dropped when too many do; the application goes on")


def say_unkept(error: OSError) -> None:
    """Say and count that files cannot be put aside, compressed or removed."""
    _say(error, "put aside, compressed or removed", "it is tried again within the hour; the application goes on")


def say_removed(directory: Path) -> None:
    """Say and count that the folder was removed while it was in use."""
    complaints.say(
        f"log folder removed: {directory}",
        f"log folder {directory} was removed with all its files: it is made again; leave it to the service, which "
        "removes old files itself",
    )


def say_dropped(directory: Path) -> None:
    """Say and count that lines are dropped before they reach the thread that writes."""
    complaints.say(
        "log lines dropped",
        f"log lines for the files in {directory} come faster than they can be written: they are dropped and counted; "
        "write fewer of them or raise the level, and see that the disk is fast and no process that logs is stopped",
    )


def _say(error: OSError, what: str, meanwhile: str) -> None:
    number = error.errno or 0
    code = errno.errorcode.get(number, type(error).__name__)
    path = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else "the log folder"
    # A full disk is one problem, whichever file meets it.
    kind = f"log files {what}: {code}" + ("" if number in _SPACE else f" {os.path.basename(path).partition('-2')[0]}")
    remedy = _REMEDIES.get(number, "see that the folder can be written to")
    complaints.say(kind, f"log file {path} cannot be {what} ({error.strerror or code}): {remedy}; {meanwhile}")
