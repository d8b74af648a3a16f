"""A stack of its own with the example on it, for the tests that need both."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from anclora_otel.stack import Places, Ports, Stack
from tests.stack.example import Example

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def shared_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start a stack with fresh stores and stop it."""
    places = Places.choose(PROJECT, os.environ, state=tmp_path_factory.mktemp("example-stack"))
    stack = Stack(places, Ports.free())
    stack.up()
    yield stack
    stack.down()


@pytest.fixture(scope="session")
def example(shared_stack: Stack) -> Iterator[Example]:
    """Run the example's service, worker and stand-in on the stack."""
    running = Example(shared_stack)
    try:
        running.start()
        yield running
    finally:
        running.stop()
