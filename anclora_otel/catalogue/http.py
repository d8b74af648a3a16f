"""HTTP server metrics by the stable OpenTelemetry semantic conventions."""

from __future__ import annotations

from anclora_otel.catalogue import labels
from anclora_otel.catalogue.metric import Kind, Metric

HTTP_SERVER_REQUEST_DURATION = Metric(
    "http.server.request.duration",
    Kind.HISTOGRAM,
    "s",
    "duration of HTTP server requests",
    (labels.HTTP_METHOD, labels.HTTP_ROUTE, labels.HTTP_STATUS, labels.URL_SCHEME, labels.HTTP_ERROR_TYPE),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10),
)
HTTP_SERVER_ACTIVE_REQUESTS = Metric(
    "http.server.active_requests",
    Kind.UPDOWN,
    "{request}",
    "HTTP server requests under way",
    (labels.HTTP_METHOD, labels.URL_SCHEME),
)

METRICS = (
    HTTP_SERVER_REQUEST_DURATION,
    HTTP_SERVER_ACTIVE_REQUESTS,
)
"""The metrics of the domain, in the order of the contract."""
