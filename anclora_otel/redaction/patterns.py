"""
The policy as data: what is looked for and what stands in its place.

Every expression stays inside what Python's `re` and Go's RE2 both understand (no look-around).
"""

from __future__ import annotations

from anclora_otel.redaction.banking import BANKING_PATTERNS
from anclora_otel.redaction.pattern import EMAIL_MASK, Pattern
from anclora_otel.redaction.phones import CHAT_PATTERN, PHONE_PATTERNS
from anclora_otel.redaction.secrets import AT_SIGNS, CREDENTIALS_PATTERNS, SECRET_PATTERNS

# A backslash may be part of it, since JSON escapes other letters than ASCII's.
_LOCAL = r"""[^\x00-\x20"'(),:;<>@\[\]{|}\x7f/=&?*]{1,64}"""
_DOMAIN = r"[^\x00-\x2c\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]{1,253}\.[^\x00-\x40\x5b-\x60\x7b-\x7f]{2,63}"

EMAIL_PATTERN = Pattern("e-mail address", "email", rf"{_LOCAL}(?:@|%40){_DOMAIN}", EMAIL_MASK, triggers=AT_SIGNS)
"""An e-mail address, its `@` also as in a URL."""

PATTERNS: tuple[Pattern, ...] = (
    *SECRET_PATTERNS,
    *BANKING_PATTERNS,
    *CREDENTIALS_PATTERNS,
    CHAT_PATTERN,
    EMAIL_PATTERN,
    *PHONE_PATTERNS,
    # Once more: a mask closes the gap that kept what stands around it from being one.
    *CREDENTIALS_PATTERNS,
)
"""The policy as data, in the order in which the rules are applied."""
