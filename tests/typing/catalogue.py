"""A program that reads the catalogue, the settings and the redaction, as its author types it."""

from __future__ import annotations

from anclora_otel import SettingsError
from anclora_otel.catalogue import (
    BY_NAME,
    DOMAINS,
    LEGACY_NAMES,
    METRICS,
    SISTERS,
    Kind,
    Label,
    Metric,
    initial_label_values,
    initial_metrics,
    prometheus_label,
    prometheus_name,
    sisters_of,
)
from anclora_otel.redaction import (
    DEPTH_MASK,
    EMAIL_MASK,
    FAILURE_MASK,
    MAX_TEXT_CHARACTERS,
    PATTERNS,
    TOKEN_MASK,
    Pattern,
    Policy,
    contains_personal_data,
    load_policy,
    looks_like_identifier,
    mask_phone,
    redact_attributes,
    redact_event,
    redact_text,
    redact_value,
    use_policy,
)
from anclora_otel.settings import OtlpTarget, Settings, load_settings, with_overrides


def read_catalogue() -> list[str]:
    """Read every metric and its names."""
    metric: Metric = BY_NAME["anclora.queue.messages"]
    labels: list[Label] = list(metric.labels)
    counters = [each for each in METRICS if each.kind is Kind.COUNTER]
    values: tuple[tuple[str, ...], ...] = initial_label_values(metric)
    more = [*initial_metrics(frozenset({"queue"})), *sisters_of(metric), *counters]
    print(DOMAINS["queue"], LEGACY_NAMES, SISTERS, values)  # noqa: T201 - a user's own
    names = [each.prometheus_name for each in more] + [prometheus_label(label.key) for label in labels]
    return [*names, prometheus_name(metric.name, metric.kind.value, metric.unit)]


def redact(text: str) -> object:
    """Mask as telemetry does."""
    pattern: Pattern = PATTERNS[0]
    if contains_personal_data(text) or looks_like_identifier(text):
        return redact_value("phone", [text, mask_phone(text)])
    masked: str = redact_text(text[:MAX_TEXT_CHARACTERS])
    return redact_attributes({pattern.name: masked, "masks": [DEPTH_MASK, EMAIL_MASK, FAILURE_MASK, TOKEN_MASK]})


def settings() -> Settings:
    """Read the settings, and build some."""
    found, problems = load_settings({"OTEL_SERVICE_NAME": "worker"})
    lines: list[str] = [str(problem) for problem in problems]
    print("\n".join(lines))  # noqa: T201 - a user's own
    target = OtlpTarget(protocol="grpc", endpoint="http://localhost:4317", timeout_seconds=5)
    return with_overrides(found, {"traces_target": target})


def own_policy(file: str) -> dict[str, object]:
    """Look for what the user's file names as well."""
    policy, problems = load_policy(patterns_file=file)
    if problems:
        raise SettingsError(problems)
    use_policy(policy)
    use_policy(Policy())
    return redact_event({"message": "to +34600111222"})
