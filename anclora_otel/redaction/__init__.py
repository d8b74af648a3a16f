"""
The one policy for personal data and secrets in telemetry.

Spans, logs, metric labels and errors all pass here, and the collector's rules are rendered from `PATTERNS`.

What is found:
    - phone numbers with ``+``, ``%2B`` or ``00`` before the country code, with or without separators;
    - digit-only phone numbers after a word such as *phone*, *whatsapp*, *from* or *to*;
    - WhatsApp addresses (``digits@s.whatsapp.net``, ``@c.us``, ``@g.us``, ``@lid``) and e-mail addresses;
    - bearer tokens, JSON web tokens, values of attributes that hold secrets, such as ``authorization``.

What is left alone: trace and span ids, UUIDs, ISO times, Unix times in s, ms, µs and ns, prices, ports,
versions, IP addresses. A bare number of 10 or 13 digits that begins with 1 is a Unix time and never a phone
number, since no numbering plan has such.

Known limits: numbers in digits other than 0 to 9, national numbers without a word before them, and such words
in languages other than English and Spanish are not found. A number with separators may take digits
that follow it along.
"""

from anclora_otel.redaction.pattern import EMAIL_MASK, TOKEN_MASK, Pattern
from anclora_otel.redaction.patterns import PATTERNS
from anclora_otel.redaction.texts import (
    FAILURE_MASK,
    MAX_TEXT_CHARACTERS,
    contains_personal_data,
    looks_like_identifier,
    mask_phone,
    redact_text,
)
from anclora_otel.redaction.values import DEPTH_MASK, redact_attributes, redact_value

__all__ = [
    "DEPTH_MASK",
    "EMAIL_MASK",
    "FAILURE_MASK",
    "MAX_TEXT_CHARACTERS",
    "PATTERNS",
    "TOKEN_MASK",
    "Pattern",
    "contains_personal_data",
    "looks_like_identifier",
    "mask_phone",
    "redact_attributes",
    "redact_text",
    "redact_value",
]
