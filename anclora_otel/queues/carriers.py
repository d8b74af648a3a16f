"""
Trace context on its way through a job.

A carrier is a mapping of the propagator's fields, ``traceparent`` first of all. Where a library keeps other things
in the same mapping, those are neither read nor changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry import propagate
from opentelemetry.context import Context

FIELD_LENGTH_LIMIT = 8192
"""Characters that a field may have; a longer one is not read. Source: W3C baggage, "Limits"."""


def current_carrier() -> dict[str, str]:
    """Give the current trace context as fields; empty where there is none."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier


def context_of(carrier: object) -> Context:
    """
    Give the trace context that a carrier holds, and nothing of the current one.

    Args:
        carrier: a mapping with text or bytes; anything else, and whatever is broken in it, is an empty context.
    """
    if not isinstance(carrier, Mapping):
        return Context()
    fields: dict[str, str] = {}
    for name in propagate.get_global_textmap().fields:
        text = _text(carrier.get(name, carrier.get(name.encode())))
        if text is not None:
            fields[name] = text
    return propagate.extract(fields, context=Context())


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    return value if isinstance(value, str) and len(value) <= FIELD_LENGTH_LIMIT else None
