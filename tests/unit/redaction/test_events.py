"""Personal data and secrets in events for an error tracker, and in values of any shape and size."""

from __future__ import annotations

from typing import Any

from anclora_otel.redaction import DEPTH_MASK, FAILURE_MASK, redact_attributes, redact_event
from anclora_otel.redaction.values import MAX_NESTED_VALUES, NUMBER_MASK

MAIL, PHONE = "ana.garcia@example.org", "+34600111222"


def event() -> dict[str, Any]:
    """Give an event as Sentry's SDK builds it, with personal data in every part."""
    frame = {"filename": "app.py", "function": "send", "vars": {"to": "34600111222", "job": {"data": {"mail": MAIL}}}}
    error = {"type": "ValueError", "value": f"no user {MAIL}", "stacktrace": {"frames": [frame]}}
    return {
        "event_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "timestamp": "2026-11-24T00:02:13.123Z",
        "level": "error",
        "exception": {"values": [error]},
        "logentry": {"message": "sent to %s", "params": [PHONE]},
        "request": {
            "url": f"http://localhost/find?phone={PHONE}",
            "headers": {"Authorization": "Bearer abc.def-123", "Cookie": "sid=1", "Host": "localhost"},
            "data": {"phone": "600111222", "password": "x"},
        },
        "user": {"id": "7", "email": MAIL},
        "breadcrumbs": {"values": [{"message": f"wrote {MAIL}", "data": {"remoteJid": "34600111222@s.whatsapp.net"}}]},
        "tags": {"queue": "messages"},
        "contexts": {"trace": {"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7"}},
    }


def test_every_part_of_an_event_is_redacted() -> None:
    """Exception, variables of frames, message, request, user and breadcrumbs are masked, ids and times are not."""
    given = event()
    redacted = redact_event(given)

    assert all(part not in str(redacted) for part in (MAIL, "600111222", "abc.def", "sid=1", "'x'"))
    assert all(redacted[key] == given[key] for key in ("event_id", "timestamp", "level", "tags", "contexts"))
    assert redacted["exception"]["values"][0]["stacktrace"]["frames"][0]["vars"] == {
        "to": "34*****22",
        "job": {"data": {"mail": "[email]"}},
    }
    assert given == event()


def test_an_event_without_findings_is_the_same_object() -> None:
    """Nothing is copied where there is nothing to mask."""
    given = {"level": "error", "exception": {"values": [{"type": "ValueError", "value": "no"}]}}

    assert redact_event(given) is given


def test_an_event_that_cannot_be_read_says_so() -> None:
    """What is no mapping at all gives an event that says that it could not be redacted."""
    assert redact_event(None) == {"message": FAILURE_MASK}  # type: ignore[type-var]


def test_wide_structures_are_bounded() -> None:
    """A list that holds itself a thousand times is examined up to a number of values."""
    circle: list[object] = []
    circle.extend([circle] * 1000)

    redacted = str(redact_attributes({"items": circle}))
    assert DEPTH_MASK in redacted
    assert NUMBER_MASK in redacted
    assert redacted.count(DEPTH_MASK) <= MAX_NESTED_VALUES


def test_wide_mappings_are_bounded() -> None:
    """Mappings count as lists do, and what is beyond the number does not pass."""
    wide = {str(number): number for number in range(MAX_NESTED_VALUES)} | {"last": MAIL}

    assert MAIL not in str(redact_event({"extra": wide}))
