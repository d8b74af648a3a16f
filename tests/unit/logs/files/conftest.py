"""What the tests of the log files share: a clock that is set, and lines."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest

from anclora_otel._guard import complaints


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, day: str) -> None:
        self.set(day)

    def set(self, day: str) -> None:
        """Set it to noon of a day."""
        self.seconds = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=timezone.utc).timestamp()

    def __call__(self) -> float:
        """Give the time."""
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands on 1 March 2026."""
    return Clock("2026-03-01")


@pytest.fixture(autouse=True)
def said(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Hear every complaint anew, and give what was said."""
    complaints.clear()
    caplog.set_level(logging.INFO, "anclora_otel")
    yield caplog
    complaints.clear()
