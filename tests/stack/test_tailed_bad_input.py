"""Files that no careful program would write: each is read as far as it can be, and none stops the others."""

from __future__ import annotations

import gzip
import os
import shutil
from datetime import datetime, timedelta

import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack import Stack
from tests.stack.example import eventually
from tests.stack.tailed import all_lines, arrived, write


def clock(seconds: float) -> str:
    """Give the time that many seconds ago as a line begins with it."""
    return (datetime.now().astimezone() - timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S,%f")


def test_bytes_that_are_no_text(shared_stack: Stack) -> None:
    """Invalid UTF-8 becomes replacement characters, NUL bytes stay, and the lines around them arrive."""
    write(shared_stack, "bytes.log", b"before\nbad \xff\xfe \x00 end\nafter\n")

    assert {"before", "bad \ufffd\ufffd \x00 end", "after"} == {line.text for line in arrived(shared_stack, "bytes", 3)}


def test_a_line_of_two_megabytes_loses_nothing(shared_stack: Stack) -> None:
    """A line that is longer than Loki's becomes several records, which together are the line."""
    text = "".join(f"{number:07d}," for number in range(250_000))
    write(shared_stack, "long.log", f"{text}\nshort\n")

    lines = arrived(shared_stack, "long", 12)
    assert text == "".join(sorted(line.text for line in lines if line.text != "short"))


def test_names_that_cannot_be_read(shared_stack: Stack) -> None:
    """A folder, an empty file and a link to nothing are passed over; a link to a file is read once with it."""
    folder = shared_stack.places.tailed
    write(shared_stack, "empty.log", "")
    (folder / "folder.log").mkdir()
    (folder / "nothing.log").symlink_to(folder / "not-there")
    target = write(shared_stack, "linked-target.log", "read once\n")
    (folder / "linked.log").symlink_to(target)
    write(shared_stack, "beside.log", "beside them\n")

    arrived(shared_stack, "beside", 1)
    both = eventually(lambda: all_lines(shared_stack, "linked") + all_lines(shared_stack, "linked-target"), "the link")
    assert [line.text for line in both] == ["read once"]
    (folder / "nothing.log").unlink()


def test_a_file_that_is_cut_short_goes_on(shared_stack: Stack) -> None:
    """After copytruncate the new lines arrive, and none of the old ones a second time."""
    file = write(shared_stack, "cut.log", "".join(f"{clock(9)} INFO old {number}\n" for number in range(100)))
    arrived(shared_stack, "cut", 100)
    shutil.copy(file, f"{file}.1")
    with file.open("r+", encoding="utf-8") as stream:
        stream.truncate()
        stream.write(f"{clock(0)} INFO new\n{clock(0)} INFO newer\n")

    assert [line.text.split()[-1] for line in arrived(shared_stack, "cut", 102)[-2:]] == ["new", "newer"]


def test_what_was_compressed_unread_is_read(shared_stack: Stack) -> None:
    """Lines that were written, rotated and compressed while the collector was away still arrive, once."""
    file = write(shared_stack, "unread.log", "".join(f"{clock(9)} INFO read {number}\n" for number in range(100)))
    arrived(shared_stack, "unread", 100)
    shared_stack.kill("collector")
    with file.open("a", encoding="utf-8") as stream:
        stream.write("".join(f"{clock(0)} INFO unread {number}\n" for number in range(100)))
    with file.open("rb") as plain, gzip.open(f"{file}.1.gz", "wb") as packed:
        shutil.copyfileobj(plain, packed)
    file.unlink()
    write(shared_stack, "unread.log", f"{clock(0)} INFO live\n")
    shared_stack.start("collector")

    texts = [line.text.partition("INFO ")[2] for line in arrived(shared_stack, "unread", 201)]
    expected = {f"{word} {number}" for word in ("read", "unread") for number in range(100)} | {"live"}
    assert expected == set(texts)


def test_a_named_pipe_is_refused(shared_stack: Stack) -> None:
    """A pipe, which would stop the reading of all files, keeps the collector from starting, with one clear line."""
    pipe = shared_stack.places.tailed / "pipe.log"
    shared_stack.stop("collector")
    os.mkfifo(pipe)
    try:
        with pytest.raises(
            StackError, match=r"pipe\.log is a named pipe.*keep it out of ANCLORA_COLLECTOR_TAILED_FILES"
        ):
            shared_stack.start("collector")
    finally:
        pipe.unlink()
        shared_stack.start("collector")
