"""Count the errors that become no issue."""

from __future__ import annotations

from anclora_otel import instruments
from anclora_otel._guard import guarded
from anclora_otel.catalogue import telemetry as catalogue
from anclora_otel.catalogue.labels import DropReason


@guarded
def count_dropped(reason: DropReason = "other") -> None:
    """
    Count an error that is not sent.

    Args:
        reason: ``other`` for noise, ``encoding`` for what could not be examined.

    """
    instruments.current().counter(catalogue.TELEMETRY_ITEMS).add(1, "sentry", "dropped", reason)
