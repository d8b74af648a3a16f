"""
What the keys of attributes say about their values, as expressions that Python and the collector share.

A key counts by its end: ``customer.phone``, ``customerPhone`` and ``phone_number`` name a phone number,
``phone.model`` does not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

KeyKind = Literal["secret", "phone", "weak", "plain"]
"""
What a value is by its key.

- ``secret``: masked whatever it is;
- ``phone``: masked where it has six digits or more and nothing else but what stands in phone numbers;
- ``weak``: masked where it is nothing but digits, as many as a phone number has, and no Unix time;
- ``plain``: masked by its text alone.
"""

_START = r"(?:^|[^A-Za-z])"
_ENDING = "(?:[._-]?(?i:numbers?|no|id|numero))?$"
_WEAK = ("from", "to", "number", "sender", "recipient", "numero")


def _named(words: str, capitalised: str) -> str:
    """Give the words at the start of a word: after anything but a letter, or as a capital after a small letter."""
    return f"(?:{_START}(?i:{words})|[a-z0-9](?:{capitalised}))"


_SECRETS = (
    r"(?i)(?:authorization|cookie|api[ ._-]?key|passw(?:or)?d|passphrase|contrase[nñÑ]a|private[._-]?key|"
    r"secret(?:[._-]?(?:access[._-]?)?key)?|(?:access|refresh|auth|api|session|csrf|xsrf|verify)[._-]?token)s?$"
)
_PHONE = (
    r"(?:(?i:phone|msisdn|tel[eéÉ]fono|celular|remote[._-]?jid)"
    rf"|{_named('m[oóÓ]vil|mobile|tel|tlf|jid|whatsapp|wa', 'M[oó]vil|Mobile|Tel|Tlf|Jid|Whatsapp|WhatsApp')})"
    rf"s?{_ENDING}"
)

KEY_EXPRESSIONS: tuple[tuple[KeyKind, str], ...] = (
    ("secret", _SECRETS),
    ("phone", _PHONE),
    ("weak", rf"{_named('|'.join(_WEAK), '|'.join(word.capitalize() for word in _WEAK))}$"),
)
"""Kinds with the expression that finds their keys, the first that does counts; the collector has no weak ones."""

BARE_PHONE = "^(?:1[0-9]{10}|[02-9][0-9]{8,14})$"
"""Nothing but digits, as many as a phone number has; ten and thirteen that begin with 1 are a Unix time."""

WEAK_KEYS = _WEAK
"""Weak keys as they stand alone, for the collector."""

_READY = tuple((kind, re.compile(expression, re.ASCII)) for kind, expression in KEY_EXPRESSIONS)
_KEY_END_CHARACTERS = 128


@lru_cache(maxsize=4096)
def kind_of_key(key: str) -> KeyKind:
    """Say what a value is by its key; of a long key the end is read."""
    end = key[-_KEY_END_CHARACTERS:].rstrip("\n")
    for kind, expression in _READY:
        if expression.search(end):
            return kind
    return "plain"
