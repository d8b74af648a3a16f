"""
Let only the baggage travel that a user allows, with personal data masked.

What the application reads from its own baggage stays as it is; what comes in or goes out is looked at here.
Source: W3C Baggage, "Privacy of the Baggage Header" and "Security Considerations".
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


class BaggageGuard(TextMapPropagator):
    """
    Stand before a propagator, and pass on the entries of baggage that are allowed.

    Args:
        inner: writes and reads the carriers.
        allowed_keys: keys of entries that may come in and go out.

    """

    def __init__(self, inner: TextMapPropagator, allowed_keys: frozenset[str]) -> None:
        self.inner = inner
        self._allowed_keys = allowed_keys

    @property
    def fields(self) -> set[str]:
        """Give the fields that the inner propagator writes."""
        return self.inner.fields

    def extract(
        self, carrier: CarrierT, context: Context | None = None, getter: Getter[CarrierT] = default_getter
    ) -> Context:
        """Read a carrier; entries that are not allowed are left out."""
        found = self.inner.extract(carrier, context, getter)
        return allowed_baggage(found, self._allowed_keys) or found

    def inject(
        self, carrier: CarrierT, context: Context | None = None, setter: Setter[CarrierT] = default_setter
    ) -> None:
        """Write into a carrier; entries that are not allowed are left out, and personal data is masked."""
        self.inner.inject(carrier, redact_baggage(allowed_baggage(context, self._allowed_keys)), setter)


def allowed_baggage(context: Context | None, allowed_keys: frozenset[str]) -> Context | None:
    """
    Give the context with those entries of its baggage that are allowed, or the same where all are.

    Args:
        context: the context, or None for the current one.
        allowed_keys: keys that may stay.

    """
    entries = baggage.get_all(context)
    if all(key in allowed_keys for key in entries):
        return context
    result = baggage.clear(context)
    for key, value in entries.items():
        if key in allowed_keys:
            result = baggage.set_baggage(key, value, result)
    return result


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


def guard_baggage(allowed_keys: frozenset[str]) -> None:
    """
    Put the guard before the propagator of this process, in place of one that stands there.

    Args:
        allowed_keys: keys of entries that may come in and go out.

    """
    current = propagate.get_global_textmap()
    inner = current.inner if isinstance(current, BaggageGuard) else current
    propagate.set_global_textmap(BaggageGuard(inner, allowed_keys))
