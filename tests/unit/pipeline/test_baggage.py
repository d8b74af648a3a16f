"""Personal data in baggage stays in the process."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote_plus

import pytest
from opentelemetry import baggage, context, propagate
from opentelemetry.context import Context

from anclora_otel.pipeline.baggage import RedactingPropagator, redact_baggage, redact_outgoing_baggage


@pytest.fixture(autouse=True)
def _redacting_propagator() -> Iterator[None]:
    before = propagate.get_global_textmap()
    redact_outgoing_baggage()
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


def test_what_comes_in_is_read_as_ever() -> None:
    """Extraction and the names of the fields are the inner propagator's."""
    found = propagate.extract({"baggage": "mail=ana%40example.com"})

    assert baggage.get_baggage("mail", found) == "ana@example.com"
    assert "baggage" in propagate.get_global_textmap().fields


def test_the_mask_is_put_on_once() -> None:
    """A second call changes nothing."""
    current = propagate.get_global_textmap()
    redact_outgoing_baggage()

    assert isinstance(current, RedactingPropagator)
    assert propagate.get_global_textmap() is current
