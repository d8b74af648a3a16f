"""Masks with a keyed hash."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from anclora_otel.redaction import Policy, load_policy, redact_attributes, redact_text, redact_value, use_policy
from tests.unit.redaction.planted import planted

KEY = b"0123456789abcdef"


@pytest.fixture(autouse=True)
def _hashing_policy() -> Iterator[None]:
    use_policy(Policy(hash_key=KEY))
    yield
    use_policy(Policy())


def hash_in(text: str) -> str:
    """Give the only hash in a text."""
    (found,) = re.findall("#([a-p][0-9a-f]{7})", text)
    return str(found)


def test_a_mask_carries_a_hash() -> None:
    """The mask keeps its form and has a hash behind it."""
    assert re.fullmatch(r"call \+34\*{5}22#[a-p][0-9a-f]{7} now", redact_text("call +34 600 111 222 now"))


@pytest.mark.parametrize(
    "written",
    [
        *("+34600111222", "+34 600-111-222", "0034600111222", "0034 600 111 222", "34600111222@s.whatsapp.net"),
        *("34600111222:12@s.whatsapp.net", "34600111222%3A12%40s.whatsapp.net", "%2B34%20600%20111%20222"),
        *("+34 (0) 600.111.222", "to 34600111222", "phone: 34600111222", "34600111222@lid"),
    ],
)
def test_one_person_has_one_hash(written: str) -> None:
    """However a number is written, its hash is that of its digits."""
    assert hash_in(redact_text(written)) == hash_in(redact_text("+34600111222"))


def test_by_key_and_by_text_have_the_same() -> None:
    """A number that is found by its attribute's key has the hash of the same number in a text."""
    expected = hash_in(redact_text("+34600111222"))

    assert hash_in(str(redact_value("phone", "34600111222"))) == expected
    assert hash_in(str(redact_value("to", 34600111222))) == expected
    assert hash_in(str(redact_attributes({"34600111222@c.us": 1}))) == expected


def test_others_have_another() -> None:
    """Another number, another kind and another key give another hash."""
    one, other = hash_in(redact_text("+34600111222")), hash_in(redact_text("+34600111223"))
    use_policy(Policy(hash_key=KEY[::-1]))

    assert len({one, other, hash_in(redact_text("+34600111222"))}) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ANA@Example.com", "ana%40example.com"),
        ("ES91 2100 0418 4502 0005 1332", "ES9121000418450200051332"),
        ("4111-1111-1111-1111", "4111111111111111"),
    ],
)
def test_the_manner_of_writing_does_not_count(one: str, other: str) -> None:
    """Case, separators and encoding make no difference."""
    assert hash_in(redact_text(one)) == hash_in(redact_text(other))


@pytest.mark.parametrize("text", ["Bearer abc.def-123", "password=hunter2", "redis://:s3cr3t@h:1"])
def test_secrets_have_none(text: str) -> None:
    """Nobody is followed by a token, so it leaves nothing behind."""
    assert "#" not in redact_text(text)


def test_masking_again_changes_nothing() -> None:
    """No hash is read as a number, an address or a secret, in any surrounding of the corpus."""
    once = [redact_text(each.text) for each in planted()[::5]]

    assert [text for text in once if redact_text(text) is not text] == []


def test_other_processes_have_the_same(tmp_path: Path) -> None:
    """The key alone decides, not the process."""
    key = tmp_path / "key"
    key.write_bytes(KEY)
    key.chmod(0o600)
    code = (
        "import sys; from anclora_otel.redaction import load_policy, redact_text, use_policy;"
        "policy, problems = load_policy('', sys.argv[1]); use_policy(policy); print(redact_text('+34600111222'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(key)], capture_output=True, text=True, check=True, env=dict(os.environ)
    )

    assert done.stdout.strip() == redact_text("+34600111222")


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        (KEY, 0o644, "open to others (mode 0644)"),
        (KEY, 0o640, "open to others (mode 0640)"),
        (b"short\n", 0o600, "of 5 bytes: expected 16 to 4096"),
        (b"", 0o600, "of 0 bytes"),
        (b"x" * 5000, 0o600, "of 4097 bytes"),
    ],
)
def test_keys_that_cannot_be_used_are_refused(tmp_path: Path, content: bytes, mode: int, reason: str) -> None:
    """A key that others can read or that is too short is refused in one line without it; masks then have no hash."""
    file = tmp_path / "key"
    file.write_bytes(content)
    file.chmod(mode)
    policy, (problem,) = load_policy("", str(file))

    assert policy.hash_key is None
    assert reason in str(problem)
    assert KEY.decode() not in str(problem)


@pytest.mark.parametrize("name", ["none", "."])
def test_a_key_file_that_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    """A wrong path and a folder are said."""
    policy, (problem,) = load_policy("", str(tmp_path / name))

    assert policy.hash_key is None
    assert "ANCLORA_REDACTION_HMAC_KEY_FILE" in str(problem)
