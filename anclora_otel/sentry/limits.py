"""
Keep tags and extra within what Sentry takes.

Source of the limits: Sentry's documentation, "Tags" and "Size limits" of Relay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from anclora_otel.pipeline.plain_values import plain_value, safe_text

MAX_EXTRA_BYTES = 200_000
"""Bytes of all extra of one event; Sentry refuses events of 1 MiB."""

_MAX_TEXT = 16_384
_TAG_KEY_CHARACTERS = 32
_TAG_VALUE_CHARACTERS = 200
_NOT_IN_KEY = re.compile(r"[^0-9A-Za-z_.:-]+")


def bounded_tags(tags: object) -> dict[str, str]:
    """Give tags as Sentry takes them: short keys of letters and digits, values of one line; others are made so."""
    if not isinstance(tags, Mapping):
        return {} if tags is None else {"tags": " ".join(safe_text(tags).split())[:_TAG_VALUE_CHARACTERS]}
    found: dict[str, str] = {}
    for key, value in tags.items():
        name = _NOT_IN_KEY.sub("_", safe_text(key))[:_TAG_KEY_CHARACTERS]
        text = " ".join(safe_text(value).split())[:_TAG_VALUE_CHARACTERS]
        if name and text:
            found[name] = text
    return found


def bounded_extra(extra: object) -> dict[str, object]:
    """Give extra as plain values of bounded depth, number and size."""
    if extra is None:
        return {}
    plain = plain_value(extra if isinstance(extra, Mapping) else {"extra": extra})
    if not isinstance(plain, dict):
        return {"extra": plain}
    left = MAX_EXTRA_BYTES
    found: dict[str, object] = {}
    for key, value in plain.items():
        kept = value[:_MAX_TEXT] if isinstance(value, str) else value
        size = len(json.dumps(kept, default=str))
        left -= size
        found[key] = kept if left >= 0 else f"[left out: {size} bytes]"
        left += size if left < 0 else 0
    return found
