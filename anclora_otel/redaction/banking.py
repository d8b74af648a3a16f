"""The rules for payment cards and bank accounts."""

from __future__ import annotations

import re

from anclora_otel.redaction.pattern import CARD_MASK, IBAN_MASK, Pattern
from anclora_otel.redaction.phones import BORDER

_GAP = "(?: |\u00a0|-|[+]|%20)"
# Visa, Mastercard, Discover, JCB, UnionPay's 62; American Express; Diners.
_FOUR_DIGITS = (
    "(?:4[0-9]{3}|5[1-5][0-9]{2}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)"
    "|6011|62[0-9]{2}|64[4-9][0-9]|65[0-9]{2}|35(?:2[89]|[3-8][0-9]))"
)
_AMEX = "3[47][0-9]{2}"
_DINERS = "3(?:0[0-5]|[68][0-9])[0-9]"

_ACCOUNTS = """
AD 8n12c;AE 19n;AL 8n16c;AT 16n;AZ 4a20c;BA 16n;BE 12n;BG 4a6n8c;BH 4a14c;BI 23n;BR 23n1a1c;BY 4c4n16c;CH 5n12c;CR 18n
CY 8n16c;CZ 20n;DE 18n;DJ 23n;DK 14n;DO 4c20n;EE 16n;EG 25n;ES 20n;FI 14n;FK 2a12n;FO 14n;FR 10n11c2n;GB 4a14n;GE 2a16n
GI 4a15c;GL 14n;GR 7n16c;GT 24c;HN 4a20n;HR 17n;HU 24n;IE 4a14n;IL 19n;IQ 4a15n;IS 22n;IT 1a10n12c;JO 4a4n18c;KW 4a22c
KZ 3n13c;LB 4n20c;LC 4a24c;LI 5n12c;LT 16n;LU 3n13c;LV 4a13c;LY 21n;MC 10n11c2n;MD 20c;ME 18n;MK 3n10c2n;MN 16n;MR 23n
MT 4a5n18c;MU 4a19n3a;NI 4a20n;NL 4a10n;NO 11n;OM 3n16c;PK 4a16c;PL 24n;PS 4a21c;PT 21n;QA 4a21c;RO 4a16c;RS 18n
RU 14n15c;SA 2n18c;SC 4a20n3a;SD 14n;SE 20n;SI 15n;SK 20n;SM 1a10n12c;SO 19n;ST 21n;SV 4a20n;TL 19n;TN 20n;TR 6n16c
UA 6n19c;VA 18n;VG 4a16n;XK 16n;YE 4a4n18c
"""
"""
Country and form of the account: so many digits (n), letters (a), or either (c).

Source: the registry of ISO 13616, kept by SWIFT.
"""

_CLASSES = {"n": "[0-9]", "a": "[A-Z]", "c": "[0-9A-Z]"}
_IBAN_GAP = "(?:[ \u00a0+]|%20)?"


def account_forms() -> dict[str, str]:
    """Give for each country one letter a character of its IBAN's part after the country: n, a or c."""
    forms = {}
    for entry in re.split(r"[;\n]", _ACCOUNTS.strip()):
        country, form = entry.split()
        forms[country] = "nn" + "".join(kind * int(count) for count, kind in re.findall(r"(\d+)([nac])", form))
    return forms


def _iban_expression() -> str:
    countries: dict[str, list[str]] = {}
    for country, form in account_forms().items():
        # Written in groups of four, the first of which holds the country.
        groups = [form[:2], *(form[start : start + 4] for start in range(2, len(form), 4))]
        countries.setdefault(_IBAN_GAP.join(map(_group_expression, groups)), []).append(country)
    return "|".join(
        f"{names[0] if len(names) == 1 else '(?:' + '|'.join(names) + ')'}{rest}" for rest, names in countries.items()
    )


def _group_expression(group: str) -> str:
    return "".join(f"{_CLASSES[found.group()[0]]}{{{len(found.group())}}}" for found in re.finditer(r"n+|a+|c+", group))


BANKING_PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "IBAN",
        "iban",
        rf"\b(?:{_iban_expression()})\b",
        IBAN_MASK,
        needs_digits=1,
        precondition=rf"[A-Z]{{2}}[0-9]{{2}}{_IBAN_GAP}[0-9A-Z]{{4}}",
    ),
    Pattern(
        "card number",
        "card",
        rf"{BORDER}(?:{_FOUR_DIGITS}(?:[0-9]{{12}}|(?:{_GAP}[0-9]{{4}}){{3}})"
        rf"|{_AMEX}(?:[0-9]{{11}}|{_GAP}[0-9]{{6}}{_GAP}[0-9]{{5}})"
        rf"|{_DINERS}(?:[0-9]{{10}}|{_GAP}[0-9]{{6}}{_GAP}[0-9]{{4}}))\b",
        rf"\g<1>{CARD_MASK}",
        needs_digits=7,
        precondition=rf"[2-6][0-9]{{3}}{_GAP}?[0-9]{{4}}",
        context_group=1,
    ),
)
"""Bank accounts before cards, since the groups of the one look like the other's."""
