"""What a check is: its name, its function, its deadline, and how grave its failure is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from anclora_otel._guard import complaints
from anclora_otel.catalogue.health import CHECK_TIMEOUT_SECONDS
from anclora_otel.health.details import safe_text
from anclora_otel.health.limits import usable_number
from anclora_otel.health.results import STATUSES, CheckAnswer, CheckFunction, CheckStatus
from anclora_otel.redaction import contains_personal_data, mask_phone, redact_text

MAX_NAME_CHARACTERS = 64
"""Longer names of checks are cut here."""

MIN_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS = 0.001, 3600
"""The shortest and the longest time that a check may be given."""

_READ_CHARACTERS = 1000


@dataclass(frozen=True)
class ReadyCheck:
    """
    A check that knows how grave it is; what the ready-made factories return, callable like any other.

    Args:
        function: what to call.
        critical: whether its failure makes the service unhealthy, unless it is added otherwise.
        worst: the worst status that it can have, whatever it returns or raises.

    """

    function: CheckFunction
    critical: bool = True
    worst: CheckStatus = "fail"

    def __call__(self) -> CheckAnswer | Awaitable[CheckAnswer]:
        """Run the check."""
        return self.function()


@dataclass(frozen=True)
class Check:
    """
    A check as it is registered.

    Args:
        name: its key in the answer.
        function: what to call; no argument.
        timeout_seconds: how long it may take.
        critical: whether its failure makes the service unhealthy.
        worst: the worst status that it can have.

    """

    name: str
    function: Callable[[], object]
    timeout_seconds: float
    critical: bool
    worst: CheckStatus

    def bounded(self, status: CheckStatus) -> CheckStatus:
        """Give a status, or the worst that this check can have."""
        return STATUSES[min(STATUSES.index(status), STATUSES.index(self.worst))]

    @property
    def timeout_status(self) -> CheckStatus:
        """Give the status of a check that did not answer in time."""
        return self.bounded("fail") if self.critical else "warn"

    @property
    def timeout_text(self) -> str:
        """Say that the check did not answer in time."""
        return f"timed out after {self.timeout_seconds:g} s"


def build_check(name: str, function: object, timeout_seconds: object, critical: bool | None) -> Check:
    """
    Build a check; what cannot be used is replaced and said once, so that the service starts and answers.

    Args:
        name: as it stands in the answer.
        function: what to call.
        timeout_seconds: how long it may take; None for the default.
        critical: None for what the check says itself.

    """
    ready = function if isinstance(function, ReadyCheck) else None
    cleaned = clean_name(name)
    timeout = CHECK_TIMEOUT_SECONDS if timeout_seconds is None else timeout_seconds
    return Check(
        cleaned,
        cast("Callable[[], object]", ready.function if ready else function),
        usable_number(
            f"timeout_seconds of the health check {cleaned}",
            timeout,
            CHECK_TIMEOUT_SECONDS,
            lowest=MIN_TIMEOUT_SECONDS,
            highest=MAX_TIMEOUT_SECONDS,
        ),
        (ready.critical if ready else True) if critical is None else bool(critical),
        ready.worst if ready else "fail",
    )


def clean_name(name: Any) -> str:
    """Give a name that can stand in an answer and in a log line: short, printable, naming no person."""
    text = name if isinstance(name, str) else safe_text(name)
    printable = "".join(character if character.isprintable() else "_" for character in text[:_READ_CHARACTERS])
    # Masked before it is cut, since half a phone number is not found any more.
    cleaned = redact_text(printable.strip())[:MAX_NAME_CHARACTERS] or "unnamed"
    if contains_personal_data(cleaned):
        cleaned = mask_phone(cleaned)
    if cleaned != name:
        complaints.say(
            f"name of health check {cleaned}",
            f"a health check's name cannot be used as it is: expected up to {MAX_NAME_CHARACTERS} printable characters "
            f'that name no person; it is called "{cleaned}"',
        )
    return cleaned
