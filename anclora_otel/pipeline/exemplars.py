"""
Keep personal data out of exemplars.

A view drops attributes from a series, and the SDK keeps what was dropped in the series' exemplars: labels are masked at
the source, these are masked here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import cast

from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics.export import MetricsData
from opentelemetry.util.types import Attributes

from anclora_otel.redaction import redact_attributes


def redact_exemplars(data: MetricsData) -> None:
    """Mask personal data in the exemplars of a collection, in place."""
    for resource in data.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.data.data_points:
                    if point.exemplars and isinstance(point.exemplars, list):
                        point.exemplars[:] = [_redact(exemplar) for exemplar in point.exemplars]


def _redact(exemplar: Exemplar) -> Exemplar:
    given: Mapping[str, object] | None = exemplar.filtered_attributes
    if not given:
        return exemplar
    redacted = redact_attributes(given)
    if redacted is given:
        return exemplar
    return dataclasses.replace(exemplar, filtered_attributes=cast("Attributes", redacted))
