"""Find and mask personal data and secrets in attributes, by their text and by what their keys say."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeVar, cast

from anclora_otel.redaction.keys import KeyKind, kind_of_key
from anclora_otel.redaction.pattern import TOKEN_MASK
from anclora_otel.redaction.policy import applied
from anclora_otel.redaction.texts import FAILURE_MASK, is_bare_phone, mask_phone, redact_text

DEPTH_MASK = "[nested too deeply]"
"""Stands for values below the depth that is examined."""

NUMBER_MASK = "[too many values]"
"""Stands for values beyond the number that is examined."""

MAX_NESTED_VALUES = 20_000
"""Values inside lists and mappings that are examined in one call."""

_MAX_DEPTH = 8
_MAX_EVENT_DEPTH = 20

_PHONE_CHARACTERS = re.compile(r"[ \t]*\+?[0-9 \u00a0\u202f()./\u2010\u2011\u2013-]+\Z")

EventT = TypeVar("EventT", bound=Mapping[str, object])


class _Bounds:
    """How much of one value is still examined."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.values = MAX_NESTED_VALUES


def redact_value(key: str, value: object) -> object:
    """
    Mask what an attribute's value holds, by its text and by what its key says that it is.

    Takes texts, numbers, bytes, sequences and mappings, and any other object by its text. Never raises.

    Args:
        key: name of the attribute; a number under ``customer.phone`` is a phone number.
        value: the value; given back as it is where nothing was found.

    """
    try:
        return _redact_value(kind_of_key(key), value, None, 0)
    except Exception:  # see redact_text
        return FAILURE_MASK


def redact_attributes(attributes: Mapping[str, object]) -> Mapping[str, object]:
    """
    Mask all keys and values of a mapping; give the same object back where nothing was found.

    Args:
        attributes: values of any type by their keys.

    """
    try:
        return _redact_mapping(attributes, None, 0)
    except Exception:  # see redact_text
        return {"redaction": FAILURE_MASK}


def redact_event(event: EventT) -> EventT:
    """
    Mask what an event for an error tracker holds, down to the variables in its stack frames.

    As `redact_attributes`, and deeper: for ``before_send`` of Sentry's SDK, whose events are nested mappings.
    Never raises; an event that cannot be read becomes one that says so.

    Args:
        event: the event; given back as it is where nothing was found, else a copy.

    """
    try:
        return cast("EventT", _redact_mapping(event, _Bounds(_MAX_EVENT_DEPTH), 0))
    except Exception:  # see redact_text
        return cast("EventT", {"message": FAILURE_MASK})


def _redact_value(kind: KeyKind, value: object, bounds: _Bounds | None, depth: int) -> object:
    if value is None or isinstance(value, bool):
        return value
    if kind == "secret":
        return TOKEN_MASK
    if isinstance(value, str):
        return _redact_text_of(kind, value)
    if isinstance(value, (int, float)):
        return _redact_number(kind, value)
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        return _redact_container(kind, value, bounds or _Bounds(_MAX_DEPTH), depth)
    return _redact_other(kind, value)


def _redact_container(
    kind: KeyKind, value: Mapping[str, object] | Iterable[object], bounds: _Bounds, depth: int
) -> object:
    if depth >= bounds.depth:
        return DEPTH_MASK
    if isinstance(value, Mapping):
        return _redact_mapping(value, bounds, depth + 1)
    results = []
    for item in value:
        bounds.values -= 1
        results.append(NUMBER_MASK if bounds.values < 0 else _redact_value(kind, item, bounds, depth + 1))
        if bounds.values < 0:
            break
    if bounds.values >= 0 and all(result is item for result, item in zip(results, value, strict=True)):
        return value
    return results if isinstance(value, list) else tuple(results)


def _redact_other(kind: KeyKind, value: object) -> object:
    if isinstance(value, (bytes, bytearray)):
        text = bytes(value).decode("utf-8", "surrogateescape")
        result = _redact_text_of(kind, text)
        return value if result is text else result.encode("utf-8", "surrogateescape")
    text = str(value)
    result = _redact_text_of(kind, text)
    return value if result is text else result


def _redact_text_of(kind: KeyKind, text: str) -> str:
    if kind == "phone" and _PHONE_CHARACTERS.match(text):
        masked = mask_phone(text)
        return text if masked == text else masked
    if kind == "weak" and is_bare_phone(text):
        return mask_phone(text)
    return redact_text(text)


def _redact_number(kind: KeyKind, value: float) -> object:
    if (kind == "plain" and abs(value) < _SHORTEST_NUMBER) or not math.isfinite(value) or value != int(value):
        return value
    text = str(int(value))
    result = _redact_text_of(kind, text)
    return value if result == text else result


_SHORTEST_NUMBER = 10**12
"""Numbers below this are no card number, so that their texts need not be looked at."""


def _redact_mapping(attributes: Mapping[str, object], bounds: _Bounds | None, depth: int) -> Mapping[str, object]:
    changed = False
    results: dict[str, object] = {}
    for key, value in attributes.items():
        if bounds is not None:
            bounds.values -= 1
            if bounds.values < 0:
                results["redaction"] = NUMBER_MASK
                return results
        name = _redacted_key(key) if isinstance(key, str) else key
        result = _redact_value(kind_of_key(key) if isinstance(key, str) else "plain", value, bounds, depth)
        # The name may come from the cache: an equal key, not the same object.
        changed = changed or result is not value or name != key
        results[name] = result
    return results if changed else attributes


@lru_cache(maxsize=4096)
def _redacted_key(key: str) -> str:
    return redact_text(key)


applied.listeners.append(_redacted_key.cache_clear)
