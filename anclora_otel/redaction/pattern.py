"""The form of one rule of the policy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

PHONE_MASK = "*****"
"""Stands for the middle of a phone number."""

EMAIL_MASK = "[email]"
"""Stands for an e-mail address."""

TOKEN_MASK = "[token]"  # noqa: S105  a mask is no password
"""Stands for a secret: a token, a key, a password."""

CREDENTIALS_MASK = "[credentials]"
"""Stands for the user and the password in a URL."""

CARD_MASK = "[card]"
"""Stands for the number of a payment card."""

IBAN_MASK = "[iban]"
"""Stands for an account number."""

OWN_MASK = "[redacted]"
"""The mask of an own pattern that names none."""

HASHED_KINDS = frozenset({"phone", "email", "card", "iban", "own"})
"""Kinds whose masks carry a keyed hash where there is a key; a secret has nobody behind it to be followed."""


@dataclass(frozen=True)
class Pattern:
    r"""
    One rule of the policy, in a form that Python and the collector share.

    Args:
        name: what it finds, for configuration comments and tests.
        kind: ``phone``, ``email``, ``card``, ``iban``, ``token``, ``credentials`` or ``own``.
        expression: what Python's `re` with the flag ``ASCII`` and Go's RE2 both understand.
        replacement: template for a match, groups written as ``\g<1>``.
        triggers: lower-case texts, one of which stands in every text that can match, upper case put to lower.
        needs_digits: what a match holds: 7 for seven digits or more in a row, separators aside, 1 for a digit.
        needs_sign: whether a match holds a colon or an equals sign.
        precondition: cheaper expression that also finds something in every text that can match.
        context_group: number of the group before what is masked, such as the word before a number; 0 for none.

    """

    name: str
    kind: str
    expression: str
    replacement: str
    triggers: tuple[str, ...] = ()
    needs_digits: Literal[0, 1, 7] = 0
    needs_sign: bool = False
    precondition: str = ""
    context_group: int = 0

    @property
    def go_replacement(self) -> str:
        """Give the replacement as Go's `regexp` writes it, groups as ``${1}``."""
        return re.sub(r"\\g<(\d+)>", r"${\1}", self.replacement)
