"""The redaction that the settings ask for."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.sdk.resources import Resource

from anclora_otel.errors import SettingsError
from anclora_otel.lifecycle.redaction import apply_redaction
from anclora_otel.pipeline.resource import build_resource
from anclora_otel.redaction import Policy, redact_text, use_policy
from anclora_otel.settings import Settings


@pytest.fixture(autouse=True)
def _built_in_policy_afterwards() -> Iterator[None]:
    yield
    use_policy(Policy())


def test_own_patterns_and_hashes_are_applied(tmp_path: Path) -> None:
    """Both files of the settings take effect."""
    patterns, key = tmp_path / "patterns.json", tmp_path / "key"
    patterns.write_text(json.dumps([{"name": "reference", "expression": "REF-[0-9]{4,6}", "kind": "token"}]))
    key.write_text("0123456789abcdef")
    key.chmod(0o600)
    apply_redaction(Settings(redaction_patterns_file=str(patterns), redaction_hmac_key_file=str(key)))

    assert redact_text("REF-20481") == "[token]"
    assert redact_text("+34600111222").startswith("+34*****22#")


def test_broken_files_are_said_and_stop_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Each file that cannot be used is one line, and the built-in policy holds."""
    broken = Settings(redaction_patterns_file=str(tmp_path / "none"), redaction_hmac_key_file=str(tmp_path / "none"))
    with caplog.at_level(logging.WARNING, "anclora_otel"):
        apply_redaction(broken)

    assert [record.getMessage().split()[0] for record in caplog.records] == [
        "ANCLORA_REDACTION_PATTERNS_FILE",
        "ANCLORA_REDACTION_HMAC_KEY_FILE",
    ]
    assert redact_text("+34600111222") == "+34*****22"


def test_strict_mode_refuses_broken_files(tmp_path: Path) -> None:
    """In strict mode both problems are raised at once."""
    broken = Settings(
        strict=True, redaction_patterns_file=str(tmp_path / "none"), redaction_hmac_key_file=str(tmp_path / "none")
    )
    with pytest.raises(SettingsError) as caught:
        apply_redaction(broken)

    assert len(caught.value.problems) == 2


def test_resource_attributes_are_redacted() -> None:
    """What the user says of the service is masked, too."""
    resource: Resource = build_resource(
        Settings(resource_attributes={"owner": "ana@example.com", "team": "sales"}), "1"
    )

    assert (resource.attributes["owner"], resource.attributes["team"]) == ("[email]", "sales")
