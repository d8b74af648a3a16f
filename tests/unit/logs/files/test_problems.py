"""One clear line a problem: what was got, what to do, and what happens meanwhile."""

from __future__ import annotations

import errno
import os

import pytest

from anclora_otel._guard import complaints
from anclora_otel.logs.files.problems import say_unkept, say_unwritable

FILE = "/var/log/service/anclora-error-2026-03-01.log"
MEANWHILE = "lines wait in memory and are dropped when too many do; the application goes on"


def fault(number: int, path: str | None = FILE) -> OSError:
    """Make the error that the kernel gives."""
    return OSError(number, os.strerror(number), path)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "No space left on device): free space there"),
        (errno.EDQUOT, "Disk quota exceeded): free space there"),
        (errno.EFBIG, "File too large): free space there"),
        (errno.EACCES, "Permission denied): let this process's user write there"),
        (errno.EROFS, "Read-only file system): let this process's user write there"),
        (errno.ELOOP, "Too many levels of symbolic links): a symbolic link is not followed there, remove it"),
        (errno.ENOTDIR, "Not a directory): set ANCLORA_LOG_DIRECTORY to a folder"),
        (errno.ETIMEDOUT, "Connection timed out): see that no process that logs there is stopped"),
        (errno.EIO, "Input/output error): see that the folder can be written to"),
    ],
)
def test_the_line_says_what_to_do(number: int, remedy: str, said: pytest.LogCaptureFixture) -> None:
    """It names the file, the kernel's reason and the remedy."""
    say_unwritable(fault(number))

    assert said.messages == [f"log file {FILE} cannot be written ({remedy}; {MEANWHILE} {ONCE}"]


ONCE = "(said once; later ones are counted)"


def test_a_full_disk_is_one_problem(said: pytest.LogCaptureFixture) -> None:
    """Each file meets it, and it is said for the first alone."""
    for name in ("anclora-2026-03-01.log", "anclora-error-2026-03-01.log", "anclora-2026-03-02.log"):
        say_unwritable(fault(errno.ENOSPC, name))

    assert len(said.messages) == 1
    assert complaints.counts() == {"log files written: ENOSPC": 3}


def test_other_problems_are_those_of_a_file(said: pytest.LogCaptureFixture) -> None:
    """The same fault at another file is said, on another day it is not."""
    for name in ("anclora-2026-03-01.log", "anclora-error-2026-03-01.log", "anclora-2026-03-02.log"):
        say_unwritable(fault(errno.EACCES, name))

    assert len(said.messages) == 2


def test_what_cannot_be_kept_in_order_is_another_problem(said: pytest.LogCaptureFixture) -> None:
    """Lines are written all the same, and the line does not claim that they wait."""
    say_unkept(fault(errno.EACCES))

    line = (
        f"log file {FILE} cannot be put aside, compressed or removed (Permission denied): let this process's user "
        f"write there; it is tried again within the hour; the application goes on {ONCE}"
    )
    assert said.messages == [line]


def test_an_error_without_number_and_path_is_said_too(said: pytest.LogCaptureFixture) -> None:
    """Nothing about it is known, and nothing breaks."""
    say_unwritable(OSError("odd"))

    assert said.messages[0].startswith("log file the log folder cannot be written (OSError): see that the folder")
