"""The policy as it is applied in this process: the rules, made ready, and the key of hashing masks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import TypeAlias

from anclora_otel.redaction.hashing import hash_of
from anclora_otel.redaction.pattern import HASHED_KINDS, Pattern
from anclora_otel.redaction.patterns import PATTERNS

Mask: TypeAlias = "str | Callable[[re.Match[str]], str]"
"""A template of `re`, or what gives the mask of a match."""

Rule: TypeAlias = "tuple[re.Pattern[str] | None, re.Pattern[str], Mask]"
"""Precondition, expression, mask."""

Gate: TypeAlias = "tuple[tuple[str, ...], int, bool, tuple[Rule, ...]]"
"""Triggers, digits and sign that rules share, and the rules; one look decides about all of them."""


def _triggers(patterns: Iterable[Pattern]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(trigger for pattern in patterns for trigger in pattern.triggers))


def _hashing(pattern: Pattern, key: bytes) -> Callable[[re.Match[str]], str]:
    def mask(found: re.Match[str]) -> str:
        start = found.end(pattern.context_group) if pattern.context_group else found.start()
        hidden = found.string[start : found.end()]
        return f"{found.expand(pattern.replacement)}#{hash_of(pattern.kind, hidden, key)}"

    return mask


def _rule(pattern: Pattern, hash_key: bytes | None) -> Rule:
    precondition = re.compile(pattern.precondition, re.ASCII) if pattern.precondition else None
    mask: Mask = pattern.replacement
    if hash_key is not None and pattern.kind in HASHED_KINDS:
        mask = _hashing(pattern, hash_key)
    return precondition, re.compile(pattern.expression, re.ASCII), mask


def _conditions(pattern: Pattern) -> tuple[tuple[str, ...], int, bool]:
    return pattern.triggers, pattern.needs_digits, pattern.needs_sign


class Policy:
    """
    Rules made ready for use.

    Args:
        own: further patterns, applied before the built-in ones.
        hash_key: key of the hash that masks carry, or None for masks without.

    """

    def __init__(self, own: Sequence[Pattern] = (), hash_key: bytes | None = None) -> None:
        self.patterns: tuple[Pattern, ...] = (*own, *PATTERNS)
        self.hash_key: bytes | None = hash_key
        self.gates: tuple[Gate, ...] = tuple(
            (*conditions, tuple(_rule(pattern, hash_key) for pattern in group))
            for conditions, group in groupby(self.patterns, _conditions)
        )
        without_digits = [pattern for pattern in self.patterns if not pattern.needs_digits]
        self.triggers: tuple[str, ...] = _triggers(pattern for pattern in without_digits if not pattern.needs_sign)
        self.triggers_with_sign: tuple[str, ...] = _triggers(
            pattern for pattern in without_digits if pattern.needs_sign
        )
        self.reads_every_text: bool = any(not pattern.triggers for pattern in without_digits)
        self.preconditions_of_a_digit: tuple[re.Pattern[str], ...] = tuple(
            re.compile(pattern.precondition, re.ASCII) for pattern in self.patterns if pattern.needs_digits == 1
        )


class _Applied:
    """Holds the policy of this process."""

    def __init__(self) -> None:
        self.policy = Policy()
        self.listeners: list[Callable[[], None]] = []


applied = _Applied()
"""What every function of this package goes by."""


def use_policy(policy: Policy) -> None:
    """
    Apply a policy in this process from now on; ``use_policy(Policy())`` puts the built-in one back.

    Args:
        policy: what is looked for, and how it is masked.

    """
    applied.policy = policy
    for forget in applied.listeners:
        forget()
