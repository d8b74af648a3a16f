"""Make details fit for an answer that anybody may read: plain, bounded, redacted; no address, no stack trace."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from anclora_otel.redaction import redact_text, redact_value

MAX_TEXT_CHARACTERS = 300
"""Longer texts in details are cut here."""

MAX_ITEMS = 30
"""Items of one list or mapping that are kept."""

MAX_VALUES = 200
"""Values in the details of one check that are kept."""

MAX_DEPTH = 4
"""Lists and mappings below this depth are left out."""

LEFT_OUT = "[left out]"
"""Stands for what is beyond these bounds."""

ADDRESS = "[address]"
"""Stands for a URL, a host or an IP address in the text of an error."""

SECRET = "[secret]"  # noqa: S105 - the mask itself
"""Stands for what follows a word such as *password*, and for the user part of a URL."""

_INT64_LIMIT = 2**63
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_USER_PART = re.compile(r"(?<=://)[^/\s@]*@")
_ADDRESSES = re.compile(
    r"""
    [a-z][a-z0-9+.-]*://\S+                                  # a URL
    | \S+@\S+                                                # user:password@host
    | \[[0-9a-f:.]*:[0-9a-f:.]*\](?::\d+)?                   # an IPv6 address in brackets
    | (?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?!\w)   # and without
    | \b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?                     # an IPv4 address
    | \b[\w-]+(?:\.[\w-]+)*:\d{2,5}\b                        # host:port
    | \b(?:[a-z0-9_-]+\.)+[a-z][a-z-]+\b                     # a name with dots
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SECRETS = re.compile(
    r"""
    \b(
        (?:password|passwd|passphrase|pwd|secret|token|credentials?|api[ _-]?key)\b
        # What servers say of a wrong password, which helps whoever reads it.
        (?!\s+(?:pair|authentication|required)\b)
        (?:\s+(?:is|was)\b)?[\s:='"]{1,4}
        | user(?:name)?\b\s*[=:]?\s*['"]
    )
    [^\s,;)]+
    """,
    re.IGNORECASE | re.VERBOSE,
)


def safe_details(details: Mapping[str, object]) -> dict[str, object]:
    """
    Copy details into values that JSON can carry.

    Texts, lists and mappings are cut to the bounds above, personal data and secrets are masked. Never raises.
    """
    try:
        budget = iter(range(MAX_VALUES))
        plain = _plain_mapping(details, 1, budget)
        return {key: redact_value(key, value) for key, value in plain.items()}
    except Exception as error:
        return {"error": f"the details cannot be read ({type(error).__name__})"}


def describe_error(error: BaseException) -> dict[str, object]:
    """
    Give type and reason of an error as details: one short line without address, secret or stack trace.

    The reason is the operating system's where there is one, else the first line of the error's text.
    """
    described: dict[str, object] = {"error": safe_text(type(error).__name__)}
    reason = _system_reason(error) or _masked_line(error)
    return {**described, "reason": reason} if reason else described


def safe_text(value: object) -> str:
    """Give the text of any object on one line, cut, without control characters and lone surrogates."""
    try:
        text = value if isinstance(value, str) else str(value)
    except Exception:
        return f"a {type(value).__name__} whose text cannot be read"
    # Cut first, so that a huge text costs nothing.
    cut = text[: MAX_TEXT_CHARACTERS + 1]
    line = _CONTROL.sub(" ", cut).encode("utf-8", "backslashreplace").decode()
    line = _USER_PART.sub(f"{SECRET}@", line)
    return f"{line[:MAX_TEXT_CHARACTERS]}…" if len(text) > MAX_TEXT_CHARACTERS else line


def _plain(value: object, depth: int, budget: Iterator[int]) -> object:
    if next(budget, None) is None:
        return LEFT_OUT
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return _plain_number(value)
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        return _plain_container(value, depth + 1, budget)
    if isinstance(value, (bytes, bytearray)):
        value = bytes(value[:MAX_TEXT_CHARACTERS]).decode("utf-8", "backslashreplace")
    return _without_secrets(safe_text(value))


def _plain_container(
    value: Mapping[str, object] | list[object] | tuple[object, ...] | set[object] | frozenset[object],
    depth: int,
    budget: Iterator[int],
) -> object:
    if depth > MAX_DEPTH:
        return LEFT_OUT
    if isinstance(value, Mapping):
        return _plain_mapping(value, depth, budget)
    kept = [_plain(item, depth, budget) for item in islice(value, MAX_ITEMS)]
    return [*kept, LEFT_OUT] if len(value) > MAX_ITEMS else kept


def _plain_mapping(value: Mapping[str, object], depth: int, budget: Iterator[int]) -> dict[str, object]:
    items = islice(value.items(), MAX_ITEMS)
    kept = {redact_text(safe_text(key)): _plain(item, depth, budget) for key, item in items}
    return {**kept, "…": LEFT_OUT} if len(value) > MAX_ITEMS else kept


def _plain_number(value: float) -> object:
    if isinstance(value, int):
        # Without its digits: Python refuses to write very long numbers.
        return int(value) if -_INT64_LIMIT <= value < _INT64_LIMIT else f"a number of {value.bit_length()} bits"
    return float(value) if math.isfinite(value) else str(float(value))


def _system_reason(error: BaseException) -> str:
    """Find what the operating system said, such as *Connection refused*, in an error or in what caused it."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        if isinstance(link, OSError) and isinstance(link.errno, int) and link.errno > 0:
            return os.strerror(link.errno)
        link = link.__cause__ or link.__context__
    return ""


def _masked_line(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException:
        return "its text cannot be read"
    line = text.strip()[:2000].partition("\n")[0]
    masked = _ADDRESSES.sub(ADDRESS, _without_secrets(line))
    return safe_text(redact_text(masked))


def _without_secrets(text: str) -> str:
    return _SECRETS.sub(rf"\g<1>{SECRET}", text)
