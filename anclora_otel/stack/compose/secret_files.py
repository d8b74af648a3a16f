"""Secrets of the compose stack, made once: one file each, which nobody else can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from anclora_otel.errors import StackError

REDIS_PASSWORD, HTTPS_PASSWORD = "redis_password", "https_password"
RANDOM = (REDIS_PASSWORD, "grafana_admin_password", "grafana_secret_key")
"""Secrets that are made by chance; the others follow from them."""

HTTPS_USER = "admin"
"""Who the proxy lets in."""

_BYTES = 24


def make_secrets(folder: Path, *, with_https: bool = False) -> tuple[Path, ...]:
    """
    Make the secrets that are not there yet, and anew what no longer follows from the others.

    Args:
        folder: git-ignored, made with mode 0700.
        with_https: whether the proxy's users are wanted too.

    Returns:
        The files that were made.

    Raises:
        StackError: a file cannot be read or written, or is empty.

    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        names = (*RANDOM, HTTPS_PASSWORD) if with_https else RANDOM
        made = [folder / name for name in names if _make_once(folder / name)]
        password = read_secret(folder / REDIS_PASSWORD)
        # A letter stands first: the collector would read a file of digits alone as a number.
        made += _keep(folder / "redis_configuration", f"requirepass {password}\n")
        made += _keep(folder / "redis_url", f"redis://:{password}@redis:6379/0")
        made += _keep_users(folder) if with_https else []
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


def _make_once(file: Path) -> bool:
    if file.exists():
        file.chmod(0o600)
        read_secret(file)
        return False
    write_secret(file, f"s{secrets.token_hex(_BYTES)}")
    return True


def _keep(file: Path, text: str) -> list[Path]:
    if file.exists() and file.read_text(encoding="utf-8") == text:
        file.chmod(0o600)
        return []
    write_secret(file, text)
    return [file]


def _keep_users(folder: Path) -> list[Path]:
    try:
        import bcrypt
    except ImportError:
        raise StackError("HTTPS needs a hashed password: run: pip install 'anclora-otel[compose]'") from None
    file, password = folder / "https_users", read_secret(folder / HTTPS_PASSWORD).encode()
    hashed = file.read_text(encoding="utf-8").strip().rpartition(" ")[2].encode() if file.exists() else b""
    if hashed.startswith(b"$2") and bcrypt.checkpw(password, hashed):
        file.chmod(0o600)
        return []
    write_secret(file, f"{HTTPS_USER} {bcrypt.hashpw(password, bcrypt.gensalt()).decode()}\n")
    return [file]
