"""Settings that are each allowed and together mean nothing: an alert that could never fire, or always would."""

from __future__ import annotations

from collections.abc import Iterator

from anclora_otel.catalogue import analytics, queue, redis, whatsapp
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts.durations import milliseconds
from anclora_otel.catalogue.alerts.scope import Scope, number_text
from anclora_otel.catalogue.alerts.setting import AlertSettings, Setting
from anclora_otel.catalogue.metric import Metric
from anclora_otel.errors import SettingProblem

RISING = (
    (d.LATENCY_WARNING, d.LATENCY_CRITICAL, "CriticalQueueLatency"),
    (d.BACKLOG_WARNING, d.BACKLOG_CRITICAL, "CriticalQueueBacklog"),
    (d.QUEUE_ERRORS_WARNING, d.QUEUE_ERRORS_CRITICAL, "CriticalQueueErrorRate"),
    (d.MEMORY_WARNING, d.MEMORY_CRITICAL, "CriticalMemoryUsage"),
    (d.DISK_WARNING, d.DISK_CRITICAL, "CriticalDiskUsage"),
    (d.DELIVERY_CRITICAL, d.DELIVERY_WARNING, "LowDeliveryRate"),
)
"""Pairs of which the first must be below the second, and the alert that would mute or be muted wrongly."""

QUANTILES: tuple[tuple[Setting, Metric, str], ...] = (
    (d.LATENCY_WARNING, queue.QUEUE_PROCESSING_DURATION, "HighQueueLatency"),
    (d.LATENCY_CRITICAL, queue.QUEUE_PROCESSING_DURATION, "CriticalQueueLatency"),
    (d.RESPONSE_TIME, analytics.ANALYTICS_RESPONSE_TIME, "HighResponseTime"),
    (d.API_LATENCY, whatsapp.WHATSAPP_API_LATENCY, "HighWhatsAppAPILatency"),
    (d.REDIS_LATENCY, redis.REDIS_LATENCY, "HighRedisLatency"),
)
"""Thresholds of quantiles, which must be bounds of the histogram's buckets."""

OBJECTIVES = (
    (d.QUEUE_OBJECTIVE, "QueueSuccessBudgetBurn"),
    (d.DELIVERY_OBJECTIVE, "MessageDeliveryBudgetBurn"),
    (d.API_OBJECTIVE, "WhatsAppAPIBudgetBurn"),
)
FASTEST_BURN = 14.4
WINDOWS = (d.RATE, d.DELIVERY, d.RESPONSE, d.STOPPED, d.RARE)
LONGEST_EVALUATION = "2m"
RARE_HOLD = "5m"
DELIVERY_HOLD = "5m"


def inconsistencies(settings: AlertSettings) -> list[SettingProblem]:
    """Find every setting by which an alert could not mean what it says."""
    scope = Scope(settings)
    return [*_pairs(scope), *_quantiles(scope), *_objectives(scope), *_windows(scope), *_minima(scope)]


def _problem(scope: Scope, setting: Setting, expected: str, remedy: str) -> SettingProblem:
    value = scope.settings[setting]
    return SettingProblem(setting.key, str(value), expected, remedy)


def _pairs(scope: Scope) -> Iterator[SettingProblem]:
    for lower, upper, alert in RISING:
        if scope.value(lower) >= scope.value(upper):
            expected = f"less than {upper.key} ({scope.number(upper)})"
            yield _problem(scope, lower, expected, f"{alert} would never be alone: exchange or move the two")


def _quantiles(scope: Scope) -> Iterator[SettingProblem]:
    for setting, metric, alert in QUANTILES:
        value, usable = scope.value(setting), metric.buckets[:-1]
        if value in usable:
            continue
        bounds = ", ".join(number_text(bound) for bound in usable)
        nearest = number_text(min(usable, key=lambda bound: abs(bound - value)))
        why = (
            "no quantile is ever above the last bound"
            if value >= metric.buckets[-1]
            else "between bounds it is guessed"
        )
        yield _problem(scope, setting, f"one of the bounds {bounds}", f"{alert}: {why}; the nearest is {nearest}")


def _objectives(scope: Scope) -> Iterator[SettingProblem]:
    lowest = 1 - 1 / FASTEST_BURN
    for setting, alert in OBJECTIVES:
        if scope.value(setting) <= lowest:
            expected = f"above {lowest:.3f}"
            remedy = f"{alert} burns fast at {FASTEST_BURN}x, which would be more than 100 % of all events"
            yield _problem(scope, setting, expected, remedy)


def _windows(scope: Scope) -> Iterator[SettingProblem]:
    least = 4 * scope.milliseconds(d.EXPORT_INTERVAL)
    for setting in WINDOWS:
        if scope.milliseconds(setting) < least:
            expected = f"at least four times windows.export_interval ({scope.text(d.EXPORT_INTERVAL)})"
            yield _problem(scope, setting, expected, "with fewer samples a rate has holes: make it longer")
    if scope.milliseconds(d.EVALUATION_INTERVAL) > milliseconds(LONGEST_EVALUATION):
        remedy = "Prometheus forgets a record after 5m, and a gap would end every `for`"
        yield _problem(scope, d.EVALUATION_INTERVAL, f"at most {LONGEST_EVALUATION}", remedy)
    if scope.milliseconds(d.DELIVERY_DELAY) >= milliseconds(DELIVERY_HOLD):
        remedy = "the end of every campaign would look like messages that are not delivered"
        yield _problem(scope, d.DELIVERY_DELAY, f"less than the hold of CriticalDeliveryRate ({DELIVERY_HOLD})", remedy)
    if scope.milliseconds(d.RARE) <= milliseconds(RARE_HOLD):
        remedy = "TelemetryDropped would forget a loss before it may fire"
        yield _problem(scope, d.RARE, f"more than its hold ({RARE_HOLD})", remedy)
    if scope.milliseconds(d.REMEMBERED) < milliseconds("1h"):
        yield _problem(scope, d.REMEMBERED, "at least 1h", "ServiceDown would resolve while the service is down")


def _minima(scope: Scope) -> Iterator[SettingProblem]:
    if scope.value(d.SLOW_MINIMUM) > scope.value(d.QUANTILE_MINIMUM):
        expected = f"at most observations.quantile_minimum ({scope.number(d.QUANTILE_MINIMUM)})"
        yield _problem(scope, d.SLOW_MINIMUM, expected, "the minimum of a quantile would mean nothing")
    if scope.value(d.SLO_BAD_MINIMUM) > scope.value(d.SLO_MINIMUM):
        expected = f"at most slo.minimum_events ({scope.number(d.SLO_MINIMUM)})"
        yield _problem(scope, d.SLO_BAD_MINIMUM, expected, "the minimum of events would mean nothing")
    expected_few = scope.value(d.CONVERSIONS_EXPECTED) * scope.value(d.CONVERSIONS_LOW)
    if expected_few * scope.value(d.CONVERSION_MESSAGES) < 1:
        least = number_text(-(-1 // expected_few))
        remedy = "LowConversionRate could only say what NoConversionsToday says"
        yield _problem(scope, d.CONVERSION_MESSAGES, f"at least {least} at the configured rate", remedy)
