"""The rules for phone numbers and WhatsApp addresses."""

from __future__ import annotations

from anclora_otel.redaction.pattern import PHONE_MASK, Pattern

SEPARATOR = "[ \u00a0\u202f()./\u2010\u2011\u2013-]"
"""What may stand between the digits of a phone number."""

_PLUS = "(?:[+\uff0b]|%2[Bb])"
_PLUS_TRIGGERS = ("+", "\uff0b", "%2b")
BORDER = r"(^|[^0-9A-Za-z.,:_+\]*-]|[^0-9][,:]|(?:^|[^*])[*])"
"""
What may stand before a number of digits only.

Neither a closing bracket nor two asterisks, or a mask would lay open what follows it.
"""
# Country codes with numbers so short that seven or eight digits are all there are.
_SHORT = "(?:2[49]|50|6[789])"
# As letters, as JSON escapes them, and as a URL does.
_E, _O, _U = r"[eéÉ]|\\u00e9|%c3%a9", r"[oóÓ]|\\u00f3|%c3%b3", r"[uúÚ]|\\u00fa|%c3%ba"
_PHONE_WORD = (
    rf"(?:phone|m(?:{_O})vil|mobile|celular|tel(?:{_E})fono|msisdn|jid|whatsapp|wa\.me|wa_id|"
    r"(?:^|[^a-z])(?:tel|tlf|telf|tfno))"
    rf"(?:[ _.-]?(?:numbers?|n(?:{_U})mero|nummer|num|nr|no|id|is|es)){{0,2}}(?:%3[Aa]|[^0-9A-Za-z+%]){{0,12}}"
)
_PHONE_TRIGGERS = (
    *("phone", "whatsapp", "mobile", "tel", "jid", "wa.me", "wa_id", "msisdn", "vil", "celular"),
    *("tlf", "tfno"),
)
_WEAK_WORD = (
    rf"(?:^|[^a-z0-9])(?:from|to|numbers?|n(?:{_U})mero|sender|recipient|remitente|destinatario|"
    r"call(?: me)?(?: at| on)?|ll[aáÁ]ma(?:me)?(?: al)?)[^0-9A-Za-z+]{1,6}"
)
_WEAK_TRIGGERS = (
    "to",
    "from",
    "number",
    "sender",
    "recipient",
    "mero",
    "call",
    "remitente",
    "destinatario",
    "llama",
    "lláma",
)
# Between two digits after a word for a phone: neither dot nor slash, or addresses and dates would be numbers. A plus
# stands for a space in a URL.
_GAP = "(?:[ \u00a0\u202f()\u2010\u2011\u2013-]{1,3}|[+]?(?:%2[089]){1,3}[+]?|[+])"
_SPACES = " \u00a0\u202f"
_URL_GAP = rf"(?:{SEPARATOR}{{1,3}}|[+]?(?:%2[089]){{1,3}}[+]?|[+])"
_MORE = rf"(?:{_GAP}?[0-9])"
_OPENING = r"(?:\(|%28)?"
# Ten and thirteen digits that begin with 1 are Unix times.
_DIGITS_ONLY = r"(1[0-9])(?:[0-9]{3,5}|[0-9]{7,8}|[0-9]{10,11})|([02-9][0-9])[0-9]{3,11}"
# By the length of the first group, so that a date (four digits, a hyphen, two digits, a hyphen) is none.
_GROUPED = (
    rf"({_OPENING}[0-9]{_GAP}[0-9]){_MORE}{{3,11}}{_GAP}?"
    rf"|({_OPENING}[0-9]{{2}})(?:{_GAP}[0-9]{_MORE}{{2,10}}|[0-9]{_GAP}[0-9]{_MORE}{{1,10}}){_GAP}?"
    rf"|({_OPENING}[0-9]{{2}})[0-9]{{2}}"
    rf"(?:(?:[{_SPACES})]{{1,2}}|(?:%2[09]){{1,2}}[+]?|[+])[0-9]{_MORE}{{0,8}}{_GAP}?"
    rf"|-[0-9]{{3}}{_MORE}{{0,6}}{_GAP}?|-[0-9]{{1,2}})"
    rf"|({_OPENING}[0-9]{{2}})[0-9]{{3,4}}{_GAP}(?:[0-9]{_MORE}{{0,7}}{_GAP}?)?"
    r"|(0[0-9])[0-9]{1,3}/[0-9]{3,6}|([3-9][0-9])[0-9]\.[0-9]{3}\.[0-9]|(0[0-9])(?:\.[0-9]{2}){3}\."
)
_KEPT = "".join(rf"\g<{number}>" for number in range(1, 11))

PHONE_PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "international phone number in a URL",
        "phone",
        rf"(%2[Bb]{_OPENING}[1-9]{_URL_GAP}?[0-9])(?:{_URL_GAP}?[0-9]){{3,11}}{_URL_GAP}?([0-9]{_URL_GAP}?[0-9])",
        rf"\g<1>{PHONE_MASK}\g<2>",
        triggers=_PLUS_TRIGGERS,
        needs_digits=7,
        precondition="%2[Bb]",
    ),
    Pattern(
        "international phone number",
        "phone",
        rf"({_PLUS}[1-9][0-9])[0-9]{{5,11}}([0-9]{{2}})|({_PLUS}{_SHORT})[0-9]{{3,4}}([0-9]{{2}})",
        rf"\g<1>\g<3>{PHONE_MASK}\g<2>\g<4>",
        triggers=_PLUS_TRIGGERS,
        needs_digits=7,
        precondition="[+\uff0b%](?:2[Bb])?[ (]{0,2}[1-9]",
    ),
    Pattern(
        "international phone number with separators",
        "phone",
        rf"(^|[^0-9])(?:({_PLUS}[ (]{{0,2}}[1-9]{SEPARATOR}{{0,3}}[0-9])(?:{SEPARATOR}{{0,3}}[0-9]){{4,11}}"
        rf"|({_PLUS}{_SHORT})(?:{SEPARATOR}{{0,3}}[0-9]){{3}})"
        rf"{SEPARATOR}{{0,3}}([0-9]{SEPARATOR}{{0,3}}[0-9])",
        rf"\g<1>\g<2>\g<3>{PHONE_MASK}\g<4>",
        triggers=_PLUS_TRIGGERS,
        needs_digits=7,
        precondition="[+\uff0b%](?:2[Bb])?[ (]{0,2}[1-9]",
        context_group=1,
    ),
    Pattern(
        "phone number with 00",
        "phone",
        rf"{BORDER}(00[1-9][0-9])[0-9]{{5,9}}([0-9]{{2}})\b",
        rf"\g<1>\g<2>{PHONE_MASK}\g<3>",
        triggers=("00",),
        needs_digits=7,
        precondition="00 ?[1-9]",
        context_group=1,
    ),
    Pattern(
        "phone number with 00 and separators",
        "phone",
        rf"{BORDER}(00 ?[1-9]{SEPARATOR}{{0,2}}[0-9])[0-9]{{0,3}}{SEPARATOR}{{1,3}}[0-9]"
        rf"(?:{SEPARATOR}{{0,3}}[0-9]){{4,8}}{SEPARATOR}{{0,3}}([0-9]{SEPARATOR}{{0,3}}[0-9])\b",
        rf"\g<1>\g<2>{PHONE_MASK}\g<3>",
        triggers=("00",),
        needs_digits=7,
        precondition="00 ?[1-9]",
        context_group=1,
    ),
    Pattern(
        "phone number after a word for it",
        "phone",
        rf"(?i)({_PHONE_WORD})(?:{_DIGITS_ONLY}|{_GROUPED})([0-9]{_GAP}?[0-9])\b",
        rf"{_KEPT}{PHONE_MASK}\g<11>",
        triggers=_PHONE_TRIGGERS,
        needs_digits=7,
        context_group=1,
    ),
    Pattern(
        "phone number after a preposition",
        "phone",
        rf"(?i)({_WEAK_WORD})(?:(1[0-9])[0-9]{{7}}|([02-9][0-9])[0-9]{{5,9}}|"
        r"([6-9][0-9])(?:[0-9] [0-9]{3} [0-9]|[0-9] [0-9]{2} [0-9]{2} ))([0-9]{2})\b",
        rf"\g<1>\g<2>\g<3>\g<4>{PHONE_MASK}\g<5>",
        triggers=_WEAK_TRIGGERS,
        precondition=r"1[0-9]{10}\b|[02-9][0-9]{8,12}\b|[6-9][0-9]{2} [0-9]{2,3} [0-9]{2,3}",
        needs_digits=7,
        context_group=1,
    ),
)
"""Phone numbers, in the order in which the rules are applied."""

CHAT_PATTERN = Pattern(
    "WhatsApp address",
    "phone",
    r"(^|[^0-9])([0-9]{2})[0-9]{3,18}([0-9]{2})(?:(?:[-.:_]|%3[Aa])[0-9]{1,20}){0,2}"
    r"(?:@|%40)(?:s\.whatsapp\.net|c\.us|g\.us|lid|hosted)\b",
    rf"\g<1>\g<2>{PHONE_MASK}\g<3>@chat",
    triggers=("@", "%40"),
    needs_digits=7,
    context_group=1,
)
"""The address of a person or a group in WhatsApp, with or without a device or the time of its making."""
