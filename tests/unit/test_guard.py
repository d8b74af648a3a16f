"""A fault in telemetry is counted and said once, and never reaches the caller."""

from __future__ import annotations

import logging
import threading

import pytest

from anclora_otel._guard import Complaints, complaints, guarded


@guarded
def broken(value: int) -> None:
    """Always fail."""
    raise ValueError(f"cannot take {value}")


def test_a_fault_does_not_reach_the_caller(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged once and counted each time."""
    complaints.clear()
    with caplog.at_level(logging.WARNING, "anclora_otel"):
        for number in range(3):
            broken(number)

    assert len(caplog.records) == 1
    assert "cannot take 0" in caplog.text
    assert complaints.counts() == {"broken: ValueError": 3}
    complaints.clear()


def test_complaints_of_many_threads_are_all_counted() -> None:
    """No count is lost between threads, and one line is enough for all."""
    heard = Complaints()

    def complain() -> None:
        for _ in range(500):
            heard.say("kind", "message")

    threads = [threading.Thread(target=complain) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert heard.counts() == {"kind": 4000}


def test_memory_of_complaints_is_bounded(caplog: pytest.LogCaptureFixture) -> None:
    """Endless new kinds do not fill the memory."""
    heard = Complaints()
    with caplog.at_level(logging.CRITICAL, "anclora_otel"):
        for number in range(5000):
            heard.say(f"kind {number}", "message")

    assert len(heard.counts()) <= 1000


def test_a_message_is_made_only_when_it_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """What is costly to word is worded once."""
    made: list[int] = []
    heard = Complaints()

    def word() -> str:
        made.append(1)
        return "costly"

    with caplog.at_level(logging.WARNING, "anclora_otel"):
        for _ in range(3):
            heard.say("kind", word)

    assert made == [1]
    assert "costly (said once" in caplog.text
    assert heard.counts() == {"kind": 3}


def test_a_forked_child_can_complain() -> None:
    """A lock that another thread of the parent held at the fork would never be released in the child."""
    heard = Complaints()
    with heard._lock:
        heard.after_fork()
        heard.say("kind", "message")

    assert heard.counts() == {"kind": 1}
