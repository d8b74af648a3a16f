"""Find and mask personal data and secrets in attributes, by their text and by what their keys say."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from anclora_otel.redaction.pattern import TOKEN_MASK
from anclora_otel.redaction.texts import FAILURE_MASK, is_bare_phone, mask_phone, redact_text

DEPTH_MASK = "[nested too deeply]"
"""Stands for values below the depth that is examined."""

_MAX_DEPTH = 8

_PHONE_CHARACTERS = re.compile(r"[ \t]*\+?[0-9 \u00a0\u202f()./\u2010\u2011\u2013-]+\Z")
_KEY_WORD = re.compile(r"[A-Z]?[a-zé]+|[A-Z]+(?![a-z])|[0-9]+")
_PHONE_KEYS = frozenset(
    {"phone", "phones", "telephone", "tel", "tlf", "mobile", "movil", "celular", "telefono", "teléfono"}
    | {"msisdn", "whatsapp", "jid", "remotejid"}
)
_PHONE_KEY_ENDINGS = frozenset({"number", "numbers", "no", "id", "numero"})
_WEAK_KEYS = frozenset({"from", "to", "number", "sender", "recipient", "numero"})
_SECRET_KEYS = frozenset(
    {
        "authorization",
        "cookie",
        "apikey",
        "password",
        "passwd",
        "secret",
        "x_api_key",
        "api_key",
        "set_cookie",
    }
    | {"proxy_authorization", "access_token", "refresh_token"}
)


def redact_value(key: str, value: object) -> object:
    """
    Mask what an attribute's value holds, by its text and by what its key says that it is.

    Takes texts, numbers, bytes, sequences and mappings, and any other object by its text. Never raises.

    Args:
        key: name of the attribute; a number under ``customer.phone`` is a phone number.
        value: the value; given back as it is where nothing was found.

    """
    try:
        return _redact_value(_key_kind(key), value, 0)
    except Exception:  # see redact_text
        return FAILURE_MASK


def redact_attributes(attributes: Mapping[str, object]) -> Mapping[str, object]:
    """Mask all keys and values of a mapping; give the same object back where nothing was found."""
    try:
        return _redact_mapping(attributes, 0)
    except Exception:  # see redact_text
        return {"redaction": FAILURE_MASK}


def _redact_value(kind: str, value: object, depth: int) -> object:
    if value is None or isinstance(value, bool):
        return value
    if kind == "secret":
        return TOKEN_MASK
    if isinstance(value, str):
        return _redact_text_of(kind, value)
    if isinstance(value, (int, float)):
        return _redact_number(kind, value)
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        return _redact_container(kind, value, depth)
    return _redact_other(kind, value)


def _redact_container(kind: str, value: Mapping[str, object] | Iterable[object], depth: int) -> object:
    if depth >= _MAX_DEPTH:
        return DEPTH_MASK
    if isinstance(value, Mapping):
        return _redact_mapping(value, depth + 1)
    results = [_redact_value(kind, item, depth + 1) for item in value]
    if all(result is item for result, item in zip(results, value, strict=True)):
        return value
    return results if isinstance(value, list) else tuple(results)


def _redact_other(kind: str, value: object) -> object:
    if isinstance(value, (bytes, bytearray)):
        text = bytes(value).decode("utf-8", "surrogateescape")
        result = _redact_text_of(kind, text)
        return value if result is text else result.encode("utf-8", "surrogateescape")
    text = str(value)
    result = _redact_text_of(kind, text)
    return value if result is text else result


def _redact_text_of(kind: str, text: str) -> str:
    if kind == "phone" and _PHONE_CHARACTERS.match(text):
        masked = mask_phone(text)
        return text if masked == text else masked
    if kind == "weak" and is_bare_phone(text):
        return mask_phone(text)
    return redact_text(text)


def _redact_number(kind: str, value: float) -> object:
    if kind == "plain" or not math.isfinite(value) or value != int(value):
        return value
    text = str(int(value))
    result = _redact_text_of(kind, text)
    return value if result == text else result


def _redact_mapping(attributes: Mapping[str, object], depth: int) -> Mapping[str, object]:
    changed = False
    results: dict[str, object] = {}
    for key, value in attributes.items():
        name = _redacted_key(key) if isinstance(key, str) else key
        result = _redact_value(_key_kind(key) if isinstance(key, str) else "plain", value, depth)
        # The name may come from the cache: an equal key, not the same object.
        changed = changed or result is not value or name != key
        results[name] = result
    return results if changed else attributes


@lru_cache(maxsize=4096)
def _redacted_key(key: str) -> str:
    return redact_text(key)


@lru_cache(maxsize=4096)
def _key_kind(key: str) -> str:
    words = [word.lower() for word in _KEY_WORD.findall(key[-128:])]
    if not words:
        return "plain"
    if any("_".join(words[-count:]) in _SECRET_KEYS for count in (1, 2, 3)):
        return "secret"
    if words[-1] in _PHONE_KEYS:
        return "phone"
    if len(words) > 1 and words[-1] in _PHONE_KEY_ENDINGS and words[-2] in _PHONE_KEYS | {"wa"}:
        return "phone"
    return "weak" if words[-1] in _WEAK_KEYS else "plain"
