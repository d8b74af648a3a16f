"""Following the output of components."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from anclora_otel.stack.log_tail import follow, last_lines


def _steps(*steps: Callable[[], object]) -> Callable[[], bool]:
    """Do the next step each time that there is nothing new, and end after the last."""
    waiting = list(steps)

    def goes_on() -> bool:
        if waiting:
            waiting.pop(0)()
            return True
        return False

    return goes_on


def _append(file: Path, text: str) -> Callable[[], object]:
    def write() -> None:
        with file.open("a") as opened:
            opened.write(text)

    return write


def test_last_lines(tmp_path: Path) -> None:
    """The last lines are given, and none of a file that is not there."""
    file = tmp_path / "loki.log"
    file.write_text("one\ntwo\nthree\n")

    assert last_lines(file, 2) == ["two", "three"]
    assert last_lines(tmp_path / "absent.log", 2) == []


def test_following_gives_what_comes_and_nothing_else(tmp_path: Path) -> None:
    """What was there is passed over; a line that is written in two parts comes once, whole."""
    file, late = tmp_path / "loki.log", tmp_path / "collector.log"
    file.write_text("old\n")
    steps = _steps(_append(file, "one\ntw"), _append(file, "o\n"), _append(late, "three\n"))

    assert list(follow([file, late], steps)) == [(file, "one"), (file, "two"), (late, "three")]


def test_following_goes_on_after_a_restart(tmp_path: Path) -> None:
    """A file that is put aside for a new one is read from its beginning."""
    file = tmp_path / "loki.log"
    file.write_text("old\n")

    def restart() -> None:
        file.rename(tmp_path / "loki.previous.log")
        file.write_text("new\n")

    assert list(follow([file], _steps(restart, _append(file, "newer\n")))) == [(file, "new"), (file, "newer")]
