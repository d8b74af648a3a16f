"""
From the text of a variable of the alerting settings to its value.

Each function returns the value, or raises ValueError whose text says what was expected.
"""

from __future__ import annotations

import ipaddress
import re
import zoneinfo
from urllib.parse import urlsplit

from anclora_otel.settings.values import nearest, url

PLACEHOLDER = re.compile(
    r"\byour[/_.-]|change[-_ ]?me|example\.(?:com|org|net)\b|^<.*>$|x{8}|0{8}/B0{8}", re.IGNORECASE
)
"""What stands in examples and never in a working configuration."""

_ADDRESS = re.compile(r"[^@\s,<>\"]+@[^@\s,<>\"]+\.[^@\s,<>\".]+\Z")
_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\Z")
_ROUTING_KEY = re.compile(r"[A-Za-z0-9]{32}\Z")


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def secret_url(text: str) -> str:
    """Read an https URL; http is taken for this machine alone, since the URL itself is the secret."""
    expected = "an https URL with a path, as the service shows it (http only for this machine)"
    try:
        value = url(text)
    except ValueError:
        raise ValueError(expected) from None
    parts = urlsplit(value)
    if not parts.path.strip("/") or (parts.scheme == "http" and not is_loopback(parts.hostname or "")):
        raise ValueError(expected)
    return value


def routing_key(text: str) -> str:
    """Read an integration key of PagerDuty's Events API v2."""
    if not _ROUTING_KEY.match(text):
        raise ValueError("the 32 letters and digits of an Events API v2 integration key")
    return text


def password(text: str) -> str:
    """Read a password: one line of printable characters."""
    if not text.isprintable():
        raise ValueError("one line of printable characters")
    return text


def address(text: str) -> str:
    """Read one e-mail address."""
    value = text.strip()
    if not _ADDRESS.match(value):
        raise ValueError("an e-mail address such as oncall@company.es")
    return value


def addresses(text: str) -> tuple[str, ...]:
    """Read e-mail addresses, separated by commas."""
    parts = [part for part in text.split(",") if part.strip()]
    try:
        found = tuple(address(part) for part in parts)
    except ValueError:
        found = ()
    if not found:
        raise ValueError("e-mail addresses separated by commas")
    return found


def host(text: str) -> str:
    """Read the name or the IPv4 address of a server, without scheme or port."""
    value = text.strip()
    if not _HOST.match(value):
        raise ValueError("a host name without scheme and port (the port is SMTP_PORT)")
    return value


def timezone(text: str) -> str:
    """Read the name of a time zone of the IANA database."""
    value = text.strip()
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = zoneinfo.available_timezones()
        if not known:
            raise ValueError("a database of time zones on this machine (install the package tzdata)") from None
        hint = nearest(value, known)
        more = f' (did you mean "{hint}"?)' if hint else ""
        raise ValueError(f"a time zone such as Europe/Madrid{more}") from None
    return value
