"""The rules for what opens a door: tokens, passwords, keys, credentials in URLs."""

from __future__ import annotations

from anclora_otel.redaction.pattern import CREDENTIALS_MASK, TOKEN_MASK, Pattern

_SPACE = r"(?:[ :=+]|%20)"
# Between a name and its value, as in headers, JSON, JSON within JSON, and the text of a Python dict.
_SIGN = r"""\\?["']?[ ]?[:=]>?[ ]?"""
_QUOTE = r"""\\?["']?"""
_UNQUOTED = r"""[^\x00-\x20"'\\,;&<>]+"""
_NAME = (
    r"(?:api[ _.-]?keys?|passw(?:or)?d|passphrase|contrase(?:[nñÑ]|\\u00f1|%c3%b1)a|private[ _.-]?key|"
    r"(?:client[ _.-]?)?secret(?:[ _.-]?(?:access[ _.-]?)?key)?|"
    r"(?:access|refresh|auth|api|session|csrf|xsrf|verify)[ _.-]?token)"
)
_NAME_TRIGGERS = ("key", "pass", "contrase", "secret", "token")
AT_SIGNS = ("@", "%40")
"""One of them stands in every address."""

_LONG_WORD = "[0-9a-z._~+/=-]"

SECRET_PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "bearer token",
        "token",
        rf"(?i)(bearer{_SPACE}{{1,3}}[\"']?)(?:[a-z._~+/=-]*[0-9]{_LONG_WORD}*|[a-z._~+/=-]{{20,}})",
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
        "value of an authorization header",
        "token",
        rf"(?i)(authorization{_SIGN}{_QUOTE})(?:((?:basic|digest|token|apikey|key|negotiate)(?: |[+]|%20)){_UNQUOTED}"
        rf"|{_LONG_WORD}{{16,}})",
        rf"\g<1>\g<2>{TOKEN_MASK}",
        triggers=("authorization",),
        needs_sign=True,
    ),
    Pattern(
        "value of a cookie header",
        "token",
        rf"""(?i)(cookie{_SIGN}{_QUOTE})[0-9a-z_.%-]{{1,64}}=[^\x00-\x1f"'\\]+""",
        rf"\g<1>{TOKEN_MASK}",
        triggers=("cookie",),
        needs_sign=True,
    ),
    Pattern(
        "value named as a secret",
        "token",
        rf"""(?i)({_NAME}{_SIGN})(?:(\\?")[^"\\]+|(\\?')[^'\\]+|{_UNQUOTED})""",
        rf"\g<1>\g<2>\g<3>{TOKEN_MASK}",
        triggers=_NAME_TRIGGERS,
        needs_sign=True,
    ),
    Pattern(
        "value named token",
        "token",
        rf"(?i)((?:^|[^0-9a-z])token{_SIGN}{_QUOTE}){_LONG_WORD}{{16,}}",
        rf"\g<1>{TOKEN_MASK}",
        triggers=("token",),
        needs_sign=True,
    ),
)
"""Secrets, in the order in which the rules are applied."""

CREDENTIALS_PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "credentials in a URL",
        "credentials",
        r"""(://)[^\x00-\x20"'<>/?#\\]+(@|%40)""",
        rf"\g<1>{CREDENTIALS_MASK}\g<2>",
        triggers=AT_SIGNS,
        precondition="://",
    ),
    Pattern(
        "credentials in an encoded URL",
        "credentials",
        r"(%3[Aa](?:%2[Ff]%2[Ff]|//))(?:[0-9A-Za-z._~!$'()*+,;=-]|%(?:[0145-9A-Fa-f][0-9A-Fa-f]|2[0-9A-Ea-e]|3[0-9A-Ea-e]))+%40",
        rf"\g<1>{CREDENTIALS_MASK}%40",
        triggers=AT_SIGNS,
        precondition="%3[Aa](?:%2[Ff]|//)",
    ),
)
"""Credentials in a URL, before e-mail addresses, which a password and a host look like."""
