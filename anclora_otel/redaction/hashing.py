"""
Keyed hashes in masks, so that one person can be followed without being known.

The hash is made of what was hidden in its plainest form, so that ``+34 600 111 222``, ``0034600111222`` and
``34600111222@s.whatsapp.net`` have the same. With the key alone a number can be found out by trying all of them: keep
it as you would keep the numbers.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import stat
from pathlib import Path

MIN_KEY_BYTES = 16
"""A shorter key is refused."""

_MAX_KEY_BYTES = 4096
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_FIRST_CHARACTERS = "abcdefghijklmnop"


def hash_of(kind: str, hidden: str, key: bytes) -> str:
    """
    Give the hash that stands behind a mask: a letter and seven hexadecimal digits (32 bits).

    It begins with a letter so that no rule reads it as part of a number.

    Args:
        kind: of the rule that found it.
        hidden: the text that was found.
        key: at least `MIN_KEY_BYTES`.

    """
    digest = hmac.new(key, f"{kind}:{plainest(kind, hidden)}".encode("utf-8", "surrogatepass"), hashlib.sha256)
    digits = digest.hexdigest()
    return _FIRST_CHARACTERS[int(digits[0], 16)] + digits[1:8]


def plainest(kind: str, hidden: str) -> str:
    """Give what was hidden without what is a matter of writing: separators, case, the 00 or plus of a number."""
    if kind == "phone":
        return _plainest_phone(hidden)
    if kind == "email":
        return hidden.replace("%40", "@").strip(".-_").lower()
    if kind in {"card", "iban"}:
        return re.sub("[^0-9A-Z]", "", hidden.replace("%20", ""))
    return hidden


def read_key(path: str) -> bytes:
    """
    Read a key from its file, which nobody but its owner may read.

    Args:
        path: the file; white space at its ends is no part of the key.

    Raises:
        ValueError: the file cannot be read, others can read it, or the key is too short; says which, never the key.

    """
    try:
        mode = Path(path).stat().st_mode
        if not stat.S_ISREG(mode):
            raise ValueError("no regular file")
        if mode & _OPEN_TO_OTHERS:
            raise ValueError(f"open to others (mode {stat.S_IMODE(mode):04o}): expected mode 0600, run chmod 600 on it")
        with Path(path).open("rb") as file:
            key = file.read(_MAX_KEY_BYTES + 1).strip()
    except OSError as error:
        raise ValueError(f"unreadable ({error.strerror or type(error).__name__})") from None
    if not MIN_KEY_BYTES <= len(key) <= _MAX_KEY_BYTES:
        raise ValueError(f"of {len(key)} bytes: expected {MIN_KEY_BYTES} to {_MAX_KEY_BYTES}")
    return key


def _plainest_phone(hidden: str) -> str:
    number = re.sub(r"%2[Bb]", "+", hidden)
    if "@" in number or "%40" in number:
        # A WhatsApp address may carry a device or a time behind the number.
        number = re.split("[^0-9]", number)[0]
    number = re.sub(r"%2[089Dd]", "", number)
    international = number.lstrip(" (").startswith(("+", "\uff0b"))
    digits = re.sub("[^0-9]", "", re.sub(r"\(0\)", "", number) if international else number)
    return digits.removeprefix("00")
