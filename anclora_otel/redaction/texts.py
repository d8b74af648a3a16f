"""Find and mask personal data and secrets in texts."""

from __future__ import annotations

import re

from anclora_otel.redaction.hashing import hash_of
from anclora_otel.redaction.pattern import PHONE_MASK
from anclora_otel.redaction.phones import SEPARATOR
from anclora_otel.redaction.policy import Policy, applied

FAILURE_MASK = "[redaction failed]"
"""Stands for what could not be examined, since that must not pass."""

MAX_TEXT_CHARACTERS = 262_144
"""Longer texts are cut here, since what was not examined must not pass."""

# Longer than any match, so that a number or an address that the cut goes through does not pass either.
_CUT_MARGIN_CHARACTERS = 400

# With a percent sign and a plus, since they stand between the digits of a number in a URL.
_DIGIT = re.compile("[0-9]")
_SEVEN_DIGITS = re.compile(rf"[0-9](?:[%+{SEPARATOR[1:]}{{0,3}}[0-9]){{6}}")
_BARE_PHONE = re.compile(r"(?:1[0-9]{10}|[02-9][0-9]{8,14})\Z")
_IDENTIFIER = re.compile(
    r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
    r"|(?:^|[^0-9A-Za-z])(?:[0-9A-Fa-f]{16,}|[0-7][0-9A-HJKMNP-TV-Z]{25})(?:$|[^0-9A-Za-z])"
    r"|wamid\.[0-9A-Za-z+/=_-]{8}"
)


def redact_text(text: str) -> str:
    """
    Mask the personal data and the secrets in a text; give the same object back where there are none.

    Never raises. The work is bounded: a text longer than `MAX_TEXT_CHARACTERS` is cut, and says so.

    Args:
        text: any text.

    """
    try:
        if len(text) > MAX_TEXT_CHARACTERS:
            return _redact_head(text)
        policy, lowered, digit = applied.policy, text.lower(), _DIGIT.search(text)
        digits = 0 if digit is None else 7 if _SEVEN_DIGITS.search(text, digit.start()) else 1
        if digits == 7 or _may_hold(policy, text, lowered, digits):
            return _redact(policy, text, lowered, digits)
        return text
    except Exception:  # telemetry never breaks the application; unexamined text must not pass
        return FAILURE_MASK


def is_bare_phone(text: str) -> bool:
    """Say whether a text is nothing but digits, as many as a phone number has, and no Unix time."""
    return _BARE_PHONE.match(text) is not None


def contains_personal_data(text: str) -> bool:
    """
    Say whether a label's value holds anything of what the policy finds.

    Stricter than `redact_text`: a value that is a bare number of the length of a phone number counts, too.

    Args:
        text: the label's value.

    """
    return is_bare_phone(text) or redact_text(text) is not text


def looks_like_identifier(text: str) -> bool:
    """
    Say whether a label's value names a single thing, so that it would make a series for each.

    Found are UUIDs, ULIDs, runs of 16 or more hexadecimal digits (trace and span ids, hashes, the message ids
    of WhatsApp such as ``3EB0…`` and ``BAE5…``) and ``wamid.…``. A BullMQ job id, which is a small number,
    cannot be told from other numbers.

    Args:
        text: the label's value.

    """
    return _IDENTIFIER.search(text) is not None


def mask_phone(text: str) -> str:
    """
    Keep the first two and the last two digits of a phone number; leave one of fewer than six alone.

    Args:
        text: a phone number, with or without separators.

    """
    digits = [character for character in text if character in "0123456789"]
    if len(digits) < 6:
        return text
    plus = "+" if text.lstrip().startswith("+") else ""
    mask = f"{plus}{digits[0]}{digits[1]}{PHONE_MASK}{digits[-2]}{digits[-1]}"
    key = applied.policy.hash_key
    return mask if key is None else f"{mask}#{hash_of('phone', text, key)}"


def _redact(policy: Policy, text: str, lowered: str, digits: int) -> str:
    has_sign = ":" in lowered or "=" in lowered
    result = text
    for triggers, needed_digits, needs_sign, rules in policy.gates:
        if digits < needed_digits or (needs_sign and not has_sign) or (triggers and not _any_in(triggers, lowered)):
            continue
        for precondition, expression, mask in rules:
            if precondition is None or precondition.search(result):
                result = expression.sub(mask, result)
    return text if result == text else result


def _may_hold(policy: Policy, text: str, lowered: str, digits: int) -> bool:
    # Loops, since a generator in `any` costs three times as much and this runs for every record.
    for trigger in policy.triggers:
        if trigger in lowered:
            return True
    if ":" in lowered or "=" in lowered:
        for trigger in policy.triggers_with_sign:
            if trigger in lowered:
                return True
    if digits:
        for precondition in policy.preconditions_of_a_digit:
            if precondition.search(text):
                return True
    return policy.reads_every_text


def _any_in(triggers: tuple[str, ...], lowered: str) -> bool:
    for trigger in triggers:  # noqa: SIM110
        if trigger in lowered:
            return True
    return False


def _redact_head(text: str) -> str:
    head = redact_text(text[:MAX_TEXT_CHARACTERS])
    if head == FAILURE_MASK:
        return head
    return f"{head[:-_CUT_MARGIN_CHARACTERS]}[cut: {len(text)} characters]"
