"""Personal data and secrets in attributes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anclora_otel.redaction import DEPTH_MASK, FAILURE_MASK, redact_attributes, redact_value


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("phone", "600111222", "60*****22"),
        ("phone", "600 111 222", "60*****22"),
        ("customer.phone", 34600111222, "34*****22"),
        ("customerPhone", 34600111222.0, "34*****22"),
        ("phone_number", "600111222", "60*****22"),
        ("wa_id", "34600111222", "34*****22"),
        ("remoteJid", "34600111222@s.whatsapp.net", "34*****22@chat"),
        ("to", "34600111222", "34*****22"),
        ("from", 34600111222, "34*****22"),
        ("phones", ["600111222", "600333444"], ["60*****22", "60*****44"]),
        ("phones", ("600111222",), ("60*****22",)),
        ("body", b"call +34600111222", b"call +34*****22"),
        ("body", b"\xff ana@example.com", b"\xff [email]"),
        ("exception.message", ValueError("no user ana@example.com"), "no user [email]"),
        ("http.request.header.authorization", "Basic dXNlcjpwYXNz", "[token]"),
        ("http.request.header.x-api-key", ["abc"], "[token]"),
        ("apikey", "abc", "[token]"),
        ("message", {"to": "34600111222", "n": 1}, {"to": "34*****22", "n": 1}),
        ("message", [{"email": "ana@example.com"}], [{"email": "[email]"}]),
    ],
)
def test_value_is_masked(key: str, value: object, expected: object) -> None:
    """A value is masked by its text, or by what its key says that it is."""
    redacted = redact_value(key, value)

    assert expected == redacted


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("phone", True),
        ("phone", None),
        ("phone", "unknown"),
        ("phone", 123),
        ("to", 1732406533),
        ("from", 1732406533123),
        ("from", "queue"),
        ("timestamp", 1732406533123456789),
        ("http.response.status_code", 200),
        ("server.port", 3000),
        ("duration", 34600111222.5),
        ("phone", float("nan")),
        ("phone", float("inf")),
        ("items", ["a", 1, 2.5, None]),
        ("items", {"a": [1, {"b": "c"}]}),
        ("time", datetime(2026, 11, 24, tzinfo=timezone.utc)),
        ("raw", b"\x00\xff\xfe"),
        ("whatsapp.latency", 34600111222),
    ],
)
def test_other_values_are_the_same_object(key: str, value: object) -> None:
    """What holds nothing comes back as it is."""
    assert redact_value(key, value) is value


def test_mapping_without_findings_is_the_same_object() -> None:
    """The common case copies nothing."""
    attributes = {"http.route": "/messages", "server.port": 3000}

    assert redact_attributes(attributes) is attributes


def test_an_equal_key_seen_before_is_no_finding() -> None:
    """Keys are remembered by their value, so the same key as another object changes nothing."""
    first, again = (b"db.system".decode() for _ in range(2))
    redact_attributes({first: "redis"})
    attributes = {again: "redis"}

    assert first is not again
    assert redact_attributes(attributes) is attributes


def test_mapping_is_copied_where_something_is_found() -> None:
    """The caller's mapping is never changed; keys are masked, too."""
    attributes = {"34600111222@c.us": 1, "email": "ana@example.com"}
    redacted = redact_attributes(attributes)

    assert redacted == {"34*****22@chat": 1, "email": "[email]"}
    assert attributes == {"34600111222@c.us": 1, "email": "ana@example.com"}


def test_nesting_is_bounded() -> None:
    """A structure that contains itself ends in a mask."""
    circle: list[object] = []
    circle.append(circle)

    assert DEPTH_MASK in str(redact_value("items", circle))


def test_hostile_objects_do_not_raise() -> None:
    """An object that cannot be written, or a mapping that cannot be read, is masked as a whole."""

    class Unwritable:
        def __str__(self) -> str:
            raise RuntimeError

    class Unreadable(Mapping[str, object]):
        def __getitem__(self, key: str) -> object:
            raise KeyError(key)

        def __iter__(self) -> None:  # type: ignore[override]
            raise RuntimeError

        def __len__(self) -> int:
            return 1

    assert redact_value("x", Unwritable()) == FAILURE_MASK
    assert redact_value("x", Unreadable()) == FAILURE_MASK
    assert redact_attributes(Unreadable()) == {"redaction": FAILURE_MASK}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.binary(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(key=st.sampled_from(["phone", "to", "x", "message.body", ""]), value=VALUES)
@settings(max_examples=300, deadline=None)
def test_any_value_is_taken(key: str, value: object) -> None:
    """No value of any shape makes the policy fail."""
    redacted = redact_value(key, value)

    assert redacted != FAILURE_MASK
