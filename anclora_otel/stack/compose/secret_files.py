"""Secrets of the compose stack, made once: one file each, which nobody else can read."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from anclora_otel.errors import StackError

_BYTES = 24


def make_secrets(folder: Path) -> tuple[Path, ...]:
    """
    Make the secrets that are not there yet; what is there stays as it is.

    Args:
        folder: git-ignored, made with mode 0700.

    Returns:
        The files that were made.

    Raises:
        StackError: a file cannot be read or written, or is empty.

    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        made = [folder / name for name, make in _MAKERS.items() if _make_once(folder / name, make(folder))]
        return tuple(made)
    except OSError as error:
        raise StackError(f"{error.filename or folder} cannot be written ({error.strerror})") from error


def write_secret(file: Path, text: str) -> None:
    """Write a secret anew, never readable by others in between."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        # No line end: the collector takes a file as it is.
        opened.write(text)
    fresh.replace(file)


def read_secret(file: Path) -> str:
    """
    Read a secret that was made.

    Raises:
        StackError: the file is missing or empty.

    """
    try:
        text = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise StackError(f"the secret {file} cannot be read ({error.strerror}): run: make compose-up") from error
    if not text:
        raise StackError(f"the secret {file} is empty: remove it, then run: make compose-up")
    return text


def _make_once(file: Path, text: Callable[[], str]) -> bool:
    if file.exists():
        file.chmod(0o600)
        read_secret(file)
        return False
    write_secret(file, text())
    return True


def _random(_folder: Path) -> Callable[[], str]:
    # A letter first: a file of digits alone would be read as a number.
    return lambda: f"s{secrets.token_hex(_BYTES)}"


def _redis_configuration(folder: Path) -> Callable[[], str]:
    return lambda: f"requirepass {read_secret(folder / 'redis_password')}\n"


def _redis_url(folder: Path) -> Callable[[], str]:
    return lambda: f"redis://:{read_secret(folder / 'redis_password')}@redis:6379/0"


def _https_users(folder: Path) -> Callable[[], str]:
    def make() -> str:
        try:
            import bcrypt
        except ImportError:
            raise StackError("HTTPS needs a hashed password: run: pip install 'anclora-otel[compose]'") from None
        password = read_secret(folder / "https_password").encode()
        return f"admin {bcrypt.hashpw(password, bcrypt.gensalt()).decode()}\n"

    return make


_MAKERS: Mapping[str, Callable[[Path], Callable[[], str]]] = {
    "redis_password": _random,
    "redis_configuration": _redis_configuration,
    "redis_url": _redis_url,
    "grafana_admin_password": _random,
    "grafana_secret_key": _random,
    "https_password": _random,
    "https_users": _https_users,
}
"""The secrets in the order of making, since some are made of others."""
