"""Whatever errors, values and answers come: nothing is raised, nothing is lost without a word."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest

from anclora_otel._guard import complaints
from anclora_otel.sentry import (
    add_breadcrumb,
    capture_exception,
    capture_message,
    flush_sentry,
    init_sentry,
    set_user,
    with_queue_processor,
    with_sentry,
    with_whatsapp_call,
)
from anclora_otel.sentry.limits import MAX_EXTRA_BYTES
from anclora_otel.sentry.state import state
from anclora_otel.stack.sentry_receiver import SentryMode
from tests.unit.sentry.conftest import Seen


class TextlessError(Exception):
    """An error whose text cannot be read."""

    def __str__(self) -> str:
        raise ValueError("no text")

    __repr__ = __str__


class SlottedError(Exception):
    """An error with slots."""

    __slots__ = ("code",)


class FrozenError(Exception):
    """An error that takes no attributes, apart from those of Python."""

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("__"):
            raise AttributeError(name)
        super().__setattr__(name, value)


class UnequalError(Exception):
    """An error that compares with nothing."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise ValueError("no comparison")


@pytest.mark.parametrize("kind", [TextlessError, SlottedError, FrozenError, UnequalError])
def test_errors_of_every_make(seen: Seen, kind: type[Exception]) -> None:
    """Errors without text, with slots, frozen or without a hash are one of each as well."""
    # Upstream's own status reads the text of the error, and fails with it.
    span = seen.tracer.start_as_current_span("work", set_status_on_exception=False)
    with pytest.raises(kind), span, with_sentry("outer"), with_sentry("inner"):
        raise kind

    seen.assert_one_each()


def recursive() -> dict[str, Any]:
    """Give a mapping that holds itself."""
    found: dict[str, Any] = {"a": 1}
    found["self"] = found
    return found


@pytest.mark.parametrize(
    "extra",
    [
        recursive(),
        {"a": object(), "b": TextlessError(), 3: {4, 5}, None: b"\xff"},
        {"nan": float("nan"), "big": 10**400, "lone": "\ud800"},
        {str(number): "x" * 100_000 for number in range(150)},
        {"list": list(range(100_000))},
        "not a mapping",
        17,
    ],
    ids=["recursive", "objects", "numbers", "huge", "long", "text", "number"],
)
def test_extra_of_every_kind(seen: Seen, extra: Any) -> None:
    """Recursive, huge and foreign values come to an end, within what Sentry takes."""
    capture_exception(RuntimeError("broken"), {"tag": extra}, extra)

    assert len(str(seen.only_issue().get("extra"))) < 2 * MAX_EXTRA_BYTES


@pytest.mark.parametrize(
    "tags",
    [{"": "x", "a b\n": "c\nd", "x" * 300: "y" * 900, "empty": "", 3: None}, "no mapping", 17, None, recursive()],
)
def test_tags_of_every_kind(seen: Seen, tags: Any) -> None:
    """Tags are made such as Sentry takes them; its normaliser has nothing to say."""
    capture_exception(RuntimeError("broken"), tags)

    assert all(len(key) <= 32 and len(value) <= 200 for key, value in dict(seen.only_issue().get("tags", {})).items())


def test_surrogates(seen: Seen) -> None:
    """Lone surrogates in an error's text, which no JSON reader takes, are escaped."""
    capture_exception(RuntimeError("broken \ud83d"))

    assert seen.only_issue()["exception"]["values"][-1]["value"] == "broken \\ud83d"


@pytest.mark.parametrize("error", ["a text", 17, object(), {"message": "x"}])
def test_what_is_no_exception(seen: Seen, error: object) -> None:
    """What is no exception is reported by its text."""
    capture_exception(error)

    assert 1 == len(seen.issues) == len(seen.lines)


def test_nothing_to_capture(seen: Seen) -> None:
    """Outside of an exception there is nothing to capture."""
    assert capture_exception() is None
    assert seen.issues == []


def test_the_exception_that_is_being_handled(seen: Seen) -> None:
    """Without an argument the current exception is captured."""
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        assert capture_exception()

    assert len(seen.issues) == 1


def test_calls_with_nonsense(seen: Seen) -> None:
    """Wrong arguments raise nothing."""
    set_user(object())
    add_breadcrumb(object(), object(), "nonsense", 17)  # type: ignore[arg-type]
    capture_message(object(), "nonsense")  # type: ignore[arg-type]
    with with_sentry(17), with_whatsapp_call(None):  # type: ignore[arg-type]
        pass
    with_queue_processor(None)(lambda: None)()  # type: ignore[arg-type]

    assert len(seen.issues) == 1


def test_a_hook_that_raises(seen: Seen) -> None:
    """A before_send that raises drops the event, since it may be there to take something out; it is said once."""

    def fail(_event: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any] | None:
        raise LookupError("the hook is broken")

    assert init_sentry(seen.receiver.dsn, before_send=fail)
    capture_exception(RuntimeError("broken"))

    assert seen.issues == []
    assert len(seen.lines) == 1
    assert any("before_send" in kind for kind in complaints.counts())


def test_what_a_hook_adds_is_scrubbed(seen: Seen) -> None:
    """The hook comes before the policy."""

    def add(event: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any] | None:
        return {**event, "extra": {"note": "call +34600111222"}}

    init_sentry(seen.receiver.dsn, before_send=add)
    capture_exception(RuntimeError("broken"))

    assert seen.only_issue()["extra"]["note"] == "call +34*****22"


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("unauthorised", "check SENTRY_DSN"),
        ("too_large", "too large"),
        ("too_many_requests", "rate is limited"),
        ("unavailable", "status_503"),
        ("garbage", "cannot be reached"),
    ],
)
def test_answers_of_every_kind(seen: Seen, mode: SentryMode, said: str, caplog: pytest.LogCaptureFixture) -> None:
    """An answer that refuses is said once with what to do, and counted; the line remains."""
    seen.receiver.mode = mode
    for number in range(3):
        capture_exception(RuntimeError(f"broken {number}"))
    flush_sentry(30)

    told = [record.getMessage() for record in caplog.records if "Sentry does not take errors" in record.getMessage()]
    assert any(said in line for line in told)
    assert len(told) == len(set(told))
    assert len(seen.lines) == 3
    assert state.client is not None
    assert state.client.account.counts().failed == 3


def test_a_receiver_that_never_answers(seen: Seen) -> None:
    """A flush gives up in time and says so."""
    seen.receiver.mode = "black_hole"
    capture_exception(RuntimeError("broken"))
    began = time.monotonic()

    assert not flush_sentry(0.2)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "dsn",
    ["nonsense", "https://key@host/", "https://host/1", "ftp://key@host/1", "https://key@host/1?x", "https://[", 17],
)
def test_a_dsn_that_is_none(dsn: Any, caplog: pytest.LogCaptureFixture) -> None:
    """One line says what was expected, and shows nothing of it."""
    with caplog.at_level(logging.INFO):
        assert not init_sentry(dsn)

    (line,) = [record.getMessage() for record in caplog.records if "Sentry" in record.getMessage()]
    assert "expected a DSN such as https://KEY@o1.ingest.sentry.io/42" in line
    assert "key" not in line


def test_without_a_dsn(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says so; every function goes on without effect."""
    monkeypatch.delenv("SENTRY_DSN", raising=False)
    with caplog.at_level(logging.INFO):
        assert not init_sentry()

    (line,) = [record.getMessage() for record in caplog.records if "Sentry" in record.getMessage()]
    assert "SENTRY_DSN is not set" in line
    assert capture_exception(RuntimeError("broken")) is None
    assert flush_sentry()


def test_switched_off_in_silence(seen: Seen, caplog: pytest.LogCaptureFixture) -> None:
    """Where it is not wanted, nothing is said and nothing is sent."""
    assert not init_sentry(seen.receiver.dsn, enabled=False)
    capture_exception(RuntimeError("broken"))

    assert [record for record in caplog.records if "Sentry" in record.getMessage()] == []
    assert len(seen.receiver.events) == 0
