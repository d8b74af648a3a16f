"""
Every environment variable that anclora-otel knows: its meaning, unit and default.

Variables of OpenTelemetry are honoured wherever one exists; those of ours begin with ``ANCLORA_``.
Source of the ``OTEL_`` names: OpenTelemetry specification, "Environment Variable Specification" and
"OTLP Exporter Configuration".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """
    An environment variable.

    Args:
        name: its name.
        meaning: one line, with the unit of its value.
        default: the value that holds when it is not set, as it would be written.
        secret: its value is never shown, and it can be given as a file, by the name with ``_FILE``.

    """

    name: str
    meaning: str
    default: str = ""
    secret: bool = False


ANCLORA_STRICT = Variable("ANCLORA_STRICT", "refuse to start when a setting is wrong (true or false)", "false")
ANCLORA_ENGINE = Variable("ANCLORA_ENGINE", "what records: sdk", "sdk")
ANCLORA_DOMAINS = Variable("ANCLORA_DOMAINS", "metric domains that the process uses, separated by commas", "all")
ANCLORA_QUEUE_NAME = Variable("ANCLORA_QUEUE_NAME", "queue of recorders that are given none", "default")
ANCLORA_ENVIRONMENT = Variable("ANCLORA_ENVIRONMENT", "deployment environment, such as production")
ANCLORA_METRICS_PATH = Variable(
    "ANCLORA_METRICS_PATH", "path at which a FastAPI application serves Prometheus metrics, such as /metrics"
)
ANCLORA_HIGH_VALUE_EUROS = Variable(
    "ANCLORA_HIGH_VALUE_EUROS", "sales above this many euros count as high-value sales", "5000000"
)
ANCLORA_LOG_LEVEL = Variable(
    "ANCLORA_LOG_LEVEL",
    "lowest level of log records that are exported, written to files and to our console: fatal, error, warn, info, "
    "http (requests), debug or trace",
    "http",
)
ANCLORA_LOG_LEVELS = Variable(
    "ANCLORA_LOG_LEVELS", "levels of single components as component=level,component=level, such as queue=debug"
)
ANCLORA_LOG_LEVELS_FILE = Variable(
    "ANCLORA_LOG_LEVELS_FILE",
    "file through which levels are changed at run time in all processes of a service; without it one in the user's "
    "temporary folder that is named after the service",
)
ANCLORA_LOG_CONSOLE = Variable(
    "ANCLORA_LOG_CONSOLE",
    "lines on the console that no handler of the application writes: auto (pretty on a terminal, else json), json, "
    "pretty or none",
    "auto",
)
NO_COLOR = Variable("NO_COLOR", "no colours on a terminal, whatever its value (https://no-color.org)")
ANCLORA_LOG_DIRECTORY = Variable("ANCLORA_LOG_DIRECTORY", "folder of the daily log files; none are written without it")
ANCLORA_LOG_FILE_MAX_BYTES = Variable(
    "ANCLORA_LOG_FILE_MAX_BYTES", "bytes at which a log file is rotated before its day ends", "20971520"
)
ANCLORA_ADMIN_TOKEN_FILE = Variable(
    "ANCLORA_ADMIN_TOKEN_FILE", "file with the bearer token of the endpoint that changes log levels; off without it"
)
ANCLORA_BAGGAGE_KEYS = Variable(
    "ANCLORA_BAGGAGE_KEYS",
    "keys of baggage that may come in and go out, separated by commas; no other travels",
)
ANCLORA_TEST_ENDPOINTS = Variable(
    "ANCLORA_TEST_ENDPOINTS",
    "whether an application may serve endpoints that make trouble on purpose (true or false); the example does, and "
    "never in production",
    "false",
)
ANCLORA_HEALTH_PATH = Variable(
    "ANCLORA_HEALTH_PATH", "path at which a FastAPI application serves its health, such as /health"
)
ANCLORA_SERIES_PER_METRIC = Variable(
    "ANCLORA_SERIES_PER_METRIC", "series that one metric may have before further ones share its overflow series", "2000"
)
ANCLORA_LABEL_BUDGETS = Variable(
    "ANCLORA_LABEL_BUDGETS", "different values of single labels as label=count, such as campaign_id=1000"
)
ANCLORA_REDACTION_PATTERNS_FILE = Variable(
    "ANCLORA_REDACTION_PATTERNS_FILE", "JSON file with further patterns that are masked, as name and expression"
)
ANCLORA_REDACTION_HMAC_KEY_FILE = Variable(
    "ANCLORA_REDACTION_HMAC_KEY_FILE",
    "file with a key of 16 bytes or more; masks then carry a keyed hash, so that equal values stay recognisable",
)
ANCLORA_SENTRY_NOISE = Variable(
    "ANCLORA_SENTRY_NOISE",
    "errors that become no issue of Sentry: network, rate_limit, timeout, refused, bad_request, validation and names "
    "of exceptions such as shop.errors.SoldOut, separated by commas; none for none",
    "network,rate_limit,timeout,refused,bad_request,validation",
)
ANCLORA_SHUTDOWN_TIMEOUT_SECONDS = Variable(
    "ANCLORA_SHUTDOWN_TIMEOUT_SECONDS", "seconds that the exit may wait for the last export", "1"
)
ANCLORA_SETTINGS_REPORTED = Variable(
    "ANCLORA_SETTINGS_REPORTED", "set by the wrapper so that child processes do not repeat its findings"
)

SENTRY_DSN = Variable("SENTRY_DSN", "where errors go: the DSN of a Sentry project; without it they go nowhere")
SENTRY_DSN_FILE = Variable("SENTRY_DSN_FILE", "file with the DSN, in place of SENTRY_DSN")
SENTRY_ENVIRONMENT = Variable("SENTRY_ENVIRONMENT", "environment of the issues, unless it is ANCLORA_ENVIRONMENT")
SENTRY_RELEASE = Variable("SENTRY_RELEASE", "release of the issues, unless it is the attribute service.version")
SLACK_WEBHOOK_URL = Variable("SLACK_WEBHOOK_URL", "incoming webhook for alerts without one of their own", secret=True)
SLACK_WEBHOOK_URL_CRITICAL = Variable("SLACK_WEBHOOK_URL_CRITICAL", "webhook for critical alerts", secret=True)
SLACK_WEBHOOK_URL_WARNING = Variable("SLACK_WEBHOOK_URL_WARNING", "webhook for warnings", secret=True)
SLACK_WEBHOOK_URL_INFO = Variable("SLACK_WEBHOOK_URL_INFO", "webhook for alerts of severity info", secret=True)
SLACK_WEBHOOK_URL_BUSINESS = Variable("SLACK_WEBHOOK_URL_BUSINESS", "webhook for business alerts", secret=True)
ALERT_EMAIL_TO = Variable("ALERT_EMAIL_TO", "addresses that get critical alerts and warnings, separated by commas")
ALERT_EMAIL_FROM = Variable("ALERT_EMAIL_FROM", "address from which alerts are sent")
SMTP_HOST = Variable("SMTP_HOST", "mail server that takes the alerts")
SMTP_PORT = Variable("SMTP_PORT", "its port; 465 means TLS from the first byte", "587")
SMTP_USERNAME = Variable("SMTP_USERNAME", "user at the mail server")
SMTP_PASSWORD = Variable("SMTP_PASSWORD", "password at the mail server", secret=True)
SMTP_REQUIRE_TLS = Variable("SMTP_REQUIRE_TLS", "send no mail without TLS; false only for a local sink", "true")
PAGERDUTY_ROUTING_KEY = Variable("PAGERDUTY_ROUTING_KEY", "integration key of PagerDuty's Events API v2", secret=True)
PAGERDUTY_URL = Variable(
    "PAGERDUTY_URL",
    "address of the Events API v2; https://events.eu.pagerduty.com/v2/enqueue in the EU region",
    "https://events.pagerduty.com/v2/enqueue",
)
DEADMAN_URL = Variable("DEADMAN_URL", "dead man's switch that Watchdog pings; its silence is the alarm", secret=True)
ALERT_TIMEZONE = Variable("ALERT_TIMEZONE", "time zone of the office hours of business alerts", "Europe/Madrid")

OTEL_SDK_DISABLED = Variable("OTEL_SDK_DISABLED", "switch telemetry off (true or false)", "false")
OTEL_SERVICE_NAME = Variable("OTEL_SERVICE_NAME", "name of the service", "unknown_service")
OTEL_RESOURCE_ATTRIBUTES = Variable("OTEL_RESOURCE_ATTRIBUTES", "resource attributes as key=value,key=value")
OTEL_TRACES_EXPORTER = Variable("OTEL_TRACES_EXPORTER", "otlp or none", "otlp")
OTEL_METRICS_EXPORTER = Variable("OTEL_METRICS_EXPORTER", "otlp or none", "otlp")
OTEL_LOGS_EXPORTER = Variable("OTEL_LOGS_EXPORTER", "otlp or none", "otlp")
OTEL_METRIC_EXPORT_INTERVAL = Variable(
    "OTEL_METRIC_EXPORT_INTERVAL", "milliseconds between two exports of metrics", "15000"
)
OTEL_METRICS_EXEMPLAR_FILTER = Variable(
    "OTEL_METRICS_EXEMPLAR_FILTER", "which measurements become exemplars", "trace_based"
)
OTEL_TRACES_SAMPLER = Variable("OTEL_TRACES_SAMPLER", "which traces are recorded", "parentbased_always_on")
OTEL_TRACES_SAMPLER_ARG = Variable("OTEL_TRACES_SAMPLER_ARG", "share of traces that are recorded, 0 to 1")
OTEL_BSP_SCHEDULE_DELAY = Variable("OTEL_BSP_SCHEDULE_DELAY", "milliseconds between two exports of spans", "1000")
OTEL_BSP_MAX_QUEUE_SIZE = Variable("OTEL_BSP_MAX_QUEUE_SIZE", "spans that may wait for export", "8192")
OTEL_BLRP_SCHEDULE_DELAY = Variable(
    "OTEL_BLRP_SCHEDULE_DELAY", "milliseconds between two exports of log records", "1000"
)
OTEL_BLRP_MAX_QUEUE_SIZE = Variable("OTEL_BLRP_MAX_QUEUE_SIZE", "log records that may wait for export", "8192")

OTLP_PREFIX = "OTEL_EXPORTER_OTLP_"
"""How the variables of the OTLP exporters begin; the name of a signal and ``_`` may follow."""

OTLP_SIGNALS = ("TRACES", "METRICS", "LOGS")
"""The signals as they stand in the names of variables."""

OTLP_SUFFIXES = {
    "PROTOCOL": "http/protobuf or grpc",
    "ENDPOINT": "URL of the collector",
    "HEADERS": "headers as key=value,key=value",
    "HEADERS_FILE": "file with one line of such headers, which others cannot read; instead of the variable",
    "TIMEOUT": "milliseconds that one export may take",
    "COMPRESSION": "gzip, deflate or none",
    "INSECURE": "gRPC without TLS (true or false)",
    "CERTIFICATE": "file with the certificate of the collector's authority",
    "CLIENT_CERTIFICATE": "file with the client's certificate",
    "CLIENT_KEY": "file with the key of the client's certificate",
}
"""What may follow the prefix, with its meaning."""

READ_BY_OPENTELEMETRY = frozenset(
    {
        "OTEL_ATTRIBUTE_COUNT_LIMIT",
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        "OTEL_BLRP_EXPORT_TIMEOUT",
        "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE",
        "OTEL_BSP_EXPORT_TIMEOUT",
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
        "OTEL_CONFIG_FILE",
        "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
        "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS",
        "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
        "OTEL_EXPORTER_PROMETHEUS_HOST",
        "OTEL_EXPORTER_PROMETHEUS_PORT",
        "OTEL_EXPORTER_ZIPKIN_ENDPOINT",
        "OTEL_EXPORTER_ZIPKIN_TIMEOUT",
        "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
        "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT",
        "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        "OTEL_LOG_LEVEL",
        "OTEL_METRIC_EXPORT_TIMEOUT",
        "OTEL_PROPAGATORS",
        "OTEL_SEMCONV_STABILITY_OPT_IN",
        "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
        "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        "OTEL_SPAN_EVENT_COUNT_LIMIT",
        "OTEL_SPAN_LINK_COUNT_LIMIT",
    }
)
"""Standard names that the SDK or an instrumentor reads by itself."""

OPEN_PREFIXES = ("OTEL_PYTHON_", "OTEL_INSTRUMENTATION_", "ANCLORA_STACK_", "ANCLORA_COLLECTOR_", "ANCLORA_COMPOSE_")
"""Beginnings behind which any name may stand: instrumentors, the stacks and the collector own them."""

ALERTING: tuple[Variable, ...] = (
    SLACK_WEBHOOK_URL,
    SLACK_WEBHOOK_URL_CRITICAL,
    SLACK_WEBHOOK_URL_WARNING,
    SLACK_WEBHOOK_URL_INFO,
    SLACK_WEBHOOK_URL_BUSINESS,
    ALERT_EMAIL_TO,
    ALERT_EMAIL_FROM,
    SMTP_HOST,
    SMTP_PORT,
    SMTP_USERNAME,
    SMTP_PASSWORD,
    SMTP_REQUIRE_TLS,
    PAGERDUTY_ROUTING_KEY,
    PAGERDUTY_URL,
    DEADMAN_URL,
    ALERT_TIMEZONE,
)
"""The variables from which Alertmanager's configuration is rendered; no service needs them."""

TOOL_VARIABLES = frozenset({"ANCLORA_TOOLS_DIR", "ANCLORA_TEST_ENDPOINTS"})
"""Names that other parts than the telemetry pipeline read."""


def settings_variables() -> tuple[Variable, ...]:
    """List the variables that the settings are read from, those of the OTLP exporters excepted."""
    return tuple(value for value in globals().values() if isinstance(value, Variable))


def otlp_variables() -> frozenset[str]:
    """List the names of the OTLP exporters' variables, for all signals and for each."""
    stems = (OTLP_PREFIX, *(f"{OTLP_PREFIX}{signal}_" for signal in OTLP_SIGNALS))
    return frozenset(stem + suffix for stem in stems for suffix in OTLP_SUFFIXES)


def known_names() -> frozenset[str]:
    """List every name that is accepted without a word."""
    names = {variable.name for variable in settings_variables()}
    return frozenset(names | otlp_variables() | READ_BY_OPENTELEMETRY | TOOL_VARIABLES)
