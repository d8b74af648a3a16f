"""What a single label value becomes, whatever it is."""

from __future__ import annotations

import logging

import pytest

import anclora_otel
from anclora_otel.label_values import label_text, shown
from anclora_otel.testing import capture_metrics

SENT = "anclora.analytics.messages.sent"
VIOLATIONS = "anclora.telemetry.label.violations"


class Unreadable:
    """An object whose text raises."""

    def __str__(self) -> str:
        """Raise."""
        raise RuntimeError("no text")

    def __repr__(self) -> str:
        """Raise as well."""
        raise RuntimeError("no text either")


class Unhashable(Unreadable):
    """An object whose hash raises, and not with a TypeError."""

    def __hash__(self) -> int:
        """Raise."""
        raise ValueError("no hash")


PERSONAL = [
    "+34 600 123 456",
    "0034600123456",
    "34600123456",
    34600123456,
    34600123456.0,
    b"34600123456",
    "ana.lopez@example.com",
    "ana%40example.com",
    "34600123456@s.whatsapp.net",
    "34600123456:12@s.whatsapp.net",
    "34600123456-1500000000@g.us",
    "120363025246125486@g.us",
    "120363025246125486@newsletter",
    "34600123456@broadcast",
    "600 123 456",
    "600-123-456",
    "(600) 123.456",
    "user-600123456",
    "/message/sendText/34600123456",
    "msg3EB0C767D26A1B2F4C5D",
    "98765432101234@lid",
    "98765432101234:3@hosted.lid",
    "3EB0C767D26A1B2F4C5D",
    "3EB0C767D26A1B2F4C5D6E",
    "3A9F4D2E1B7C8A6D5E4F",
    "BAE5F4A3B2C1D0E9",
    "wamid.HBgLMzQ2MDAxMTEyMjIVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA",
    "false_34600123456@c.us_3EB0C767D26A1B2F4C5D",
    "0b9f1a52-6f0e-4b5a-9d3e-2f7f7f1f0c11",
    "{0B9F1A52-6F0E-4B5A-9D3E-2F7F7F1F0C11}",
    "urn:uuid:0b9f1a52-6f0e-4b5a-9d3e-2f7f7f1f0c11",
    "0b9f1a526f0e4b5a9d3e2f7f7f1f0c11",
    "campaign 0b9f1a52-6f0e-4b5a-9d3e-2f7f7f1f0c11",
]

ORDINARY = [
    ("spring", "spring"),
    ("spring-2026", "spring-2026"),
    ("2026-11-24", "2026-11-24"),
    ("2026-11-24 10 30", "2026-11-24 10 30"),
    ("spring_202611241030", "spring_202611241030"),
    ("job-1764028800", "job-1764028800"),
    ("192.168.100.200", "192.168.100.200"),
    ("10.0.0.12:6379", "10.0.0.12:6379"),
    ("/message/sendText/{instance}", "/message/sendText/{instance}"),
    ("10-20-30", "10-20-30"),
    ("Árboles y mar", "Árboles y mar"),
    ("春", "春"),
    (" spring ", "spring"),
    ("spring\r\nsale", "spring sale"),
    ("spring\u00a0\t sale", "spring sale"),
    ("caf\ud800", "caf?"),
    ("a\x00b\x1b[31m", "a?b?[31m"),
    ("x" * 200, "x" * 200),
    (True, "True"),
    (1, "1"),
    (1.0, "1.0"),
    (4711, "4711"),
    (b"spring", "spring"),
    (bytearray(b"caf\xc3\xa9"), "café"),
    (b"\xff\xfe", "\ufffd\ufffd"),
    (("a", "b"), "('a', 'b')"),
]

NO_NAME = [Unreadable(), Unhashable(), [], b" ", "\n", "\u2003"]
"""Values of an open label that name nothing, or cannot be hashed; the list has a text of its own."""


@pytest.mark.parametrize("value", PERSONAL, ids=str)
def test_what_names_one_is_refused(value: object, caplog: pytest.LogCaptureFixture) -> None:
    """Phones, e-mails, chat addresses, message ids and UUIDs become redacted, are counted, and said once unseen."""
    with caplog.at_level(logging.WARNING, "anclora_otel"), capture_metrics() as captured:
        for _ in range(2):
            anclora_otel.record_message_sent("text", value)  # type: ignore[arg-type]

        assert captured.value(SENT, message_type="text", campaign_id="redacted") == 2
        assert captured.value(VIOLATIONS, metric=SENT, label="campaign_id", reason="personal_data") == 2
        assert all(str(value) not in str(point) for point in captured.points())
    assert len(caplog.records) == 1
    assert str(value) not in caplog.text


@pytest.mark.parametrize("value", PERSONAL, ids=str)
def test_what_names_one_is_not_said_of_a_closed_set(value: object, caplog: pytest.LogCaptureFixture) -> None:
    """The warning about a closed set does not show it either."""
    with caplog.at_level(logging.WARNING, "anclora_otel"), capture_metrics() as captured:
        anclora_otel.record_message_sent(value, "spring")  # type: ignore[arg-type]

        assert captured.value(SENT, message_type="other", campaign_id="spring") == 1
    assert len(caplog.records) == 1
    assert "got redacted" in caplog.text
    assert str(value) not in caplog.text


@pytest.mark.parametrize(("value", "expected"), ORDINARY, ids=[repr(value)[:20] for value, _ in ORDINARY])
def test_other_values_become_text(value: object, expected: str) -> None:
    """Whatever has a text becomes a line that can be encoded; no violation, and no two types share a series."""
    with capture_metrics() as captured:
        for _ in range(2):
            anclora_otel.record_message_sent("text", value)  # type: ignore[arg-type]

        assert captured.value(SENT, message_type="text", campaign_id=expected) == 2
        assert captured.points(VIOLATIONS) == []


def test_equal_values_of_different_types_keep_apart() -> None:
    """True, 1 and 1.0 are equal as keys of a dictionary, but not as texts."""
    with capture_metrics() as captured:
        for value in ("1", True, 1, 1.0, "1"):
            anclora_otel.record_message_sent("text", value)  # type: ignore[arg-type]

        found = {point.attributes["campaign_id"]: point.value for point in captured.points(SENT)}
        assert found == {"1": 3, "True": 1, "1.0": 1}


@pytest.mark.parametrize("value", NO_NAME, ids=lambda value: type(value).__name__)
def test_a_value_without_a_name_keeps_its_event(value: object, caplog: pytest.LogCaptureFixture) -> None:
    """What has no text, an empty one, or cannot be hashed is recorded all the same."""
    with caplog.at_level(logging.WARNING, "anclora_otel"), capture_metrics() as captured:
        for _ in range(2):
            anclora_otel.record_rate_limit_hit(value)  # type: ignore[arg-type]

        assert captured.total("anclora.whatsapp.rate_limit.hits") == 2
    expected = 0 if isinstance(value, list) else 1
    assert len(caplog.records) == expected


@pytest.mark.parametrize("value", [None, Unreadable(), Unhashable(), "", [], {}, 7], ids=lambda v: type(v).__name__)
def test_a_closed_set_takes_nothing_else(value: object) -> None:
    """Anything but its values becomes the fallback, and is counted."""
    with capture_metrics() as captured:
        anclora_otel.record_message_sent(value, "spring")  # type: ignore[arg-type]

        assert captured.value(SENT, message_type="other", campaign_id="spring") == 1
        assert captured.value(VIOLATIONS, metric=SENT, label="message_type", reason="unknown_value") == 1


def test_a_long_value_is_counted_and_shortened_in_the_warning(caplog: pytest.LogCaptureFixture) -> None:
    """Ten kilobytes become the fallback, and the line about it stays short."""
    with caplog.at_level(logging.WARNING, "anclora_otel"), capture_metrics() as captured:
        anclora_otel.record_message_sent("text", "x" * 10_000)

        assert captured.value(VIOLATIONS, metric=SENT, label="campaign_id", reason="too_long") == 1
    assert len(caplog.records) == 1
    assert len(caplog.text) < 400


def test_one_line_a_metric_label_and_reason(caplog: pytest.LogCaptureFixture) -> None:
    """Different faults of one label are each said; the same fault is not, nor is it twice for another value."""
    with caplog.at_level(logging.WARNING, "anclora_otel"), capture_metrics():
        for campaign in ("ana@example.org", "eva@example.org", "x" * 300, "y" * 300):
            anclora_otel.record_message_sent("text", campaign)
            anclora_otel.record_message_read("text", campaign)

    assert len(caplog.records) == 4


def test_texts() -> None:
    """A value that is fine comes back as the same object; what has no text is None."""
    fine = "spring sale"

    assert label_text(fine) is fine
    assert label_text(None) is None
    assert label_text(Unreadable()) is None


def test_what_a_warning_shows() -> None:
    """Short, on one line, without personal data."""
    assert shown("a\nb") == "'a b'"
    assert shown("x" * 100) == repr("x" * 40)
    assert shown(None) == "None"
    assert shown(Unreadable()) == "a value whose text cannot be read"
    assert shown("ana@example.org") == "redacted"
