"""
The policy as data: what is looked for and what stands in its place.

Every expression stays inside what Python's `re` and Go's RE2 both understand (no look-around).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

EMAIL_MASK = "[email]"
TOKEN_MASK = "[token]"  # noqa: S105  a mask is no password


@dataclass(frozen=True)
class Pattern:
    r"""
    One rule of the policy, in a form that Python and the collector share.

    Args:
        name: what it finds, for configuration comments and tests.
        kind: ``phone``, ``email`` or ``token``.
        expression: what Python's `re` with the flag ``ASCII`` and Go's RE2 both understand.
        replacement: template for a match, groups written as ``\g<1>``.
        triggers: lower-case texts, one of which stands in every text that can match, upper case put to lower.
        needs_digits: whether a match holds seven digits or more in a row, separators aside.
        precondition: cheaper expression that also finds something in every text that can match.

    """

    name: str
    kind: str
    expression: str
    replacement: str
    triggers: tuple[str, ...] = ()
    needs_digits: bool = False
    precondition: str = ""

    @property
    def go_replacement(self) -> str:
        """Give the replacement as Go's `regexp` writes it, groups as ``${1}``."""
        return re.sub(r"\\g<(\d+)>", r"${\1}", self.replacement)


SEPARATOR = "[ \u00a0\u202f()./\u2010\u2011\u2013-]"
"""What may stand between the digits of a phone number."""

_PLUS = "(?:[+\uff0b]|%2[Bb])"
_BORDER = r"(^|[^0-9A-Za-z.,:_+-]|[^0-9][,:])"
_PHONE_WORD = (
    r"(?:phone|m[oóÓ]vil|mobile|celular|tel[eéÉ]fono|msisdn|jid|whatsapp|wa\.me|wa_id|"
    r"(?:^|[^a-z])(?:tel|tlf|telf|tfno))"
    r"(?:[ _.-]?(?:numbers?|n[uúÚ]mero|nummer|num|nr|no|id|is|es)){0,2}[^0-9A-Za-z+]{0,12}"
)
_PHONE_TRIGGERS = (
    *("phone", "mobile", "móvil", "movil", "celular", "telefono", "teléfono", "msisdn", "jid", "whatsapp"),
    *("wa.me", "wa_id", "tel", "tlf", "tfno"),
)
_WEAK_WORD = (
    r"(?:^|[^a-z0-9])(?:from|to|numbers?|n[uúÚ]mero|sender|recipient|remitente|destinatario|"
    r"call(?: me)?(?: at| on)?|ll[aáÁ]ma(?:me)?(?: al)?)[^0-9A-Za-z+]{1,6}"
)
_GAP = "[ \u00a0\u202f-]{1,2}"
_GROUPED = (
    r"\(?([0-9]{1,2})[0-9]?\)?"
    rf"(?:(?:{_GAP}[0-9]{{3,5}}){{1,3}}{_GAP}[0-9]{{1,3}}|(?:{_GAP}[0-9]{{2,5}}){{2,4}}{_GAP}[0-9]{{0,3}})"
    r"|(0[0-9])[0-9]{1,3}[ /-][0-9]{3,6}|([3-9][0-9])[0-9]\.[0-9]{3}\.[0-9]"
)
_LOCAL = r"""[^\x00-\x20"'(),:;<>@\[\\\]{|}\x7f/=&?*]{1,64}"""
_DOMAIN = r"[^\x00-\x2c\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]{1,253}\.[^\x00-\x40\x5b-\x60\x7b-\x7f]{2,63}"

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "bearer token",
        "token",
        r"(?i)(bearer[ :=]{1,3}[\"']?)(?:[a-z._~+/=-]*[0-9][0-9a-z._~+/=-]*|[a-z._~+/=-]{20,})",
        rf"\g<1>{TOKEN_MASK}",
        triggers=("bearer",),
    ),
    Pattern(
        "JSON web token",
        "token",
        r"\beyJ[0-9A-Za-z_-]{13,}(?:\.[0-9A-Za-z_-]+){0,4}\.?",
        TOKEN_MASK,
        triggers=("eyj",),
    ),
    Pattern(
        "WhatsApp address",
        "phone",
        r"([0-9]{2})[0-9]{3,18}([0-9]{2})(?:[-.:_][0-9]{1,20}){0,2}"
        r"(?:@|%40)(?:s\.whatsapp\.net|c\.us|g\.us|lid|hosted)\b",
        r"\g<1>*****\g<2>@chat",
        triggers=("@", "%40"),
        needs_digits=True,
    ),
    Pattern("e-mail address", "email", rf"{_LOCAL}(?:@|%40){_DOMAIN}", EMAIL_MASK, triggers=("@", "%40")),
    Pattern(
        "international phone number",
        "phone",
        rf"({_PLUS}[1-9][0-9])[0-9]{{5,11}}([0-9]{{2}})",
        r"\g<1>*****\g<2>",
        triggers=("+", "\uff0b", "%2b"),
        needs_digits=True,
        precondition="[+\uff0bBb][ (]{0,2}[1-9]",
    ),
    Pattern(
        "international phone number with separators",
        "phone",
        rf"(^|[^0-9])({_PLUS}[ (]{{0,2}}[1-9]{SEPARATOR}{{0,3}}[0-9])(?:{SEPARATOR}{{0,3}}[0-9]){{4,11}}"
        rf"{SEPARATOR}{{0,3}}([0-9]{SEPARATOR}{{0,3}}[0-9])",
        r"\g<1>\g<2>*****\g<3>",
        triggers=("+", "\uff0b", "%2b"),
        needs_digits=True,
        precondition="[+\uff0bBb][ (]{0,2}[1-9]",
    ),
    Pattern(
        "phone number with 00",
        "phone",
        rf"{_BORDER}(00[1-9][0-9])[0-9]{{5,9}}([0-9]{{2}})\b",
        r"\g<1>\g<2>*****\g<3>",
        triggers=("00",),
        needs_digits=True,
        precondition="00 ?[1-9]",
    ),
    Pattern(
        "phone number with 00 and separators",
        "phone",
        rf"{_BORDER}(00 ?[1-9]{SEPARATOR}{{0,2}}[0-9])[0-9]{{0,3}}{SEPARATOR}{{1,3}}[0-9]"
        rf"(?:{SEPARATOR}{{0,3}}[0-9]){{4,8}}{SEPARATOR}{{0,3}}([0-9]{SEPARATOR}{{0,3}}[0-9])\b",
        r"\g<1>\g<2>*****\g<3>",
        triggers=("00",),
        needs_digits=True,
        precondition="00 ?[1-9]",
    ),
    Pattern(
        "phone number after a word for it",
        "phone",
        rf"(?i)({_PHONE_WORD})(?:(1[0-9])[0-9]{{7}}|([02-9][0-9])[0-9]{{4,11}}|{_GROUPED})([0-9]{{2}})\b",
        r"\g<1>\g<2>\g<3>\g<4>\g<5>\g<6>*****\g<7>",
        triggers=_PHONE_TRIGGERS,
        needs_digits=True,
    ),
    Pattern(
        "phone number after a preposition",
        "phone",
        rf"(?i)({_WEAK_WORD})(?:(1[0-9])[0-9]{{7}}|([02-9][0-9])[0-9]{{5,9}}|"
        r"([6-9][0-9])(?:[0-9] [0-9]{3} [0-9]|[0-9] [0-9]{2} [0-9]{2} ))([0-9]{2})\b",
        r"\g<1>\g<2>\g<3>\g<4>*****\g<5>",
        precondition=r"1[0-9]{10}\b|[02-9][0-9]{8,12}\b|[6-9][0-9]{2} [0-9]{2,3} [0-9]{2,3}",
        needs_digits=True,
    ),
)
"""The policy as data, in the order in which the rules are applied."""
