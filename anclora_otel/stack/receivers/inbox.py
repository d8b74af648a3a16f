"""What arrived, in memory and as JSON lines; and how a stand-in is told to fail."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from anclora_otel.errors import StackError

Failure = Literal["none", "down", "error", "limited", "slow"]
"""What a stand-in does: work, hang up, answer 500, answer 429, or answer late."""

FAILURES: tuple[Failure, ...] = ("none", "down", "error", "limited", "slow")

NAMES = ("slack", "email", "pagerduty", "deadman")
"""The stand-ins."""


@dataclass(frozen=True)
class Notification:
    """
    Something that a stand-in was sent.

    Args:
        receiver: ``slack``, ``email``, ``pagerduty`` or ``deadman``.
        accepted: whether it was in order.
        answer: what was answered, such as ``ok`` or ``invalid_payload``.
        place: channel, address or dedup key.
        title: its first line.
        content: all of it, without the secret that it came with.
        at: Unix time in seconds.

    """

    receiver: str
    accepted: bool
    answer: str
    place: str = ""
    title: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    at: float = field(default_factory=time.time)

    def line(self) -> str:
        """Give it as one line for a terminal."""
        clock = time.strftime("%H:%M:%S", time.localtime(self.at))
        refused = "" if self.accepted else f"  REFUSED: {self.answer}"
        text = "".join(sign if sign.isprintable() else "?" for sign in f"{self.place}  {self.title}{refused}")
        return f"{clock}  {self.receiver:<10} {text}"


@dataclass(frozen=True)
class Verdict:
    """
    What a stand-in says to a request.

    Args:
        status: HTTP status.
        text: body of the answer.
        notification: what is kept.
        content_type: of the body.

    """

    status: int
    text: str
    notification: Notification
    content_type: str = "text/html"


class Inbox:
    """
    Keeps what arrives and knows which stand-in shall fail.

    Args:
        file: JSON lines are added to it, or None to keep all in memory alone.
        notify: is called with each notification.
        kept: how many are kept in memory.

    """

    def __init__(
        self, file: Path | None = None, notify: Callable[[Notification], None] | None = None, kept: int = 10_000
    ) -> None:
        self._file = file
        self._notify = notify
        self._kept = kept
        self._notifications: list[Notification] = []
        self._failures: dict[str, Failure] = {}
        self._lock = threading.Lock()
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def add(self, notification: Notification) -> None:
        """Keep a notification."""
        with self._lock:
            self._notifications.append(notification)
            del self._notifications[: -self._kept]
            if self._file is not None:
                with self._file.open("a", encoding="utf-8") as opened:
                    opened.write(json.dumps(asdict(notification), ensure_ascii=False) + "\n")
        if self._notify is not None:
            self._notify(notification)

    def all(self, receiver: str = "") -> list[Notification]:
        """List what arrived, the earliest first, at one stand-in or at all."""
        with self._lock:
            return [each for each in self._notifications if receiver in ("", each.receiver)]

    def failure(self, receiver: str) -> Failure:
        """Say how a stand-in shall fail."""
        return self._failures.get(receiver, "none")

    def fail(self, receiver: str, failure: str) -> None:
        """
        Make a stand-in fail, or work again by ``none``.

        Raises:
            StackError: there is no such stand-in or failure.

        """
        if receiver not in NAMES:
            raise StackError(f"{receiver!r} is no stand-in: expected one of {', '.join(NAMES)}")
        for known in FAILURES:
            if failure == known:
                self._failures[receiver] = known
                return
        raise StackError(f"{failure!r} is no failure: expected one of {', '.join(FAILURES)}")
