"""
From the environment to settings, with every problem at once.

This is the only place in the package that reads the environment.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal

from anclora_otel import environment_variables as env
from anclora_otel.catalogue import DOMAINS
from anclora_otel.errors import SettingProblem, SettingsError
from anclora_otel.settings import values
from anclora_otel.settings.model import GRPC_ENDPOINT, HTTP_ENDPOINT, SENTRY_NOISE, LogConsole, OtlpTarget, Settings
from anclora_otel.settings.reader import NO_PAIRS, Reader
from anclora_otel.settings.secret_files import read_secret_file
from anclora_otel.settings.sentry import dsn, dsn_in_file, noise_names

_CONSOLES: tuple[LogConsole, ...] = ("auto", "json", "pretty", "none")
_NO_NUMBERS: Mapping[str, int] = MappingProxyType({})
_ENGINES: tuple[Literal["sdk"], ...] = ("sdk",)
_EXEMPLAR_FILTERS: tuple[Literal["trace_based", "always_on", "always_off"], ...] = (
    "trace_based",
    "always_on",
    "always_off",
)


def load_settings(environ: Mapping[str, str] | None = None) -> tuple[Settings, tuple[SettingProblem, ...]]:
    """
    Read the settings of this process.

    Args:
        environ: the variables to read; those of the process unless given.

    Returns:
        The settings, with the default in place of each value that cannot be used, and every problem found.

    """
    reader = Reader(os.environ if environ is None else environ)
    settings = Settings(
        enabled=not reader.read(env.OTEL_SDK_DISABLED, values.boolean, default=False),
        strict=reader.read(env.ANCLORA_STRICT, values.boolean, default=False),
        engine=reader.read(env.ANCLORA_ENGINE, values.one_of(_ENGINES), Settings.engine),
        domains=reader.read(env.ANCLORA_DOMAINS, values.subset_of(DOMAINS), frozenset(DOMAINS)),
        queue_name=reader.read(env.ANCLORA_QUEUE_NAME, values.name, Settings.queue_name),
        metrics_path=reader.read(env.ANCLORA_METRICS_PATH, values.path, ""),
        high_value_euros=reader.read(
            env.ANCLORA_HIGH_VALUE_EUROS, values.number(0, unit="euros"), Settings.high_value_euros
        ),
        log_level=reader.read(env.ANCLORA_LOG_LEVEL, values.log_level, Settings.log_level),
        shutdown_timeout_seconds=reader.read(
            env.ANCLORA_SHUTDOWN_TIMEOUT_SECONDS,
            values.number(0, 60, unit="seconds"),
            Settings.shutdown_timeout_seconds,
        ),
        **_exports(reader),
        **_logs(reader),
        **_limits(reader),
        **_sentry(reader),
        **_resource(reader),
    )
    reader.unknown_names()
    return settings, tuple(reader.problems)


def with_overrides(settings: Settings, overrides: Mapping[str, object]) -> Settings:
    """
    Replace settings by values given in code.

    Args:
        settings: the settings to start from; they stay as they are.
        overrides: fields of `Settings` by name.

    Raises:
        SettingsError: if a name is no field of `Settings`.

    """
    fields = [field.name for field in dataclasses.fields(Settings)]
    problems = []
    for name in overrides:
        if name not in fields:
            hint = values.nearest(name, fields)
            remedy = f"did you mean {hint}?" if hint else f"choose out of {', '.join(fields)}"
            problems.append(SettingProblem(name, "given to configure()", "a field of Settings", remedy))
    problems += _budget_problems(overrides)
    if problems:
        raise SettingsError(problems)
    changes: dict[str, Any] = dict(overrides)
    return dataclasses.replace(settings, **changes)


def _budget_problems(overrides: Mapping[str, object]) -> Iterator[SettingProblem]:
    """Find budgets given in code that could not be kept."""
    given = overrides.get("label_budgets")
    budgets = given if isinstance(given, Mapping) else {}
    counts = {"series_per_metric": overrides.get("series_per_metric", 1), **budgets}
    for name, count in counts.items():
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= values.BUDGET_LIMIT:
            expected = f"a whole number from 1 to {values.BUDGET_LIMIT}"
            yield SettingProblem(str(name), f"{count!r} given to configure()", expected, "give it another value")
    for label in budgets:
        problem = values.budget_label_problem(str(label))
        if problem:
            yield SettingProblem("label_budgets", "given to configure()", problem, "name another label")


def _exports(reader: Reader) -> dict[str, Any]:
    exporter = values.one_of(("otlp", "none"))
    interval = values.number(1, 86_400_000, unit="milliseconds", scale=1000)
    size = values.whole_number(1, 10_000_000)
    found: dict[str, Any] = {
        "traces": reader.read(env.OTEL_TRACES_EXPORTER, exporter, "otlp"),
        "metrics": reader.read(env.OTEL_METRICS_EXPORTER, exporter, "otlp"),
        "logs": reader.read(env.OTEL_LOGS_EXPORTER, exporter, "otlp"),
        "metric_export_interval_seconds": reader.read(
            env.OTEL_METRIC_EXPORT_INTERVAL, interval, Settings.metric_export_interval_seconds
        ),
        "span_export_interval_seconds": reader.read(
            env.OTEL_BSP_SCHEDULE_DELAY, interval, Settings.span_export_interval_seconds
        ),
        "log_export_interval_seconds": reader.read(
            env.OTEL_BLRP_SCHEDULE_DELAY, interval, Settings.log_export_interval_seconds
        ),
        "span_queue_size": reader.read(env.OTEL_BSP_MAX_QUEUE_SIZE, size, Settings.span_queue_size),
        "log_queue_size": reader.read(env.OTEL_BLRP_MAX_QUEUE_SIZE, size, Settings.log_queue_size),
        "exemplar_filter": reader.read(
            env.OTEL_METRICS_EXEMPLAR_FILTER,
            values.one_of(_EXEMPLAR_FILTERS),
            Settings.exemplar_filter,
        ),
        "sampler": reader.read(env.OTEL_TRACES_SAMPLER, values.one_of(values.SAMPLERS), Settings.sampler),
        "sampler_argument": reader.read(env.OTEL_TRACES_SAMPLER_ARG, values.number(0, 1), Settings.sampler_argument),
    }
    common = _common_target(reader)
    for signal in ("traces", "metrics", "logs"):
        found[f"{signal}_target"] = _target(reader, signal, common)
    return found


def _logs(reader: Reader) -> dict[str, Any]:
    return {
        "log_levels": reader.read(env.ANCLORA_LOG_LEVELS, values.component_levels, _NO_NUMBERS),
        "log_levels_file": reader.read(env.ANCLORA_LOG_LEVELS_FILE, values.file_path, ""),
        "log_console": reader.read(env.ANCLORA_LOG_CONSOLE, values.one_of(_CONSOLES), Settings.log_console),
        "log_colours": not reader.read(env.NO_COLOR, bool, default=False),
        "log_directory": reader.read(env.ANCLORA_LOG_DIRECTORY, values.file_path, ""),
        "log_file_max_bytes": reader.read(
            env.ANCLORA_LOG_FILE_MAX_BYTES, values.whole_number(65_536, 2**40), Settings.log_file_max_bytes
        ),
        "admin_token_file": reader.read(env.ANCLORA_ADMIN_TOKEN_FILE, values.file_path, ""),
    }


def _limits(reader: Reader) -> dict[str, Any]:
    return {
        "baggage_keys": reader.read(env.ANCLORA_BAGGAGE_KEYS, values.baggage_keys, Settings.baggage_keys),
        "test_endpoints": reader.read(env.ANCLORA_TEST_ENDPOINTS, values.boolean, default=False),
        "health_path": reader.read(env.ANCLORA_HEALTH_PATH, values.path, ""),
        "series_per_metric": reader.read(
            env.ANCLORA_SERIES_PER_METRIC, values.whole_number(1, values.BUDGET_LIMIT), Settings.series_per_metric
        ),
        "label_budgets": reader.read(env.ANCLORA_LABEL_BUDGETS, values.budgets, _NO_NUMBERS),
        "redaction_patterns_file": reader.read(env.ANCLORA_REDACTION_PATTERNS_FILE, values.file_path, ""),
        "redaction_hmac_key_file": reader.read(env.ANCLORA_REDACTION_HMAC_KEY_FILE, values.file_path, ""),
    }


def _sentry(reader: Reader) -> dict[str, Any]:
    return {
        "sentry_dsn": reader.read(env.SENTRY_DSN, dsn, "") or reader.read(env.SENTRY_DSN_FILE, dsn_in_file, ""),
        "sentry_environment": reader.read(env.SENTRY_ENVIRONMENT, values.name, ""),
        "sentry_release": reader.read(env.SENTRY_RELEASE, values.name, ""),
        "sentry_noise": reader.read(env.ANCLORA_SENTRY_NOISE, noise_names, SENTRY_NOISE),
    }


_PROTOCOL = values.one_of(("http/protobuf", "grpc"))
_COMPRESSION = values.one_of(("gzip", "deflate", "none"))
_TIMEOUT = values.number(1, 86_400_000, unit="milliseconds", scale=1000)


def _common_target(reader: Reader) -> dict[str, Any]:
    """Read what holds for all signals; an endpoint that is not set stays empty."""
    return {
        "PROTOCOL": reader.read(f"{env.OTLP_PREFIX}PROTOCOL", _PROTOCOL, "http/protobuf"),
        "ENDPOINT": reader.read(f"{env.OTLP_PREFIX}ENDPOINT", values.base_url, ""),
        "HEADERS": _headers(reader, env.OTLP_PREFIX, NO_PAIRS),
        "TIMEOUT": reader.read(f"{env.OTLP_PREFIX}TIMEOUT", _TIMEOUT, 10.0),
        "COMPRESSION": reader.read(f"{env.OTLP_PREFIX}COMPRESSION", _COMPRESSION, "gzip"),
    }


def _headers(reader: Reader, prefix: str, default: Mapping[str, str]) -> Mapping[str, str]:
    """Read headers, which hold tokens, from the variable or from the file that another one names."""
    in_file = reader.read(f"{prefix}HEADERS_FILE", _pairs_in_file, default)
    return reader.read(f"{prefix}HEADERS", values.pairs, in_file)


def _pairs_in_file(path: str) -> Mapping[str, str]:
    try:
        text = read_secret_file(path)
    except ValueError as error:
        raise ValueError(f"a file of one line that only its owner can read, not one {error}") from None
    return values.pairs(text)


def _target(reader: Reader, signal: str, common: Mapping[str, Any]) -> OtlpTarget:
    def own(suffix: str, convert: Callable[[str], Any]) -> Any:
        return reader.read(f"{env.OTLP_PREFIX}{signal.upper()}_{suffix}", convert, common[suffix])

    protocol = own("PROTOCOL", _PROTOCOL)
    endpoint = reader.read(f"{env.OTLP_PREFIX}{signal.upper()}_ENDPOINT", values.url, "")
    if not endpoint and protocol == "grpc":
        endpoint = common["ENDPOINT"] or GRPC_ENDPOINT
    elif not endpoint:
        endpoint = f"{(common['ENDPOINT'] or HTTP_ENDPOINT).rstrip('/')}/v1/{signal}"
    return OtlpTarget(
        protocol=protocol,
        endpoint=endpoint,
        headers=_headers(reader, f"{env.OTLP_PREFIX}{signal.upper()}_", common["HEADERS"]),
        timeout_seconds=own("TIMEOUT", _TIMEOUT),
        compression=own("COMPRESSION", _COMPRESSION),
    )


def _resource(reader: Reader) -> dict[str, Any]:
    attributes = dict(reader.read(env.OTEL_RESOURCE_ATTRIBUTES, values.pairs, NO_PAIRS))
    service = attributes.pop("service.name", Settings.service_name)
    environment = attributes.pop("deployment.environment.name", "")
    return {
        "service_name": reader.read(env.OTEL_SERVICE_NAME, values.name, service),
        "environment": reader.read(env.ANCLORA_ENVIRONMENT, values.name, environment),
        "resource_attributes": MappingProxyType(attributes),
    }
