"""
Read what Sentry's SDKs send.

Source: Sentry's developer documentation, "Envelopes".
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_KEY = re.compile(r"\bsentry_key=([^,\s]+)")


@dataclass(frozen=True)
class EnvelopeItem:
    """
    A part of an envelope.

    Args:
        kind: its type, such as ``event`` or ``client_report``.
        payload: its body.

    """

    kind: str
    payload: bytes

    def json(self) -> dict[str, Any]:
        """
        Give the body of an item that is JSON.

        Raises:
            ValueError: it is no JSON object.

        """
        return _object(self.payload)


def decoded(body: bytes, encoding: str) -> bytes:
    """
    Undo the compression of a request's body.

    Raises:
        ValueError: the encoding is not known, or the body is not encoded so.

    """
    try:
        if encoding in ("", "identity"):
            return body
        if encoding == "gzip":
            return gzip.decompress(body)
        if encoding == "deflate":
            return zlib.decompress(body)
        if encoding == "br":
            return _from_brotli(body)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"a body encoded as {encoding} was expected: {error}") from None
    raise ValueError(f"content-encoding is {encoding}: expected gzip, deflate, br or none")


def read_envelope(body: bytes) -> Iterator[EnvelopeItem]:
    """
    Take an envelope apart: a line of headers, then for each item a line of headers and its payload.

    Raises:
        ValueError: it is none.

    """
    _, _, rest = body.partition(b"\n")
    _object(body.partition(b"\n")[0])
    while rest.strip(b"\n"):
        line, _, rest = rest.lstrip(b"\n").partition(b"\n")
        headers = _object(line)
        length = headers.get("length")
        if isinstance(length, int):
            if length > len(rest):
                raise ValueError(f"an item of {length} bytes was expected, {len(rest)} are left")
            payload, rest = rest[:length], rest[length:]
        else:
            payload, _, rest = rest.partition(b"\n")
        yield EnvelopeItem(str(headers.get("type", "")), payload)


def key_of(headers: Mapping[str, str]) -> str:
    """Give the public key of the header ``x-sentry-auth``, or an empty string."""
    found = _KEY.search(headers.get("x-sentry-auth", ""))
    return found.group(1) if found else ""


def _object(text: bytes) -> dict[str, Any]:
    found = json.loads(text)
    if isinstance(found, dict):
        return found
    raise ValueError("a JSON object was expected")


def _from_brotli(body: bytes) -> bytes:
    try:
        import brotli
    except ImportError:
        raise ValueError("content-encoding is br: expected gzip, or the package brotli installed here") from None
    result: bytes = brotli.decompress(body)
    return result
