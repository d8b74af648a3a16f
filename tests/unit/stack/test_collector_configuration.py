"""The part of the collector's configuration that follows from the redaction policy."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from anclora_otel.errors import StackError
from anclora_otel.redaction.patterns import PATTERNS
from anclora_otel.stack.collector_configuration import FILE, render_redaction

PROJECT = Path(__file__).parents[3]


def test_committed_configuration_follows_from_the_policy() -> None:
    """The committed redaction is what the policy renders; `anclora-otel rules render` repairs it."""
    committed = (PROJECT / FILE).read_text()

    assert render_redaction(committed) == committed


def test_expressions_arrive_unchanged() -> None:
    """The collector reads exactly the policy's expressions, in its order."""
    configuration = yaml.safe_load((PROJECT / FILE).read_text())
    read = [each.replace("$$", "$") for each in configuration["processors"]["redaction"]["blocked_values"]]

    assert [pattern.expression for pattern in PATTERNS] == read


def test_configuration_without_marks_is_refused() -> None:
    """A configuration without the marks is refused rather than written over."""
    with pytest.raises(StackError, match="lacks a mark"):
        render_redaction("processors: {}\n")
