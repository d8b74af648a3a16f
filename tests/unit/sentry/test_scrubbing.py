"""Nothing personal and nothing secret goes to Sentry."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import sentry_sdk

from anclora_otel.sentry import add_breadcrumb, capture_exception, capture_message, set_user, with_whatsapp_call
from anclora_otel.sentry.scrubbing import ScrubbingError, scrub_event, scrub_user
from anclora_otel.testing import capture_metrics
from tests.unit.sentry.conftest import Seen

PHONE, ADDRESS, MAIL, TOKEN = "+34600111222", "34600111222@s.whatsapp.net", "ana@example.com", "Bearer abc123def456ghi"
SECRETS = ("600111", "ana@", "abc123def456", "geheim")

REQUEST: dict[str, Any] = {
    "method": "POST",
    "url": f"https://api.example.com/send?phone={PHONE}&api_key=geheim",
    "query_string": f"to=34600111222&api_key=geheim&page=2&mail={MAIL}",
    "headers": {"Authorization": TOKEN, "Cookie": "session=geheim", "X-Api-Key": "geheim", "Accept": "text/html"},
    "cookies": {"session": "geheim"},
    "data": {"number": "34600111222", "text": "geheim"},
    "env": {"REMOTE_ADDR": "geheim"},
}
EVENT: dict[str, Any] = {
    "event_id": "a" * 32,
    "message": f"to {PHONE}",
    "transaction": f"/chats/{ADDRESS}",
    "user": {"id": "17", "email": MAIL, "ip_address": "1.2.3.4", "username": "geheim", "name": "geheim"},
    "tags": {"customer.phone": "34600111222", "queue": "messages"},
    "extra": {"authorization": "geheim", "deep": {"deeper": [{"phone": PHONE}]}, f"key {MAIL}": 1},
    "contexts": {"order": {"whatsapp": "34600111222"}, "trace": {"trace_id": "b" * 32}},
    "breadcrumbs": {"values": [{"message": f"sent to {ADDRESS}", "data": {"password": "geheim"}}]},
    "exception": {
        "values": [
            {
                "type": "ApiError",
                "value": f"{ADDRESS}: {TOKEN}",
                "stacktrace": {"frames": [{"lineno": 3, "function": "send", "vars": {"number": "geheim"}}]},
            }
        ]
    },
    "request": REQUEST,
}


def test_every_part_of_an_event() -> None:
    """Message, transaction, user, tags, extra, contexts, breadcrumbs, exception, local variables and request."""
    text = json.dumps(scrub_event(EVENT))

    assert [secret for secret in SECRETS if secret in text] == []


def test_what_is_of_use_stays() -> None:
    """Ids of the trace, tags, headers without secrets and the rest of the query stay."""
    found = scrub_event(EVENT)

    assert found["event_id"] == "a" * 32
    assert found["contexts"]["trace"]["trace_id"] == "b" * 32
    assert found["user"] == {"id": "17"}
    assert found["tags"]["queue"] == "messages"
    assert found["request"]["headers"]["Accept"] == "text/html"
    assert "page=2" in found["request"]["query_string"]
    assert found["request"]["url"] == "https://api.example.com/send"
    assert {"method", "url", "query_string", "headers"} == set(found["request"])


@pytest.mark.parametrize(
    ("request_headers", "query"),
    [
        ([["authorization", TOKEN], ["x-api-key", "geheim"]], [["api_key", "geheim"]]),
        ("nonsense", {"api_key": "geheim"}),
    ],
)
def test_headers_and_query_in_every_shape(request_headers: object, query: object) -> None:
    """Pairs and mappings, both of which the protocol allows."""
    text = json.dumps(scrub_event({"request": {"headers": request_headers, "query_string": query}}))

    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("user-17", {"id": "user-17"}),
        (17, {"id": "17"}),
        ({"id": "17", "email": MAIL}, {"id": "17"}),
        ({"email": MAIL}, {}),
        ("34600111222", {"id": "34*****22"}),
        (None, {}),
        ("", {}),
    ],
)
def test_a_user_is_an_id(user: object, expected: dict[str, str]) -> None:
    """Nothing but the id, and no id that is a telephone number."""
    assert expected == scrub_user(user)


@pytest.mark.parametrize("user", [MAIL, {"id": ADDRESS}])
def test_a_user_who_is_an_address(user: object) -> None:
    """An id that is an address is masked."""
    assert [secret for secret in SECRETS if secret in json.dumps(scrub_user(user))] == []


def test_too_deep_to_be_examined() -> None:
    """What is nested beyond reason is not sent."""
    event: dict[str, Any] = {}
    inner = event
    for _ in range(60):
        inner["a"] = inner = {}

    with pytest.raises(ScrubbingError, match="nested too deeply"):
        scrub_event(event)


def test_on_the_wire(seen: Seen) -> None:
    """What the application and the SDK put in does not come out."""
    set_user({"id": "17", "email": MAIL})
    add_breadcrumb(f"asked by {MAIL}", "bot", data={"phone": PHONE, "token": TOKEN})
    logging.getLogger("queue").info("to %s", ADDRESS)
    sentry_sdk.set_extra("authorization", "geheim")
    sentry_sdk.set_context("customer", {"phone": "34600111222"})
    sentry_sdk.get_isolation_scope().add_attachment(bytes=b"geheim", filename="chat.txt")
    number = "34600111222"
    try:
        raise RuntimeError(f"cannot reach {PHONE} {MAIL}")
    except RuntimeError as error:
        capture_exception(error, {"customer": ADDRESS}, {"cookie": "geheim", "note": f"{TOKEN} {number and ''}"})
    capture_message(f"done with {PHONE}")

    issues = seen.issues
    # The source of this test is part of the stack trace, and holds what it looks for.
    for issue in issues:
        for value in issue.get("exception", {}).get("values", []):
            for frame in value["stacktrace"]["frames"]:
                assert "vars" not in frame
                frame.clear()
    assert dict(seen.receiver.kinds) == {"event": 2}
    assert len(issues) == 2
    assert [secret for secret in SECRETS if secret in json.dumps(issues)] == []
    assert issues[0]["user"] == {"id": "17"}


def test_what_cannot_be_examined_is_dropped_and_counted(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault while scrubbing drops the event rather than letting it pass."""
    from anclora_otel.sentry import client

    def fail(_event: object) -> dict[str, Any]:
        raise ScrubbingError("cannot be examined")

    monkeypatch.setattr(client, "scrub_event", fail)
    with capture_metrics() as metrics:
        capture_exception(RuntimeError("broken"))

        assert metrics.value("anclora.telemetry.items", signal="sentry", outcome="dropped", reason="encoding") == 1
    assert seen.issues == []
    assert len(seen.lines) == 1


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("/message/sendText/{instance}", "/message/sendText/{instance}"),
        ("/message/sendText/34600111222", "/message/sendText/{id}"),
        (f"/chat/{ADDRESS}/archive", "/chat/{id}/archive"),
        (f"/chat/{PHONE}?token=geheim", "/chat/{id}"),
        ("/message/3EB0C767D097B7C7C030", "/message/{id}"),
    ],
)
def test_a_call_of_the_whatsapp_api_names_no_number(seen: Seen, endpoint: str, expected: str) -> None:
    """The tag is the template, also where a caller gives a path."""
    with pytest.raises(RuntimeError), with_whatsapp_call(endpoint):
        raise RuntimeError("refused")

    assert expected == dict(seen.only_issue()["tags"])["whatsapp.endpoint"]
