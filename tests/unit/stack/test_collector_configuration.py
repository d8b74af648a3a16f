"""The parts of the collector's configuration that follow from code."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from anclora_otel.errors import StackError
from anclora_otel.redaction.patterns import PATTERNS
from anclora_otel.stack.collector_configuration import FILE, render_configuration, render_records, render_redaction
from anclora_otel.stack.log_records import RECORD

PROJECT = Path(__file__).parents[3]


def test_committed_configuration_follows_from_code() -> None:
    """The committed configuration is what the code renders; `anclora-otel rules render` repairs it."""
    committed = (PROJECT / FILE).read_text()

    assert render_configuration(committed) == committed


def test_expressions_arrive_unchanged() -> None:
    """The collector reads exactly the policy's expressions, in its order."""
    configuration = yaml.safe_load((PROJECT / FILE).read_text())
    read = [each.replace("$$", "$") for each in configuration["processors"]["redaction"]["blocked_values"]]

    assert [pattern.expression for pattern in PATTERNS] == read


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
