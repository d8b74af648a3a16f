"""Files of programs without the SDK on their way to Loki: every line, once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from anclora_otel.stack import Places, Ports, Stack
from tests.stack.example import eventually
from tests.stack.tailed import Writer, all_lines, holds_line, numbered_lines
from tests.wire.running import poll

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start a whole stack for this module and stop it."""
    places = Places.choose(PROJECT, os.environ, state=tmp_path_factory.mktemp("tailed"))
    stack = Stack(places, Ports.free(), {"ANCLORA_ENVIRONMENT": "test"})
    stack.up()
    yield stack
    stack.down()


def _numbers(stack: Stack, service: str = "numbers") -> list[int]:
    return sorted(int(line.text.rpartition(" ")[2]) for line in all_lines(stack, service))


def _await_number(stack: Stack, number: int) -> None:
    """Wait for a line, the last of a file where the next rotation compresses that."""
    eventually(lambda: holds_line(stack, "numbers", f" {number}"), f"line {number}", 90)


def test_fifty_thousand_lines_arrive_once(stack: Stack) -> None:
    """Rotation, compression, a stop and two kills of the collector neither lose a line nor send one twice."""
    with numbered_lines(stack.places.tailed / "numbers.log") as program:
        program("write 5000")
        program("rotate")
        program("write 5000")
        _await_number(stack, 4_999)

        stack.stop("collector")
        program("write 5000")
        program("rotate")
        program("write 5000")
        stack.start("collector")

        program("write 10000")
        stack.kill("collector")
        program("write 5000")
        stack.start("collector")
        _await_number(stack, 14_999)
        stack.kill("collector")
        program("rotate")
        program("write 5000")
        stack.start("collector")
        _await_number(stack, 34_999)

        program("write 5000")
        program("rotate-compress")
        program("write 5000")

    _await_number(stack, 49_999)
    eventually(lambda: len(_numbers(stack)) >= 50_000, "all lines", 120)
    assert list(range(50_000)) == _numbers(stack)


def _write_steadily(program: Writer, times: int) -> None:
    """Let the program write a few lines now and then, as programs do."""
    left = iter(range(times))

    def written() -> bool:
        program("write 7")
        return next(left, None) is None

    poll(written, 60, "the program to write")


def test_a_kill_at_any_moment_loses_nothing(stack: Stack) -> None:
    """Wherever a kill meets the way from the file to the queue, each line of a steady program arrives once."""
    rounds = range(25, 65, 4)
    written = sum(7 * (times + 1) for times in rounds)
    with numbered_lines(stack.places.tailed / "killed.log") as program:
        for times in rounds:
            _write_steadily(program, times)
            stack.kill("collector")
            stack.start("collector")

    eventually(lambda: len(_numbers(stack, "killed")) >= written, "all lines", 60)
    assert list(range(written)) == _numbers(stack, "killed")
