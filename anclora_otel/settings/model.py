"""The settings as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from anclora_otel.catalogue import DOMAINS
from anclora_otel.catalogue.labels import DEFAULT_QUEUE, DEFAULT_SERIES_PER_METRIC

Protocol = Literal["http/protobuf", "grpc"]
Compression = Literal["gzip", "deflate", "none"]
Exporter = Literal["otlp", "none"]
LogConsole = Literal["auto", "json", "pretty", "none"]

HTTP_ENDPOINT = "http://localhost:4318"
"""Where a collector listens for OTLP over HTTP unless told otherwise."""

SENTRY_NOISE: tuple[str, ...] = ("network", "rate_limit", "timeout", "refused", "bad_request", "validation")
"""The groups of errors that become no issue of Sentry unless told otherwise."""

GRPC_ENDPOINT = "http://localhost:4317"
"""Where a collector listens for OTLP over gRPC unless told otherwise."""


@dataclass(frozen=True)
class OtlpTarget:
    """
    Where one signal goes.

    Args:
        protocol: ``http/protobuf`` or ``grpc``.
        endpoint: URL; for HTTP with the signal's path.
        headers: sent along with every request; values are secrets.
        timeout_seconds: how long one export may take.
        compression: ``gzip``, ``deflate`` or ``none``.

    """

    protocol: Protocol = "http/protobuf"
    endpoint: str = HTTP_ENDPOINT
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_seconds: float = 10.0
    compression: Compression = "gzip"


def default_target(signal: str) -> OtlpTarget:
    """Give the target of a signal when nothing is set: the collector on this host."""
    return OtlpTarget(endpoint=f"{HTTP_ENDPOINT}/v1/{signal}")


@dataclass(frozen=True)
class Settings:
    """
    What telemetry a process records and where it goes.

    Args:
        enabled: whether anything is recorded at all.
        strict: whether wrong settings raise `SettingsError` rather than fall back to their defaults.
        engine: what records; only ``sdk`` so far.
        domains: metric domains whose counters start at zero.
        queue_name: queue of recorders that are given none.
        service_name: resource attribute ``service.name``.
        environment: resource attribute ``deployment.environment.name``, or an empty string.
        resource_attributes: further resource attributes.
        metrics_path: path of the Prometheus endpoint, or an empty string for none.
        high_value_euros: sales above this many euros count as high-value sales.
        log_level: lowest stdlib level of the log records that are exported, written to files and to our console.
        log_levels: stdlib levels of single components, which win over `log_level`.
        log_levels_file: file through which levels are changed at run time in all processes, or an empty string for
            one in the user's temporary folder that is named after the service.
        log_console: how lines are written that no handler of the application writes.
        log_colours: whether a terminal may be coloured.
        log_directory: folder of the daily log files, or an empty string for none.
        log_file_max_bytes: bytes at which a log file is rotated before its day ends.
        admin_token_file: file with the token of the endpoint that changes levels, or an empty string for no endpoint.
        baggage_keys: keys of baggage that may come in and go out; no other travels.
        test_endpoints: whether an application may serve endpoints that make trouble on purpose.
        health_path: path of the health endpoint, or an empty string for none.
        series_per_metric: series that one metric may have before further ones share its overflow series.
        label_budgets: different values of single labels, in place of the contract's.
        redaction_patterns_file: JSON file with further patterns, or an empty string.
        redaction_hmac_key_file: file with the key of hashing masks, or an empty string for masks without a hash.
        sentry_dsn: where errors go, or an empty string for nowhere; holds a secret.
        sentry_environment: environment of the issues; `environment` where it is empty.
        sentry_release: release of the issues; the resource attribute ``service.version`` where it is empty.
        sentry_noise: names of the errors that become no issue.
        traces, metrics, logs: whether the signal is exported.
        traces_target, metrics_target, logs_target: where it goes.
        metric_export_interval_seconds: time between two exports of metrics.
        first_export_delay_seconds: time from the first measurement to the first export of metrics.
        span_export_interval_seconds, log_export_interval_seconds: longest time that an item waits for its batch.
        span_queue_size, log_queue_size: items that may wait for export.
        sampler, sampler_argument: the standard sampler's name and its argument.
        exemplar_filter: which measurements become exemplars.
        shutdown_timeout_seconds: how long the exit may wait for the last export.

    """

    enabled: bool = True
    strict: bool = False
    engine: Literal["sdk"] = "sdk"
    domains: frozenset[str] = frozenset(DOMAINS)
    queue_name: str = DEFAULT_QUEUE
    service_name: str = "unknown_service"
    environment: str = ""
    resource_attributes: Mapping[str, str] = field(default_factory=dict)
    metrics_path: str = ""
    high_value_euros: float = 5_000_000.0
    log_level: int = 15
    log_levels: Mapping[str, int] = field(default_factory=dict)
    log_levels_file: str = ""
    log_console: LogConsole = "auto"
    log_colours: bool = True
    log_directory: str = ""
    log_file_max_bytes: int = 20 * 1024 * 1024
    admin_token_file: str = ""
    baggage_keys: frozenset[str] = frozenset()
    test_endpoints: bool = False
    health_path: str = ""
    series_per_metric: int = DEFAULT_SERIES_PER_METRIC
    label_budgets: Mapping[str, int] = field(default_factory=dict)
    redaction_patterns_file: str = ""
    redaction_hmac_key_file: str = ""
    sentry_dsn: str = field(default="", repr=False)
    sentry_environment: str = ""
    sentry_release: str = ""
    sentry_noise: tuple[str, ...] = SENTRY_NOISE
    traces: Exporter = "otlp"
    metrics: Exporter = "otlp"
    logs: Exporter = "otlp"
    traces_target: OtlpTarget = field(default_factory=lambda: default_target("traces"))
    metrics_target: OtlpTarget = field(default_factory=lambda: default_target("metrics"))
    logs_target: OtlpTarget = field(default_factory=lambda: default_target("logs"))
    metric_export_interval_seconds: float = 15.0
    first_export_delay_seconds: float = 2.0
    span_export_interval_seconds: float = 1.0
    log_export_interval_seconds: float = 1.0
    span_queue_size: int = 8192
    log_queue_size: int = 8192
    sampler: str = "parentbased_always_on"
    sampler_argument: float = 1.0
    exemplar_filter: Literal["trace_based", "always_on", "always_off"] = "trace_based"
    shutdown_timeout_seconds: float = 1.0
