"""Files of programs without the SDK on their way to Loki: every line, once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from anclora_otel.stack import Places, Ports, Stack
from tests.stack.example import eventually
from tests.stack.tailed import all_lines, numbered_lines

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start a whole stack for this module and stop it."""
    places = Places.choose(PROJECT, os.environ, state=tmp_path_factory.mktemp("tailed"))
    stack = Stack(places, Ports.free(), {"ANCLORA_ENVIRONMENT": "test"})
    stack.up()
    yield stack
    stack.down()


def _numbers(stack: Stack) -> list[int]:
    return sorted(int(line.text.rpartition(" ")[2]) for line in all_lines(stack, "numbers"))


def test_fifty_thousand_lines_arrive_once(stack: Stack) -> None:
    """Rotation, compression, a stop and two kills of the collector neither lose a line nor send one twice."""
    with numbered_lines(stack.places.tailed / "numbers.log") as program:
        program("write 5000")
        program("rotate")
        program("write 5000")
        eventually(lambda: len(_numbers(stack)) > 0, "the first lines")

        stack.stop("collector")
        program("write 5000")
        program("rotate")
        program("write 5000")
        stack.start("collector")

        program("write 10000")
        stack.kill("collector")
        program("write 5000")
        stack.start("collector")
        eventually(lambda: len(_numbers(stack)) > 25_000, "lines after the first kill")
        stack.kill("collector")
        program("rotate")
        program("write 5000")
        stack.start("collector")
        eventually(lambda: len(_numbers(stack)) >= 40_000, "lines after the second kill", 90)

        program("write 5000")
        program("rotate-compress")
        program("write 5000")

    eventually(lambda: len(_numbers(stack)) >= 50_000, "all lines", 120)
    assert list(range(50_000)) == _numbers(stack)
