"""The last steps of all signals run side by side under one deadline."""

from __future__ import annotations

import threading
import time

from anclora_otel.pipeline import SideBySide


def test_steps_run_side_by_side() -> None:
    """Two steps that wait for each other both come to their end."""
    meeting = threading.Barrier(2, timeout=5)

    finished = SideBySide(("a", "b")).run({"a": meeting.wait, "b": meeting.wait}, 5)

    assert finished == {"a", "b"}


def test_a_step_that_never_ends_does_not_hold_the_others() -> None:
    """The deadline holds for all together, and who missed it is not named."""
    release = threading.Event()
    began = time.monotonic()

    finished = SideBySide(("slow", "fast")).run({"slow": release.wait, "fast": lambda: None}, 0.2)
    taken = time.monotonic() - began
    release.set()

    assert finished == {"fast"}
    assert taken < 2


def test_a_step_that_fails_is_not_finished() -> None:
    """A fault in one signal is not the end of the others."""

    def fail() -> None:
        raise OSError("gone")

    assert SideBySide(("a", "b")).run({"a": fail, "b": lambda: None}, 2) == {"b"}


def test_after_a_restart_it_works_as_before() -> None:
    """A forked child starts its own threads."""
    side_by_side = SideBySide(("a",))
    side_by_side.restart()

    assert side_by_side.run({"a": lambda: None}, 2) == {"a"}
