"""Say in one line why log files cannot be written, and what to do."""

from __future__ import annotations

import errno
import os

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
}


def say_unwritable(error: OSError) -> None:
    """Say and count that lines cannot be written; until they can, they wait in memory."""
    _say(error, "written", "lines wait in memory and are dropped when too many do; the application goes on")


def say_unkept(error: OSError) -> None:
    """Say and count that old files cannot be compressed or removed."""
    _say(error, "compressed or removed", "it is tried again within the hour; the application goes on")


def _say(error: OSError, what: str, meanwhile: str) -> None:
    number = error.errno or 0
    code = errno.errorcode.get(number, type(error).__name__)
    path = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else "the log folder"
    # A full disk is one problem, whichever file meets it.
    kind = f"log files {what}: {code}" + ("" if number in _SPACE else f" {os.path.basename(path).partition('-2')[0]}")
    remedy = _REMEDIES.get(number, "see that the folder can be written to")
    complaints.say(kind, f"log file {path} cannot be {what} ({error.strerror or code}): {remedy}; {meanwhile}")
