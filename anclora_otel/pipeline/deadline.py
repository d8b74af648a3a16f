"""Run the last steps of all signals side by side under one deadline."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping

from anclora_otel._guard import report_fault


class SideBySide:
    """
    Threads that wait to finish the signals of a process, one a signal.

    They are started beforehand, since from Python 3.12 on no thread can be started while the interpreter exits, and
    they are daemons, so that a step which never returns cannot hold the exit up.

    Args:
        names: the signals.

    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self.restart()

    def restart(self) -> None:
        """Start the threads; call it again in a forked child, which inherits none."""
        self._jobs = {name: queue.SimpleQueue[Callable[[], None]]() for name in self._names}
        for name, jobs in self._jobs.items():
            threading.Thread(target=_work, args=(jobs,), name=f"anclora-otel {name}", daemon=True).start()

    def run(self, steps: Mapping[str, Callable[[], object]], timeout_seconds: float) -> frozenset[str]:
        """
        Run one step for each signal and wait for all of them.

        Args:
            steps: what to run, by signal.
            timeout_seconds: how long to wait altogether.

        Returns:
            The signals whose step came to its end without a fault; the others go on in the background.

        """
        deadline = time.monotonic() + timeout_seconds
        done: dict[str, threading.Event] = {}
        finished: set[str] = set()
        for name, step in steps.items():
            done[name] = threading.Event()
            self._jobs[name].put(_step(name, step, done[name], finished))
        for event in done.values():
            event.wait(max(0.0, deadline - time.monotonic()))
        return frozenset(finished)


def _step(name: str, step: Callable[[], object], done: threading.Event, finished: set[str]) -> Callable[[], None]:
    def run() -> None:
        try:
            step()
            finished.add(name)
        except Exception as error:
            report_fault(f"finishing {name}", error)
        finally:
            done.set()

    return run


def _work(jobs: queue.SimpleQueue[Callable[[], None]]) -> None:
    while True:
        jobs.get()()
