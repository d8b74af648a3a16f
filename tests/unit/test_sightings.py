"""What is remembered of an error."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Tracer

from anclora_otel import sightings


@pytest.fixture
def tracer() -> Iterator[Tracer]:
    """Give a tracer of the SDK."""
    provider = TracerProvider(shutdown_on_exit=False)
    yield provider.get_tracer("test")
    provider.shutdown()


def test_each_place_is_seen_once() -> None:
    """The places do not know of each other."""
    error = ValueError("broken")

    assert [sightings.first(error, place) for place in ("log", "issue", "log", "issue")] == [True, True, False, False]


def test_it_goes_along_to_another_process() -> None:
    """An exception that a process pool hands back is known, without a class of ours in its pickle."""
    error = ValueError("broken")
    sightings.first(error, "issue")
    pickled = pickle.dumps(error)

    assert sightings.is_known(pickle.loads(pickled), "issue")  # noqa: S301 - our own pickle
    assert b"anclora_otel." not in pickled


def test_the_span_is_remembered(tracer: Tracer) -> None:
    """The span of the first sighting is known after its end, a later one without a trace does not change it."""
    error = ValueError("broken")
    with tracer.start_as_current_span("work") as span:
        sightings.first(error, "log")
    sightings.first(error, "issue")
    found = sightings.span_of(error)

    assert found is not None
    assert span.get_span_context().span_id == found.get_span_context().span_id
    assert not found.is_recording()


def test_another_trace_is_another_error(tracer: Tracer) -> None:
    """The same object in another trace is seen anew, and belongs to that trace."""
    error = ValueError("broken")
    with tracer.start_as_current_span("one"):
        sightings.first(error, "log")
    with tracer.start_as_current_span("two") as second:
        assert sightings.first(error, "log")
    found = sightings.span_of(error)

    assert found is not None
    assert second.get_span_context().trace_id == found.get_span_context().trace_id


def test_without_a_trace_it_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """An object that is raised again after a while, without a trace to tell, is a new error."""
    error = ValueError("broken")
    sightings.first(error, "log")
    monkeypatch.setattr(sightings, "REMEMBERED_SECONDS", 0.0)

    assert sightings.first(error, "log")


def test_nothing_is_known_of_no_error() -> None:
    """Where there is no error, there is no span and no name."""
    assert sightings.span_of(None) is None
    assert sightings.transaction_of(None) == ""
