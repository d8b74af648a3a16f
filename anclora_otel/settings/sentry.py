"""From the text of the variables about Sentry to their values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from anclora_otel.settings.model import SENTRY_NOISE
from anclora_otel.settings.values import nearest

DSN_EXPECTED = "a DSN such as https://KEY@o1.ingest.sentry.io/42"
"""What is expected where a DSN cannot be used."""

_MAX_FILE_BYTES = 4096
_KEY = re.compile(r"[0-9A-Za-z_-]{1,200}\Z")
_DOTTED_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\Z")


@dataclass(frozen=True)
class SentryDsn:
    """
    The address of a Sentry project, as its parts.

    Args:
        text: the DSN as it was given.
        origin: scheme, host, port and path in front of ``/api/``.
        key: the public key.
        project_id: digits.

    """

    text: str = field(repr=False)
    origin: str
    key: str = field(repr=False)
    project_id: str

    @classmethod
    def parse(cls, text: str) -> SentryDsn:
        """
        Take a DSN apart.

        Raises:
            ValueError: it is none; the text says what was expected, and shows nothing of it.

        """
        value = text.strip()
        try:
            parts = urlsplit(value)
            port = f":{parts.port}" if parts.port is not None else ""
        except ValueError:
            raise ValueError(DSN_EXPECTED) from None
        path, _, project = parts.path.rpartition("/")
        is_whole = parts.scheme in ("http", "https") and parts.hostname and _KEY.match(parts.username or "")
        if not is_whole or not (project.isascii() and project.isdigit()) or parts.query or parts.fragment:
            raise ValueError(DSN_EXPECTED)
        host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
        return cls(value, f"{parts.scheme}://{host}{port}{path}", str(parts.username), project)

    @property
    def otlp_endpoint(self) -> str:
        """Where Sentry takes OTLP over HTTP; ``/v1/traces`` or ``/v1/logs`` follows."""
        return f"{self.origin}/api/{self.project_id}/integration/otlp"

    @property
    def otlp_auth(self) -> str:
        """The value of the header ``x-sentry-auth``. Source: Sentry, "OpenTelemetry Collector"."""
        return f"sentry sentry_key={self.key}"


def dsn(text: str) -> str:
    """Read a DSN."""
    return SentryDsn.parse(text).text


def dsn_in_file(text: str) -> str:
    """Read the DSN that stands in a file."""
    path = Path(text.strip()).expanduser()
    try:
        with path.open("rb") as file:
            found = file.read(_MAX_FILE_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError):
        raise ValueError(f"a file that can be read, with {DSN_EXPECTED}") from None
    try:
        return dsn(found)
    except ValueError:
        raise ValueError(f"a file with {DSN_EXPECTED}") from None


def noise_names(text: str) -> tuple[str, ...]:
    """Read the names of groups and of exceptions; ``none`` stands for none."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if names == ("none",):
        return ()
    groups = ", ".join(SENTRY_NOISE)
    for name in names:
        if name in SENTRY_NOISE:
            continue
        # The name of an exception has a dot or begins with a capital letter; anything else is a misspelt group.
        if not _DOTTED_NAME.match(name) or ("." not in name and not name[0].isupper()):
            hint = nearest(name, SENTRY_NOISE)
            known = f"names out of {groups}, or of exceptions such as shop.errors.SoldOut"
            raise ValueError(known + (f' (did you mean "{hint}"?)' if hint else ""))
    return names
