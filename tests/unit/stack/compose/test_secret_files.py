"""Secrets that are made once."""

from __future__ import annotations

import stat
from pathlib import Path

import bcrypt
import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack.compose.secret_files import make_secrets, read_secret, write_secret


def test_secrets_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    """The second call makes nothing and changes nothing; nobody else can read folder or files."""
    folder = tmp_path / "secrets"
    made = make_secrets(folder, with_https=True)
    contents = {file.name: file.read_text() for file in folder.iterdir()}

    assert make_secrets(folder, with_https=True) == ()
    assert {file.name for file in made} == set(contents)
    assert {file.name: file.read_text() for file in folder.iterdir()} == contents
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_no_two_stacks_share_a_secret(tmp_path: Path) -> None:
    """Every folder gets secrets of its own, long ones."""
    passwords = set()
    for name in ("one", "two"):
        make_secrets(tmp_path / name, with_https=True)
        passwords |= {read_secret(tmp_path / name / f"{each}_password") for each in ("redis", "grafana_admin", "https")}

    assert len(passwords) == 6
    assert {len(password) for password in passwords} == {49}


def test_secrets_that_belong_together_agree(tmp_path: Path) -> None:
    """Redis, its clients and the proxy's users have the passwords that stand in their files."""
    make_secrets(tmp_path, with_https=True)
    password = read_secret(tmp_path / "redis_password")
    user, _, hashed = read_secret(tmp_path / "https_users").partition(" ")

    assert read_secret(tmp_path / "redis_configuration") == f"requirepass {password}"
    assert read_secret(tmp_path / "redis_url") == f"redis://:{password}@redis:6379/0"
    assert user == "admin"
    assert bcrypt.checkpw(read_secret(tmp_path / "https_password").encode(), hashed.encode())


def test_changed_secret_changes_what_is_made_of_it(tmp_path: Path) -> None:
    """After a password was removed, or put there by hand, what follows from it is made anew."""
    make_secrets(tmp_path, with_https=True)
    (tmp_path / "redis_password").unlink()
    write_secret(tmp_path / "https_password", "chosen by hand")
    made = {file.name for file in make_secrets(tmp_path, with_https=True)}
    hashed = read_secret(tmp_path / "https_users").partition(" ")[2]

    assert made == {"redis_password", "redis_configuration", "redis_url", "https_users"}
    assert read_secret(tmp_path / "redis_password") in read_secret(tmp_path / "redis_url")
    assert bcrypt.checkpw(b"chosen by hand", hashed.encode())


def test_proxy_that_is_not_wanted_has_no_users(tmp_path: Path) -> None:
    """Without HTTPS no password of the proxy is made."""
    assert {file.name for file in make_secrets(tmp_path) if "https" in file.name} == set()


def test_secret_that_was_opened_to_others_is_closed(tmp_path: Path) -> None:
    """A file that others could read is for its owner alone after the next start."""
    make_secrets(tmp_path)
    (tmp_path / "redis_password").chmod(0o644)
    make_secrets(tmp_path)

    assert stat.S_IMODE((tmp_path / "redis_password").stat().st_mode) == 0o600


def test_missing_and_empty_secrets_are_one_line(tmp_path: Path) -> None:
    """A secret that is not there, or empty, is told with what makes it."""
    with pytest.raises(StackError, match=r"secret .*/absent cannot be read \(No such file.*\): run: make compose-up$"):
        read_secret(tmp_path / "absent")

    write_secret(tmp_path / "redis_password", "")

    with pytest.raises(StackError, match=r"redis_password is empty: remove it, then run: make compose-up$"):
        make_secrets(tmp_path)
