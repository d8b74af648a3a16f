"""
The one guard between telemetry and the application.

A fault in telemetry is counted and logged once a kind; it never reaches the caller.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections import Counter
from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec("P")

logger = logging.getLogger("anclora_otel")

_KINDS_REMEMBERED = 1000


class Complaints:
    """Say each kind of complaint once and count them all; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def say(self, kind: str, message: str | Callable[[], str]) -> None:
        """Count a complaint and log `message`, made only then, as a warning if its kind was not heard before."""
        with self._lock:
            first = kind not in self._counts and len(self._counts) < _KINDS_REMEMBERED
            if first or kind in self._counts:
                self._counts[kind] += 1
        if first:
            text = message if isinstance(message, str) else message()
            logger.warning("%s (said once; later ones are counted)", text)

    def counts(self) -> dict[str, int]:
        """Give the number of complaints of each kind."""
        with self._lock:
            return dict(self._counts)

    def after_fork(self) -> None:
        """Take a lock of its own in a forked child: another thread of the parent may have held this one."""
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget all complaints, so that each is said again."""
        with self._lock:
            self._counts.clear()


complaints = Complaints()
"""The complaints of this process."""


def guarded(function: Callable[P, None]) -> Callable[P, None]:
    """
    Keep every fault of a recorder away from its caller.

    Wrong arguments included: a call that does not fit the signature is counted and said once like any other fault.
    """

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except Exception as error:
            report_fault(function.__name__, error)

    return call


def report_fault(where: str, error: BaseException) -> None:
    """Count a fault and say it once; whatever the error's text does, nothing is raised."""
    kind = f"{where}: {type(error).__name__}"
    try:
        text = str(error)
    except Exception:
        text = "an error whose text cannot be read"
    complaints.say(kind, f"{kind}: {text}; the call is not recorded in full, the application goes on")
