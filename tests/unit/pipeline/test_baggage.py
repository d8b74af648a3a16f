"""Only the baggage that is allowed travels, and personal data in it stays in the process."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote_plus

import pytest
from opentelemetry import baggage, context, propagate
from opentelemetry.context import Context

from anclora_otel.pipeline.baggage import BaggageGuard, guard_baggage, redact_baggage

ALLOWED = frozenset({"mail", "phone", "campaign", "34600111222@c.us"})


@pytest.fixture(autouse=True)
def _guard() -> Iterator[None]:
    before = propagate.get_global_textmap()
    guard_baggage(ALLOWED)
    yield
    propagate.set_global_textmap(before)


def carried(given: Context | None = None) -> str:
    """Give what goes downstream."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier, given)
    return unquote_plus(carrier.get("baggage", ""))


def test_values_are_masked_on_their_way_out() -> None:
    """Values are masked by their text and by their key; what holds nothing goes along as it is."""
    given = baggage.set_baggage("mail", "ana@example.com")
    given = baggage.set_baggage("phone", "600111222", given)
    given = baggage.set_baggage("campaign", "spring-2026", given)

    assert set(carried(given).split(",")) == {"mail=[email]", "phone=60*****22", "campaign=spring-2026"}
    assert baggage.get_baggage("mail", given) == "ana@example.com"


def test_keys_are_masked() -> None:
    """A key that is an address does not leave either."""
    assert "600111" not in carried(baggage.set_baggage("34600111222@c.us", "1"))


def test_the_current_context_counts() -> None:
    """What is injected without a context is the current one's baggage."""
    token = context.attach(baggage.set_baggage("mail", "ana@example.com"))
    try:
        assert carried() == "mail=[email]"
    finally:
        context.detach(token)


def test_clean_baggage_costs_no_copy() -> None:
    """A context without personal data is handed on itself, as is one without baggage."""
    clean = baggage.set_baggage("campaign", "spring-2026")

    assert redact_baggage(clean) is clean
    assert redact_baggage(None) is None


def test_only_what_is_allowed_goes_out() -> None:
    """Whatever else the application keeps in its baggage stays with it."""
    given = baggage.set_baggage("campaign", "spring-2026", baggage.set_baggage("client", "ana"))

    assert carried(given) == "campaign=spring-2026"
    assert baggage.get_baggage("client", given) == "ana"


def test_only_what_is_allowed_comes_in() -> None:
    """What others send along is not taken over; what is allowed is read as ever."""
    found = propagate.extract({"baggage": "mail=ana%40example.com,admin=true"})

    assert dict(baggage.get_all(found)) == {"mail": "ana@example.com"}
    assert "baggage" in propagate.get_global_textmap().fields


def test_nothing_travels_unless_it_is_allowed() -> None:
    """The default; the trace goes along all the same."""
    guard_baggage(frozenset())
    traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    found = propagate.extract({"baggage": "campaign=spring-2026", "traceparent": traceparent})
    carrier: dict[str, str] = {}
    propagate.inject(carrier, baggage.set_baggage("campaign", "spring-2026", found))

    assert dict(baggage.get_all(found)) == {}
    assert carrier == {"traceparent": traceparent}


def test_a_second_guard_takes_the_place_of_the_first() -> None:
    """They are not put one before the other."""
    before = propagate.get_global_textmap()
    guard_baggage(frozenset({"campaign"}))
    after = propagate.get_global_textmap()

    assert isinstance(before, BaggageGuard)
    assert isinstance(after, BaggageGuard)
    assert after.inner is before.inner
