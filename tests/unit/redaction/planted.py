"""
Texts with personal data and secrets planted in them, and what must become of each, letter for letter.

The phone numbers are the examples of PyPI's phonenumbers for all regions, mobile and fixed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType


class Planted(NamedTuple):
    """A text, what must become of it, and the kind of what was planted."""

    kind: str
    text: str
    expected: str


class Secret(NamedTuple):
    """What is planted, the mask that must stand in its place, and the name under which it is planted."""

    kind: str
    value: str
    mask: str
    name: str


Encoding = Callable[[str], str]


def planted() -> list[Planted]:
    """Give everything that is planted, in each of its surroundings."""
    found = [each for secret in secrets() for each in surrounded(secret)]
    assert len(found) > 25_000
    return found


def surrounded(secret: Secret) -> Iterator[Planted]:
    """Put a secret into a sentence, JSON, a URL in two encodings, a key and value, a dict's text and a stack trace."""
    kind, value, mask, name = secret
    if kind != "secret":
        # What a name for a secret says is found after a colon or an equals sign alone.
        yield Planted(kind, f"the customer's {name} {value} was sent", f"the customer's {name} {mask} was sent")
    yield Planted(kind, json.dumps({"n": 1, name: value}), json.dumps({"n": 1, name: mask}))
    yield Planted(kind, json.dumps({name: value}, ensure_ascii=False), json.dumps({name: mask}, ensure_ascii=False))
    yield Planted(kind, repr({name: value, "n": 1}), repr({name: mask, "n": 1}))
    yield Planted(kind, f"{name}={value} status=ok", f"{name}={mask} status=ok")
    yield Planted(
        kind,
        f'  File "/app/send.py", line 3\nValueError: {name}: {value}\n',
        f'  File "/app/send.py", line 3\nValueError: {name}: {mask}\n',
    )
    for encode in (quote, quote_plus):
        if kind == "national" and PLUS_AND_MORE.search(encode(value)):
            continue
        masked = encoded_mask(mask, encode)
        yield Planted(kind, f"GET /v1/find?{name}={encode(value)}&page=2", f"GET /v1/find?{name}={masked}&page=2")


PLUS_AND_MORE = re.compile("[+][1-9][0-9]{8}")
"""A plus that stands for a space and nine digits behind it are read as an international number."""


def encoded_mask(mask: str, encode: Encoding) -> str:
    """Give the mask as it stands in a URL: what is kept of the value is encoded, the mask itself is not."""
    before, written, after = re.split(r"([*]{5}|\[[a-z]+\])", mask)
    return f"{encode(before)}{written}{after if after.endswith('@chat') else encode(after)}"


def secrets() -> Iterator[Secret]:
    """Give every secret once."""
    for number in example_numbers():
        yield from written_numbers(number)
    for text, mask in OTHERS.items():
        kind, _, value = text.partition("|")
        yield Secret(kind, value, mask, NAMES.get(kind, "value"))


NAMES = {"secret": "password"}
"""Names under which a kind is found; others are found under any."""


def example_numbers() -> Iterator[phonenumbers.PhoneNumber]:
    """Give the example of each region for a fixed line and for a mobile."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for line in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE):
            number = phonenumbers.example_number_for_type(region, line)
            if number is not None:
                yield number


def written_numbers(number: phonenumbers.PhoneNumber) -> Iterator[Secret]:
    """Write a number in all forms that the policy says it finds."""
    digits = re.sub("[^0-9]", "", phonenumbers.format_number(number, PhoneNumberFormat.E164))
    for form in (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.RFC3966):
        written = phonenumbers.format_number(number, form)
        yield Secret("international", written, mask_of(written), "value")
    for host in ("s.whatsapp.net", "c.us", "lid"):
        yield Secret("jid", f"{digits}@{host}", f"{digits[:2]}*****{digits[-2:]}@chat", "value")
    yield Secret("jid", f"{digits}:12@s.whatsapp.net", f"{digits[:2]}*****{digits[-2:]}@chat", "value")
    if 9 <= len(digits) <= 13:
        yield Secret("00", f"00{digits}", f"00{digits[:2]}*****{digits[-2:]}", "value")
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    if is_found_nationally(national):
        yield from (Secret("national", national, mask_of(national), name) for name in ("phone", "teléfono", "wa_id"))
    bare = re.sub("[^0-9]", "", national)
    if is_found_nationally(bare):
        yield from (Secret("national digits", bare, mask_of(bare), name) for name in ("mobile", "whatsapp"))


def is_found_nationally(written: str) -> bool:
    """Say whether the policy finds a national number after a word: seven digits or more, and no Unix time."""
    digits = re.sub("[^0-9]", "", written)
    is_unix_time = written == digits and digits.startswith("1") and len(digits) in {10, 13}
    return len(digits) >= 7 and not is_unix_time


def mask_of(written: str) -> str:
    """Keep a number up to its second digit and from its second last."""
    places = [place for place, character in enumerate(written) if character.isdigit()]
    return f"{written[: places[1] + 1]}*****{written[places[-2] :]}"


_JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"

_IBANS = (
    "AD1200012030200359100100 AE070331234567890123456 AT611904300234573201 BE68539007547034 BG80BNBG96611020345678 "
    "CH9300762011623852957 CY17002001280000001200527600 CZ6508000000192000145399 DE89370400440532013000 "
    "DK5000400440116243 EE382200221020145685 ES9121000418450200051332 FI2112345600000785 FR1420041010050500013M02606 "
    "GB29NWBK60161331926819 GI75NWBK000000007099453 GR1601101250000000012300695 HR1210010051863000160 "
    "HU42117730161111101800000000 IE29AIBK93115212345678 IL620108000000099999999 IS140159260076545510730339 "
    "IT60X0542811101000000123456 LI21088100002324013AA LT121000011101001000 LU280019400644750000 "
    "LV80BANK0000435195001 MC5811222000010123456789030 MT84MALT011000012345MTLCAST001S NL91ABNA0417164300 "
    "NO9386011117947 PL61109010140000071219812874 PT50000201231234567890154 RO49AAAA1B31007593840000 "
    "SA0380000000608010167519 SE4550000000058398257466 SI56191000000123438 SK3112000000198742637541 "
    "SM86U0322509800000000270100 TR330006100519786457841326 BR9700360305000010009795493P1 "
    "QA58DOHB00001234567890ABCDEFG UA213996220000026007233566001"
)
"""Examples of the registry of ISO 13616."""

OTHERS: dict[str, str] = {
    **dict.fromkeys(
        (
            "email|ana@example.com",
            "email|Ana.Lopez+lead@Sub.Example.co.uk",
            "email|josé.garcía@correo.example",
            "email|1234@example.org",
            "email|a_b-c@xn--bcher-kva.example",
            "email|x@a.io",
        ),
        "[email]",
    ),
    **dict.fromkeys(
        (
            "card|4111111111111111",
            "card|4111 1111 1111 1111",
            "card|5500-0000-0000-0004",
            "card|5555555555554444",
            "card|2223003122003222",
            "card|378282246310005",
            "card|3782 822463 10005",
            "card|6011 1111 1111 1117",
            "card|3530111333300000",
            "card|30569309025904",
            "card|3056 930902 5904",
            "card|6212345678901232",
        ),
        "[card]",
    ),
    **{f"iban|{example}": "[iban]" for example in _IBANS.split()},
    **dict.fromkeys(
        (
            "iban|ES91 2100 0418 4502 0005 1332",
            "iban|GB29 NWBK 6016 1331 9268 19",
            "iban|NO93 8601 1117 947",
            "iban|MT84 MALT 0110 0001 2345 MTLC AST0 01S",
        ),
        "[iban]",
    ),
    **dict.fromkeys((f"token|{_JWT}", f"token|{_JWT.rpartition('.')[0]}.abc_d-f"), "[token]"),
    "bearer|Bearer abc.def-123": "Bearer [token]",
    "bearer|bearer ZXhhbXBsZXRva2VuZXhhbXBsZQ": "bearer [token]",
    **dict.fromkeys(("secret|hunter2", "secret|s3cr3t!x", "secret|B6D711FCDE4D4FD5936544120E713976"), "[token]"),
    "dsn|https://5c1f3a9d0e@o42.ingest.example.io/17": "https://[credentials]@o42.ingest.example.io/17",
    "dsn|https://public:private@errors.example.com/2": "https://[credentials]@errors.example.com/2",
    "dsn|postgresql://app:p%40ss@db.internal:5432/anclora": "postgresql://[credentials]@db.internal:5432/anclora",
    "dsn|redis://:s3cr3t@10.0.0.5:6379/0": "redis://[credentials]@10.0.0.5:6379/0",
    "dsn|amqp://guest:a@b@mq:5672/": "amqp://[credentials]@mq:5672/",
}
"""Kind and value, and the mask that must stand in the value's place."""
