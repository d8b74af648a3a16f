"""
Keep personal data out of the baggage that goes downstream.

Baggage on a span is an attribute, and redacted as such; what the application reads from its own baggage stays as it is.
Source: W3C Baggage, "Privacy of the Baggage Header".
"""

from __future__ import annotations

from opentelemetry import baggage, propagate
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import (
    CarrierT,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)

from anclora_otel.redaction import redact_attributes


class RedactingPropagator(TextMapPropagator):
    """
    Mask personal data in baggage before it is written into a carrier.

    Args:
        inner: writes and reads the carriers.

    """

    def __init__(self, inner: TextMapPropagator) -> None:
        self._inner = inner

    @property
    def fields(self) -> set[str]:
        """Give the fields that the inner propagator writes."""
        return self._inner.fields

    def extract(
        self, carrier: CarrierT, context: Context | None = None, getter: Getter[CarrierT] = default_getter
    ) -> Context:
        """Read a carrier."""
        return self._inner.extract(carrier, context, getter)

    def inject(
        self, carrier: CarrierT, context: Context | None = None, setter: Setter[CarrierT] = default_setter
    ) -> None:
        """Write into a carrier, personal data in the baggage masked."""
        self._inner.inject(carrier, redact_baggage(context), setter)


def redact_baggage(context: Context | None) -> Context | None:
    """
    Give the context with personal data in its baggage masked, or the same where there is none.

    Args:
        context: the context, or None for the current one.

    """
    entries = baggage.get_all(context)
    if not entries:
        return context
    redacted = redact_attributes(entries)
    if redacted is entries:
        return context
    result = baggage.clear(context)
    for key, value in redacted.items():
        result = baggage.set_baggage(key, value, result)
    return result


def redact_outgoing_baggage() -> None:
    """Put the mask before the propagator of this process, once."""
    current = propagate.get_global_textmap()
    if not isinstance(current, RedactingPropagator):
        propagate.set_global_textmap(RedactingPropagator(current))
