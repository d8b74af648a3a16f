"""
From the text of a variable to its value.

Each function takes the text and returns the value, or raises ValueError whose text says what was expected.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from anclora_otel.catalogue import METRICS
from anclora_otel.catalogue.levels import STDLIB_LEVELS

_BAGGAGE_KEY = re.compile(r"[0-9A-Za-z!#$%&'*+.^_`|~-]{1,256}\Z")
T = TypeVar("T", bound=str)

SAMPLERS = (
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
)
"""Source: OpenTelemetry specification, "General SDK Configuration", OTEL_TRACES_SAMPLER."""

BUDGET_LIMIT = 1_000_000
"""The largest budget that can be set."""

BUDGETED_LABELS = tuple(sorted({label.key for metric in METRICS for label in metric.labels if label.budget}))
"""Labels whose values are bounded by a budget."""

_PORT_LIMIT = 65535


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """Find the choice that a misspelt name most likely meant."""
    found = difflib.get_close_matches(name, list(choices), n=1, cutoff=0.75)
    return found[0] if found else None


def boolean(text: str) -> bool:
    """Read ``true`` or ``false``, also as ``1`` and ``0``."""
    value = {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower())
    if value is None:
        raise ValueError("true or false")
    return value


def one_of(choices: Iterable[T]) -> Callable[[str], T]:
    """Make a reader that accepts one of `choices`, whatever its case."""
    allowed = {str(choice): choice for choice in choices}

    def read(text: str) -> T:
        value = text.strip().lower()
        if value in allowed:
            return allowed[value]
        hint = nearest(value, allowed)
        raise ValueError(" or ".join(allowed) + (f' (did you mean "{hint}"?)' if hint else ""))

    return read


def subset_of(choices: Iterable[str]) -> Callable[[str], frozenset[str]]:
    """Make a reader of a comma-separated list out of `choices`; ``all`` stands for every one."""
    allowed = tuple(choices)

    def read(text: str) -> frozenset[str]:
        names = [name.strip().lower() for name in text.split(",") if name.strip()]
        if names == ["all"]:
            return frozenset(allowed)
        for name in names:
            if name not in allowed:
                hint = nearest(name, allowed)
                listed = ", ".join(allowed)
                raise ValueError(f"a list out of {listed}" + (f' (did you mean "{hint}"?)' if hint else ""))
        if not names:
            raise ValueError("a list out of " + ", ".join(allowed))
        return frozenset(names)

    return read


def number(minimum: float, maximum: float = math.inf, *, unit: str = "", scale: float = 1) -> Callable[[str], float]:
    """
    Make a reader of a number between two bounds.

    Args:
        minimum: the least value allowed.
        maximum: the greatest value allowed.
        unit: the unit in which the text is written, for the message.
        scale: what the number is divided by, such as 1000 from milliseconds to seconds.

    """
    upper = "" if math.isinf(maximum) else f" and at most {maximum:g}"
    expected = f"a number{f' of {unit}' if unit else ''} of at least {minimum:g}{upper}"

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise ValueError(expected) from None
        if not minimum <= value <= maximum or math.isinf(value):
            raise ValueError(expected)
        return value / scale

    return read


def whole_number(minimum: int, maximum: int) -> Callable[[str], int]:
    """Make a reader of a whole number between two bounds."""
    expected = f"a whole number from {minimum} to {maximum}"

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise ValueError(expected) from None
        if not minimum <= value <= maximum:
            raise ValueError(expected)
        return value

    return read


def name(text: str) -> str:
    """Read a name: something other than white space, one line, at most 200 characters."""
    value = text.strip()
    if not value or not value.isprintable() or len(value) > 200:
        raise ValueError("a printable name of 1 to 200 characters")
    return value


def url(text: str) -> str:
    """Read an ``http`` or ``https`` URL with a host and, if any, a valid port."""
    value = text.strip()
    expected = "a URL such as http://localhost:4318"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError(expected) from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or (port is not None and not 0 < port <= _PORT_LIMIT)
    ):
        raise ValueError(expected)
    return value


def base_url(text: str) -> str:
    """Read the URL to which the path of each signal is added."""
    value = url(text)
    if value.rstrip("/").endswith(("/v1/traces", "/v1/metrics", "/v1/logs")):
        raise ValueError("the URL without /v1/…, which is added for each signal")
    return value


def path(text: str) -> str:
    """Read the path of a route: it begins with a slash and holds no parameter, query or white space."""
    value = text.strip()
    if not value.startswith("/") or value == "/" or any(sign in value for sign in "{}?# \t"):
        raise ValueError("a path such as /metrics")
    return value.rstrip("/")


def file_path(text: str) -> str:
    """Read the path of a file or a folder, also one that begins with ``~``; whether it exists is seen when used."""
    value = text.strip()
    if not value.isprintable():
        raise ValueError("a path without control characters")
    return str(Path(value).expanduser())


def pairs(text: str) -> Mapping[str, str]:
    """Read ``key=value,key=value`` with percent-encoding, as resource attributes and headers are written."""
    found: dict[str, str] = {}
    for part in text.split(","):
        if not part.strip():
            continue
        key, sign, value = part.partition("=")
        if not sign or not key.strip():
            raise ValueError("pairs such as key=value,key=value")
        found[unquote(key.strip())] = unquote(value.strip())
    return found


def log_level(text: str) -> int:
    """Read the name of a log level and give its number in the standard library's scale."""
    return STDLIB_LEVELS[one_of(STDLIB_LEVELS)(text)]


def baggage_keys(text: str) -> frozenset[str]:
    """Read a comma-separated list of keys of baggage: tokens, as W3C Baggage has them."""
    keys = [key.strip() for key in text.split(",") if key.strip()]
    if not keys or not all(_BAGGAGE_KEY.match(key) for key in keys):
        raise ValueError("keys such as campaign,experiment, of letters, digits and !#$%&'*+-.^_`|~")
    return frozenset(keys)


def component_levels(text: str) -> Mapping[str, int]:
    """Read ``component=level,component=level`` and give each level's number in the standard library's scale."""
    try:
        return {component: log_level(level) for component, level in pairs(text).items()}
    except ValueError as error:
        raise ValueError(f"pairs such as queue=debug,bot=warn; a level is {error}") from None


def budgets(text: str) -> Mapping[str, int]:
    """Read ``label=count,label=count``, each count a whole number of at least 1, each label one with a budget."""
    read = whole_number(1, BUDGET_LIMIT)
    try:
        found = {label: read(count) for label, count in pairs(text).items()}
    except ValueError as error:
        raise ValueError(f"pairs such as campaign_id=1000,queue=20; a count is {error}") from None
    for label in found:
        problem = budget_label_problem(label)
        if problem:
            raise ValueError(problem)
    return found


def budget_label_problem(label: str) -> str:
    """Say which labels have a budget if this one has none; an empty string if it has."""
    if label in BUDGETED_LABELS:
        return ""
    hint = nearest(label, BUDGETED_LABELS)
    known = f"labels with a budget, {', '.join(BUDGETED_LABELS)}; {_clipped(label)} has none"
    return f'{known} (did you mean "{hint}"?)' if hint else known


def _clipped(text: str) -> str:
    flat = "".join(sign if sign.isprintable() else "?" for sign in text)
    return flat if len(flat) <= 40 else f"{flat[:40]}…"
