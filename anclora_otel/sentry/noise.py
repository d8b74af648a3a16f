"""Which errors become no issue: those that tell of the outside world and come to an end by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from anclora_otel.pipeline.plain_values import safe_text

_TEXT_CHARACTERS = 2000


@dataclass(frozen=True)
class NoiseRule:
    """
    Errors of one kind; an error is of that kind where any part of the rule fits.

    Args:
        exceptions: names of exception classes, with their module unless they are built in; subclasses fit as well.
        messages: regular expressions that are searched for in the error's text, whatever the case.
        statuses: HTTP statuses, as in the error's ``status_code``, ``status`` or ``response.status_code``.
        error_types: values of the error's ``error_type``, which are those of the label ``error_type`` of the metrics.

    """

    exceptions: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    statuses: frozenset[int] = field(default_factory=frozenset)
    error_types: frozenset[str] = field(default_factory=frozenset)

    def fits(self, error: BaseException) -> bool:
        """
        Say whether an error is of this kind.

        Args:
            error: what was raised.

        """
        if self.exceptions and not class_names(error).isdisjoint(self.exceptions):
            return True
        if self.statuses and status_of(error) in self.statuses:
            return True
        if self.error_types and _attribute(error, "error_type") in self.error_types:
            return True
        text = safe_text(error)[:_TEXT_CHARACTERS] if self.messages else ""
        return any(re.search(message, text, re.IGNORECASE) for message in self.messages)


NOISE_RULES: Mapping[str, NoiseRule] = MappingProxyType(
    {
        "network": NoiseRule(
            (
                "ConnectionError",
                "socket.gaierror",
                "aiohttp.client_exceptions.ClientConnectionError",
                "httpx.NetworkError",
                "httpx.RemoteProtocolError",
                "redis.exceptions.ConnectionError",
                "requests.exceptions.ConnectionError",
            ),
            (
                r"\b(?:ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|ENETUNREACH)\b",
                r"network is unreachable",
                r"connection reset",
            ),
            error_types=frozenset({"network"}),
        ),
        "rate_limit": NoiseRule(
            (),
            (r"\brate[ -]limit(?:s|ed|ing)?\b", r"too many requests"),
            frozenset({429}),
            frozenset({"rate_limit"}),
        ),
        "timeout": NoiseRule(
            (
                "TimeoutError",
                "asyncio.exceptions.TimeoutError",
                "concurrent.futures._base.TimeoutError",
                "httpx.TimeoutException",
                "redis.exceptions.TimeoutError",
                "requests.exceptions.Timeout",
            ),
            (r"\bETIMEDOUT\b", r"\btimed out\b", r"\btimeout (?:of \S+ )?exceeded"),
            frozenset({408, 504}),
            frozenset({"timeout"}),
        ),
        "refused": NoiseRule(("ConnectionRefusedError",), (r"\bECONNREFUSED\b", r"connection refused")),
        "bad_request": NoiseRule((), (r"\bbad request\b",), frozenset({400})),
        "validation": NoiseRule(
            (
                "fastapi.exceptions.RequestValidationError",
                "pydantic_core._pydantic_core.ValidationError",
            ),
            statuses=frozenset({422}),
            error_types=frozenset({"validation"}),
        ),
    }
)
"""The groups by name; ``ANCLORA_SENTRY_NOISE`` and `init_sentry` choose among them."""

DEFAULT_NOISE: tuple[str, ...] = tuple(NOISE_RULES)
"""The names that hold unless others are given."""


class NoiseFilter:
    """
    What is left out of Sentry.

    Args:
        noise: names of groups of `NOISE_RULES`, names of exception classes such as ``shop.errors.SoldOut``, and rules
            of the application's own.

    """

    def __init__(self, noise: Iterable[str | NoiseRule]) -> None:
        self._rules = tuple(_rule(each) for each in noise)

    def is_noise(self, error: BaseException) -> bool:
        """
        Say whether the error is left out.

        An error that only tells BullMQ not to try again is judged by what it was raised from.
        """
        told = error.__cause__ if ends_retries(error) and error.__cause__ is not None else error
        return any(rule.fits(told) for rule in self._rules)


def class_names(error: BaseException) -> set[str]:
    """Give the names of an error's class and of those above it; built-in ones have no module."""
    return {
        kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        for kind in type(error).__mro__
    }


def ends_retries(error: BaseException) -> bool:
    """Say whether an error tells BullMQ not to try again: its UnrecoverableError, or one below it."""
    return any(name.startswith("bullmq.") and name.endswith(".UnrecoverableError") for name in class_names(error))


def status_of(error: BaseException) -> int | None:
    """Give the HTTP status that an error carries, or None."""
    for holder in (error, _attribute(error, "response")):
        for name in ("status_code", "status"):
            found = _attribute(holder, name)
            if isinstance(found, int):
                return int(found)
    return None


def _attribute(holder: object, name: str) -> object:
    try:
        found: object = getattr(holder, name, None)
        hash(found)
    except Exception:
        return None
    return found


def _rule(noise: str | NoiseRule) -> NoiseRule:
    if isinstance(noise, NoiseRule):
        return noise
    return NOISE_RULES.get(noise) or NoiseRule((noise.removeprefix("builtins."),))
