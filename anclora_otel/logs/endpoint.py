"""
Answer requests that ask for the levels or change them, whatever server they come by.

They carry a bearer token that stands in a file; without the right one nothing is told and nothing is changed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from anclora_otel._guard import complaints
from anclora_otel.errors import AncloraOtelError, SettingsError
from anclora_otel.logs import current
from anclora_otel.logs.names import ALL

LOG_LEVELS_PATH = "/admin/log-levels"
"""Where the levels are served unless told otherwise; below it, one component."""

METHODS = ("GET", "PUT", "DELETE")
"""The methods that are answered."""

MAX_BODY_BYTES = 4096
"""A longer body is refused."""

MIN_TOKEN_CHARACTERS = 16
"""A shorter token could be guessed."""

_MAX_TOKEN_BYTES = 4096
_OK, _BAD_REQUEST, _UNAUTHORIZED, _METHOD_NOT_ALLOWED, _TOO_LARGE, _UNAVAILABLE = 200, 400, 401, 405, 413, 503


class TokenFileError(AncloraOtelError):
    """Raised when the token's file cannot be used; its text says why and what to do."""


@dataclass(frozen=True)
class LevelAnswer:
    """
    An answer over HTTP.

    Args:
        status_code: 200, 400, 401, 405, 413 or 503.
        content: what is told, for a JSON object.

    """

    status_code: int
    content: dict[str, object]

    @property
    def body(self) -> bytes:
        """The content as JSON."""
        return json.dumps(self.content).encode()

    @property
    def headers(self) -> dict[str, str]:
        """The headers that belong to it."""
        found = {"content-type": "application/json", "cache-control": "no-store"}
        if self.status_code == _UNAUTHORIZED:
            found["www-authenticate"] = "Bearer"
        return found


def refusal(token_file: str | Path, authorization: str) -> LevelAnswer | None:
    """
    Give the answer to a request without the right token, or None where it has it.

    The file is read for each request, so that a new token holds at once.

    Args:
        token_file: file with the token.
        authorization: the request's Authorization header, or an empty string.

    """
    try:
        expected = read_token(Path(token_file))
    except TokenFileError as error:
        complaints.say(f"admin token: {error}", f"log levels cannot be changed over HTTP: {error}")
        return LevelAnswer(_UNAVAILABLE, {"error": "the token of this endpoint cannot be read; the log says why"})
    scheme, _, given = authorization.partition(" ")
    # Hashes have one length, so that the time of the comparison tells nothing of the token.
    is_right = hmac.compare_digest(_hash(given.strip()), _hash(expected))
    if scheme.lower() == "bearer" and is_right:
        return None
    return LevelAnswer(_UNAUTHORIZED, {"error": "expected the header Authorization: Bearer TOKEN"})


def answer(method: str, component: str, body: bytes = b"") -> LevelAnswer:
    """
    Answer a request that `refusal` has let pass.

    Args:
        method: GET tells the levels, PUT changes one, DELETE returns to the settings.
        component: name of a logger; empty for all.
        body: of a PUT, ``{"level": "debug"}``.

    """
    control = current.control()
    try:
        if method == "GET":
            shared = True
        elif method == "PUT":
            if len(body) > MAX_BODY_BYTES:
                return LevelAnswer(_TOO_LARGE, {"error": f"expected a body of at most {MAX_BODY_BYTES} bytes"})
            shared = control.set_level(component or ALL, _level_in(body))
        elif method == "DELETE":
            shared = control.reset(component or ALL)
        else:
            return LevelAnswer(_METHOD_NOT_ALLOWED, {"error": f"expected one of {', '.join(METHODS)}"})
    except (SettingsError, ValueError) as error:
        return LevelAnswer(_BAD_REQUEST, {"error": str(error)})
    content: dict[str, object] = {"levels": control.table.levels(), "changed": control.table.changes}
    return LevelAnswer(_OK, content if shared else {**content, "note": "changed in this process alone"})


def read_token(path: Path) -> str:
    """
    Read the token.

    Raises:
        TokenFileError: if the file cannot be read, may be read by others, or holds no token.

    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise TokenFileError(f"{path} with the token cannot be read: {error.strerror}") from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise TokenFileError(f"{path} is no file: expected one that holds the token")
        if found.st_mode & 0o007:
            raise TokenFileError(f"{path} with the token may be read or written by others: run: chmod o= {path}")
        token = os.read(descriptor, _MAX_TOKEN_BYTES).decode("utf-8", "replace").strip()
    except OSError as error:
        raise TokenFileError(f"{path} with the token cannot be read: {error.strerror}") from error
    finally:
        os.close(descriptor)
    if len(token) < MIN_TOKEN_CHARACTERS or not token.isprintable() or " " in token:
        raise TokenFileError(
            f"{path} holds no token: expected one line of {MIN_TOKEN_CHARACTERS} characters or more; "
            f"run: openssl rand -hex 32 > {path}"
        )
    return token


def _level_in(body: bytes) -> str:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    level = found.get("level") if isinstance(found, dict) else None
    if isinstance(level, str):
        return level
    raise ValueError('the body is something else: expected {"level": "debug"}')


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).digest()
