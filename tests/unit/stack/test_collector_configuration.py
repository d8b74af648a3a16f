"""The parts of the collector's configuration that follow from code."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from anclora_otel.errors import StackError
from anclora_otel.redaction.keys import KEY_EXPRESSIONS
from anclora_otel.redaction.pattern import Pattern
from anclora_otel.redaction.patterns import PATTERNS
from anclora_otel.stack.collector_configuration import (
    FILE,
    render_configuration,
    render_overlay,
    render_records,
    render_redaction,
)
from anclora_otel.stack.log_records import RECORD

PROJECT = Path(__file__).parents[3]


def test_committed_configuration_follows_from_code() -> None:
    """The committed configuration is what the code renders; `anclora-otel rules render` repairs it."""
    committed = (PROJECT / FILE).read_text()

    assert render_configuration(committed) == committed


def test_expressions_arrive_unchanged() -> None:
    """The collector reads exactly the policy's expressions, in its order."""
    configuration = yaml.safe_load((PROJECT / FILE).read_text())
    redaction = configuration["processors"]["redaction"]
    values, keys = (
        [each.replace("$$", "$") for each in redaction[name]] for name in ("blocked_values", "blocked_key_patterns")
    )

    assert [pattern.expression for pattern in PATTERNS] == values
    assert [expression for kind, expression in KEY_EXPRESSIONS if kind != "weak"] == keys


def test_configuration_without_marks_is_refused() -> None:
    """A configuration without the marks is refused rather than written over."""
    for render in (render_redaction, render_records):
        with pytest.raises(StackError, match="lacks a mark"):
            render("processors: {}\n")


def test_the_reader_gets_the_expression_of_a_record() -> None:
    """The collector's reader tells records apart by exactly the expression that is tested."""
    configuration = yaml.safe_load((PROJECT / FILE).read_text())
    read = configuration["receivers"]["file_log"]["multiline"]["line_start_pattern"].replace("$$", "$")

    assert read == RECORD


def test_an_overlay_holds_own_patterns_first(tmp_path: Path) -> None:
    """The overlay has the own patterns before the built-in ones, and names the key's file, not the key."""
    key = tmp_path / "key"
    key.write_text("k" * 32)
    key.chmod(0o600)
    own = Pattern("reference", "own", r"REF-[0-9]{4,6}\b", "[reference]")
    text = render_overlay([own], str(key))
    redaction = yaml.safe_load(text)["processors"]["redaction"]

    assert redaction["blocked_values"][0] == own.expression
    assert len(redaction["blocked_values"]) == 1 + len(PATTERNS)
    assert redaction["hmac_key"] == f"${{file:{key}}}"
    assert "kkk" not in text


@pytest.mark.parametrize(("content", "mode"), [("k" * 31, 0o600), ("k" * 32, 0o644)])
def test_a_key_that_the_collector_refuses_is_refused(tmp_path: Path, content: str, mode: int) -> None:
    """A key that is too short for the collector or open to others is said before the collector is started."""
    key = tmp_path / "key"
    key.write_text(content)
    key.chmod(mode)

    with pytest.raises(StackError, match=r"expected mode 0600|the collector wants 32"):
        render_overlay([], str(key))
