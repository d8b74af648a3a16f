"""What a silence may be: whom it mutes, for how long, and who answers for it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from anclora_otel.errors import AlertmanagerError

LONGEST = timedelta(days=7)
"""The longest silence that needs no force; a longer one is forgotten."""

KNOWN_LABELS = (
    "alertname",
    "service",
    "environment",
    "queue",
    "severity",
    "category",
    "family",
    "instance_name",
    "test",
)
"""Labels that our alerts have, for who misspells one."""

_MATCHER = re.compile(r"""\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*(.*?)\s*\Z""", re.DOTALL)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(?:[0-9]{1,9}[smhdw])+\Z")
_ANYTHING = ("probe", "probe-2", "0", "Ω")


def read_matcher(text: str) -> dict[str, Any]:
    """
    Read a matcher and give it as the API takes it.

    Args:
        text: such as ``alertname=HighQueueLatency`` or ``service=~"web|worker"``.

    Raises:
        AlertmanagerError: it is none, or has no value.

    """
    found = _MATCHER.match(text)
    if not found:
        raise AlertmanagerError(
            f"{text!r} is no matcher: expected label=value, label!=value, label=~regex or label!~regex"
        )
    label, operator, value = found.groups()
    if len(value) >= 2 and value[0] == value[-1] == '"':
        value = value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if not value:
        raise AlertmanagerError(f"{text!r} has no value: expected {label}{operator}something")
    if operator.endswith("~"):
        _refuse_bad_expression(text, value)
    return {"name": label, "value": value, "isRegex": operator.endswith("~"), "isEqual": operator.startswith("=")}


def _refuse_bad_expression(text: str, value: str) -> None:
    try:
        re.compile(value)
    except re.error as error:
        raise AlertmanagerError(
            f"{text!r} is no regular expression ({error}): mend it, or use = for plain text"
        ) from None


def read_matchers(texts: Sequence[str]) -> list[dict[str, Any]]:
    """
    Read the matchers of a silence.

    Args:
        texts: one a matcher.

    Raises:
        AlertmanagerError: one cannot be read, a label is misspelt, or together they match every alert.

    """
    matchers = [read_matcher(text) for text in texts]
    for matcher in matchers:
        _refuse_misspelt(matcher["name"])
    if not any(_narrows(matcher) for matcher in matchers):
        raise AlertmanagerError(
            "this silence would mute every alert: name at least one label, such as alertname=HighQueueLatency"
        )
    return matchers


def _refuse_misspelt(label: str) -> None:
    close = difflib.get_close_matches(label, KNOWN_LABELS, n=1, cutoff=0.75)
    if label not in KNOWN_LABELS and close:
        raise AlertmanagerError(f"no alert has the label {label}: did you mean {close[0]}?")


def _narrows(matcher: Mapping[str, Any]) -> bool:
    if not matcher["isEqual"]:
        return False
    # Whatever matches all of these words matches every value that a label is likely to have.
    return not matcher["isRegex"] or not all(re.fullmatch(matcher["value"], word) for word in _ANYTHING)


def read_duration(text: str, *, force: bool = False) -> timedelta:
    """
    Read how long a silence lasts.

    Args:
        text: such as ``90m``, ``2h`` or ``1d12h``.
        force: whether it may be longer than `LONGEST`.

    Raises:
        AlertmanagerError: it is no duration, or too long.

    """
    if not _DURATION.match(text):
        raise AlertmanagerError(f"{text!r} is no duration: expected one such as 90m, 2h or 1d")
    seconds = sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"([0-9]+)([smhdw])", text))
    if not 0 < seconds < 10**10:
        raise AlertmanagerError(f"{text!r} is no duration of a silence: expected one such as 90m, 2h or 1d")
    if seconds > LONGEST.total_seconds() and not force:
        raise AlertmanagerError(f"{text} is longer than {LONGEST.days}d: choose less, or pass --force")
    return timedelta(seconds=seconds)


def new_silence(
    matchers: Sequence[Mapping[str, Any]], duration: timedelta, author: str, comment: str
) -> dict[str, Any]:
    """
    Put a silence together that begins now.

    Args:
        matchers: as `read_matchers` gives them.
        duration: how long it lasts.
        author: who answers for it.
        comment: why it is made.

    Raises:
        AlertmanagerError: author or comment is blank.

    """
    for name, text in (("--author", author), ("--comment", comment)):
        if not text.strip():
            raise AlertmanagerError(f"{name} is blank: expected who silences, and why, for whoever finds it later")
    now = datetime.now(timezone.utc)
    return {
        "matchers": [dict(matcher) for matcher in matchers],
        "startsAt": now.isoformat(),
        "endsAt": (now + duration).isoformat(),
        "createdBy": author.strip(),
        "comment": comment.strip(),
    }
