"""Wrong configurations, each with its one clear line."""

from __future__ import annotations

import pytest

from anclora_otel.settings import Settings, load_settings

BAD = [
    (
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "htpp/protobuf",
        'expected http/protobuf or grpc (did you mean "http/protobuf"?)',
    ),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "expected http/protobuf or grpc"),
    ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grcp", 'did you mean "grpc"?'),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318", "expected a URL such as http://localhost:4318"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://", "expected a URL"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://collector:4318", "expected a URL"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:99999", "expected a URL"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/v1/traces", "the URL without /v1/…"),
    ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "collector", "expected a URL"),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "expected a number of milliseconds"),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "0", "of at least 1"),
    ("OTEL_EXPORTER_OTLP_COMPRESSION", "gz", "expected gzip or deflate or none"),
    ("OTEL_METRIC_EXPORT_INTERVAL", "-5", "expected a number of milliseconds"),
    ("OTEL_METRIC_EXPORT_INTERVAL", "nan", "expected a number of milliseconds"),
    ("OTEL_METRICS_EXPORTER", "promethus", "expected otlp or none"),
    ("OTEL_TRACES_EXPORTER", "jaeger", "expected otlp or none"),
    ("OTEL_TRACES_SAMPLER", "parentbased_traceidratios", 'did you mean "parentbased_traceidratio"?'),
    ("OTEL_TRACES_SAMPLER_ARG", "1.5", "at least 0 and at most 1"),
    ("OTEL_METRICS_EXEMPLAR_FILTER", "trace-based", 'did you mean "trace_based"?'),
    ("OTEL_SDK_DISABLED", "yes", "expected true or false"),
    ("OTEL_RESOURCE_ATTRIBUTES", "service.name:web", "expected pairs such as key=value"),
    ("OTEL_SERVICE_NAME", "web\x1b[31m", "expected a printable name"),
    ("OTEL_BSP_MAX_QUEUE_SIZE", "lots", "expected a whole number from 1 to"),
    ("OTEL_BLRP_SCHEDULE_DELAY", "", None),
    ("ANCLORA_DOMAINS", "queue,analitics", 'did you mean "analytics"?'),
    ("ANCLORA_DOMAINS", ",", "expected a list out of queue"),
    ("ANCLORA_STRICT", "on", "expected true or false"),
    ("ANCLORA_ENGINE", "turbo", "expected sdk"),
    ("ANCLORA_METRICS_PATH", "metrics", "expected a path such as /metrics"),
    ("ANCLORA_METRICS_PATH", "/metrics?x=1", "expected a path such as /metrics"),
    ("ANCLORA_HIGH_VALUE_EUROS", "5M", "expected a number of euros"),
    ("ANCLORA_HIGH_VALUE_EUROS", "inf", "expected a number of euros"),
    ("ANCLORA_LOG_LEVEL", "verbose", "expected fatal or error"),
    ("ANCLORA_SHUTDOWN_TIMEOUT_SECONDS", "3600", "at most 60"),
    ("ANCLORA_QUEUE_NAME", "q" * 201, "expected a printable name of 1 to 200 characters"),
    ("ANCLORA_LOG_LEVELS", "queue=loud", "pairs such as queue=debug,bot=warn; a level is fatal or error"),
    ("ANCLORA_LOG_LEVELS", "queue:debug", "pairs such as queue=debug,bot=warn"),
    ("ANCLORA_LOG_CONSOLE", "jsn", 'did you mean "json"?'),
    ("ANCLORA_LOG_DIRECTORY", "logs\x00", "expected a path without control characters"),
    ("ANCLORA_LOG_FILE_MAX_BYTES", "20MB", "expected a whole number from 65536 to"),
    ("ANCLORA_HEALTH_PATH", "health", "expected a path such as"),
    ("ANCLORA_SERIES_PER_METRIC", "0", "expected a whole number from 1 to"),
    ("ANCLORA_LABEL_BUDGETS", "campaign_id=many", "pairs such as campaign_id=1000,queue=20; a count is a whole number"),
    ("ANCLORA_LABEL_BUDGETS", "500", "pairs such as campaign_id=1000"),
    ("ANCLORA_LABEL_BUDGETS", "campaign_id=0", "a count is a whole number from 1 to"),
    ("ANCLORA_LABEL_BUDGETS", "campain_id=500", 'campain_id has none (did you mean "campaign_id"?)'),
    ("ANCLORA_LABEL_BUDGETS", "priority=3", "expected labels with a budget, campaign_id, endpoint"),
    ("ANCLORA_LABEL_BUDGETS", "a\x1bb=3", "a?b has none"),
    ("ANCLORA_SERIES_PER_METRIC", "2e3", "expected a whole number from 1 to"),
    ("ANCLORA_STRICKT", "true", "did you mean ANCLORA_STRICT?"),
    ("OTEL_EXPORTR_OTLP_ENDPOINT", "http://c:4318", "did you mean OTEL_EXPORTER_OTLP_ENDPOINT?"),
    ("OTEL_SERVCE_NAME", "web", "did you mean OTEL_SERVICE_NAME?"),
    ("ANCLORA_XYZZY", "1", "expected a variable that is known"),
]


@pytest.mark.parametrize(("name", "value", "expected"), BAD, ids=[f"{name}={value[:20]}" for name, value, _ in BAD])
def test_one_clear_line(name: str, value: str, expected: str | None) -> None:
    """A wrong value gives one line that names it, says what was expected, and changes nothing else."""
    settings, problems = load_settings({name: value})

    if expected is None:
        assert problems == ()
        return
    assert len(problems) == 1
    line = str(problems[0])
    assert line.startswith(name)
    assert expected in line
    assert "\n" not in line
    assert line.isprintable()
    assert settings == Settings()


def test_all_problems_at_once() -> None:
    """Every wrong value is reported, not the first alone."""
    _, problems = load_settings({"OTEL_EXPORTER_OTLP_PROTOCOL": "x", "ANCLORA_DOMAINS": "y", "OTEL_SERVCE_NAME": "web"})

    assert {"OTEL_EXPORTER_OTLP_PROTOCOL", "ANCLORA_DOMAINS", "OTEL_SERVCE_NAME"} == {p.name for p in problems}


def test_secrets_stay_out_of_the_line() -> None:
    """Headers hold tokens, so a wrong value is not repeated."""
    _, problems = load_settings({"OTEL_EXPORTER_OTLP_HEADERS": "Bearer s3cret"})

    assert len(problems) == 1
    assert "s3cret" not in str(problems[0])


def test_a_long_value_is_cut() -> None:
    """A line stays readable whatever was set."""
    _, problems = load_settings({"ANCLORA_ENGINE": "x" * 10_000})

    assert len(str(problems[0])) < 300
