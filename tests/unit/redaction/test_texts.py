"""Personal data and secrets in texts."""

from __future__ import annotations

import pytest

from anclora_otel.redaction import (
    FAILURE_MASK,
    MAX_TEXT_CHARACTERS,
    contains_personal_data,
    looks_like_identifier,
    mask_phone,
    redact_text,
)
from tests.unit.redaction.corpus import FOUND, LEFT_ALONE


@pytest.mark.parametrize(("text", "expected"), FOUND.items())
def test_personal_data_is_masked(text: str, expected: str) -> None:
    """What identifies a person or opens a door is masked, and nothing else."""
    redacted = redact_text(text)

    assert expected == redacted


@pytest.mark.parametrize("text", FOUND)
def test_masking_twice_changes_nothing(text: str) -> None:
    """A masked text is left alone, so that several places may mask one after the other."""
    once = redact_text(text)

    assert redact_text(once) is once


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_other_numbers_are_left_alone(text: str) -> None:
    """Ids, times, prices, ports, versions and addresses come back as the same object."""
    assert redact_text(text) is text


def test_lone_surrogates_are_taken() -> None:
    """A text that cannot be encoded is still masked."""
    assert redact_text("\ud800 +34600111222 \udfff") == "\ud800 +34*****22 \udfff"


def test_too_long_text_is_cut() -> None:
    """What is beyond the limit, and so was not examined, does not pass."""
    text = "x " * (MAX_TEXT_CHARACTERS // 2 - 4) + "+34600111222 ana@example.com"
    redacted = redact_text(text)

    assert "+346" not in redacted
    assert "ana@" not in redacted
    assert redacted.endswith(f"[cut: {len(text)} characters]")


def test_something_that_is_no_text_does_not_raise() -> None:
    """A wrong type, which a caller's type checker would have found, gives a mask and no exception."""
    assert redact_text(None) == FAILURE_MASK  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["+34 600 111 222", "34600111222", "600111222", "ana@example.com", "34600111222@c.us"])
def test_label_values_with_personal_data_are_known(text: str) -> None:
    """A label must not hold a number or an address, not even a bare number."""
    assert contains_personal_data(text)


@pytest.mark.parametrize(
    "text", ["default", "spring-2026", "20261124", "1732406533", "/message/sendText/{instance}", ""]
)
def test_ordinary_label_values_pass(text: str) -> None:
    """Names of queues, campaigns and endpoints are no personal data."""
    assert not contains_personal_data(text)


@pytest.mark.parametrize(
    "text",
    [
        "0b9f1a52-6f0e-4b5a-9d3e-2f7f7f1f0c11",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "3EB0C767D26A1B2F4C5D",
        "BAE5F4A3B2C1D0E9",
        "msg-3EB0C767D26A1B2F4C5D",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "wamid.HBgLMzQ2MDAxMTEyMjI",
    ],
)
def test_identifiers_are_known(text: str) -> None:
    """A value that names a single thing would make a series for each."""
    assert looks_like_identifier(text)


@pytest.mark.parametrize(
    "text", ["default", "4711", "messages.upsert", "1000+", "deadbeef", "INTERNATIONALIZATIONS", ""]
)
def test_ordinary_names_are_no_identifiers(text: str) -> None:
    """Names and small numbers are no identifiers."""
    assert not looks_like_identifier(text)


@pytest.mark.parametrize(
    ("number", "expected"),
    [("600 111 222", "60*****22"), ("+34 600111222", "+34*****22"), ("12345", "12345")],
)
def test_phone_mask_keeps_both_ends(number: str, expected: str) -> None:
    """The first two and the last two digits stay, so that two people can be told apart in a log."""
    masked = mask_phone(number)

    assert expected == masked
