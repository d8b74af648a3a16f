"""
The one policy for personal data and secrets in telemetry.

Spans, baggage, logs, files, metric labels and errors all pass here, and the collector's rules are rendered from the
same expressions. docs/redaction.md says all of it with examples.

What is found in texts, wherever it stands:
    - phone numbers of 9 to 15 digits with ``+``, ``%2B`` or ``00`` before the country code (with ``+`` from 8 digits
      where there are separators, and 7 or 8 digits after the codes 24x, 29x, 50x, 67x, 68x, 69x), with or without
      separators: spaces, hyphens, dots, slashes, parentheses, up to three between two digits, in URLs ``%20``, ``+``,
      ``%28`` and ``%29`` after ``%2B``;
    - national phone numbers of 7 to 15 digits after a word for a phone (English or Spanish: *phone*, *mobile*, *tel*,
      *whatsapp*, *móvil*, *teléfono*, *celular*, *jid*, *msisdn*, …) with up to twelve signs between the two, in groups
      with spaces, hyphens or parentheses (dots and slashes in the usual forms alone), or digits only;
    - numbers of digits only, 9 to 13 of them, after *from*, *to*, *number*, *sender*, *recipient*, *call* and the
      like (a number that begins with 1 has 11), and Spanish ones in groups;
    - WhatsApp addresses of 7 digits and more (``@s.whatsapp.net``, ``@c.us``, ``@g.us``, ``@lid``, ``@hosted``), and
      e-mail addresses;
    - card numbers by the beginnings and lengths of Visa, Mastercard, American Express, Discover, JCB, UnionPay (62, 16
      digits) and Diners, without separators or in the groups of the card; the check digit is not looked at, since the
      collector cannot;
    - IBANs by country, length and form of the account, in capitals, without separators or in groups of four;
    - bearer tokens, JSON web tokens, the values of authorization and cookie headers, user and password of any URL
      (the key of a Sentry DSN among them), values of names for a secret (*password*, *api key*, *secret*, …) with a
      colon or an equals sign, and values of 16 characters and more named *token*.

What is found by the key of an attribute:
    - under a name for a secret, any value;
    - under a name for a phone, a value of six digits or more and nothing but signs of a phone number;
    - under *from*, *to*, *number*, *sender*, *recipient*, a value of digits only, 9 to 15 of them.

What is left alone: trace and span ids, UUIDs, ISO times, Unix times in s, ms, µs and ns, prices, ports, versions, IP
addresses. A number of 10 or 13 digits only that begins with 1 is a Unix time and never a phone number.

What is not found: names and postal addresses; numbers in digits other than 0 to 9; national numbers without a word or
a key, or with one of another language; international ones that are longer than E.164 allows (their first 15 digits
are masked). A number with separators may take digits that follow it along.
"""

from anclora_otel.redaction.loading import load_policy
from anclora_otel.redaction.pattern import EMAIL_MASK, TOKEN_MASK, Pattern
from anclora_otel.redaction.patterns import PATTERNS
from anclora_otel.redaction.policy import Policy, use_policy
from anclora_otel.redaction.texts import (
    FAILURE_MASK,
    MAX_TEXT_CHARACTERS,
    contains_personal_data,
    looks_like_identifier,
    mask_phone,
    redact_text,
)
from anclora_otel.redaction.values import DEPTH_MASK, redact_attributes, redact_event, redact_value

__all__ = [
    "DEPTH_MASK",
    "EMAIL_MASK",
    "FAILURE_MASK",
    "MAX_TEXT_CHARACTERS",
    "PATTERNS",
    "TOKEN_MASK",
    "Pattern",
    "Policy",
    "contains_personal_data",
    "load_policy",
    "looks_like_identifier",
    "mask_phone",
    "redact_attributes",
    "redact_event",
    "redact_text",
    "redact_value",
    "use_policy",
]
