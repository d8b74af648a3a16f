"""Settings of the alerts: what is wrong gets one clear line, and all of it at once."""

from __future__ import annotations

import pytest

from anclora_otel.catalogue.alerts import AlertSettings, Scope, render_alert_files, settings_from
from anclora_otel.catalogue.alerts.declarations import BACKLOG_WARNING, SETTINGS
from anclora_otel.errors import SettingsError

BAD = [
    ({"queu": {"x": 1}}, r"\[queu\] is no section: expected one of queue, .* \(did you mean queue\?\)"),
    ({"queue": {"latency_warnin_seconds": 1}}, r"did you mean latency_warning_seconds\?"),
    ({"queue": {"backlog_warning_messages": "many"}}, r"backlog_warning_messages is 'many': expected a number"),
    ({"queue": {"backlog_warning_messages": True}}, r"expected a number without quotes"),
    ({"queue": {"backlog_warning_messages": -5}}, r"expected a number from 1"),
    ({"queue": {"error_warning_ratio": 5}}, r"error_warning_ratio is 5: expected a share .* write 1 % as 0.01"),
    ({"queue": {"backlog_warning_messages": 60_000}}, r"expected less than queue.backlog_critical_messages \(50000\)"),
    ({"analytics": {"delivery_critical_ratio": 0.9}}, r"less than analytics.delivery_warning_ratio \(0.8\)"),
    ({"queue": {"latency_warning_seconds": 0.7}}, r"one of the bounds .*; HighQueueLatency: .* nearest is 0.5"),
    ({"whatsapp": {"latency_seconds": 15}}, r"no quantile is ever above the last bound; the nearest is 5"),
    ({"redis": {"latency_seconds": 1}}, r"redis.latency_seconds is 1: .*no quantile is ever above the last bound"),
    ({"slo": {"queue_success_objective": 1.0}}, r"neither 0 % nor 100 % can be crossed"),
    ({"slo": {"delivery_objective": 0.9}}, r"MessageDeliveryBudgetBurn burns fast at 14.4x, .* more than 100 %"),
    ({"windows": {"rate": "30s"}}, r"at least four times windows.export_interval \(15s\)"),
    ({"windows": {"export_interval": "60s"}}, r"windows.stopped is 2m: expected at least four times"),
    ({"windows": {"rate": "5 minutes"}}, r'expected a duration above zero, such as "5m"'),
    ({"windows": {"rate": 300}}, r"write number and unit"),
    ({"windows": {"evaluation_interval": "10m"}}, r"expected at most 2m; Prometheus forgets a record"),
    ({"windows": {"delivery_delay": "10m"}}, r"less than the hold of CriticalDeliveryRate"),
    ({"windows": {"rare_events": "4m"}}, r"TelemetryDropped would forget a loss"),
    ({"system": {"remembered_for": "10m"}}, r"ServiceDown would resolve while the service is down"),
    ({"system": {"memory_warning_mib": 2048}}, r"CriticalMemoryUsage would never be alone"),
    ({"observations": {"slow_minimum": 50}}, r"at most observations.quantile_minimum \(30\)"),
    ({"slo": {"minimum_bad_events": 30}}, r"at most slo.minimum_events \(20\)"),
    ({"business": {"conversion_minimum_messages": 100}}, r"at least 500 .* what NoConversionsToday says"),
    ({"selectors": {"queues": "main|("}}, r"selectors.queues is .*: expected a regular expression"),
    ({"selectors": {"queues": "(?!test).*"}}, r"a regular expression of RE2"),
    ({"links": {"runbook": "https://wiki/alerts"}}, r"with \{alert\} in it"),
    ({"links": {"dashboard": "https://grafana.example.com/d/{dashboard}"}}, r"replace the placeholder"),
]


@pytest.mark.parametrize(("tables", "message"), BAD, ids=lambda value: str(value)[:60])
def test_bad_setting_gets_one_clear_line(tables: dict[str, dict[str, object]], message: str) -> None:
    """A setting that cannot be used is one line: what was got, what was expected, what to do."""
    with pytest.raises(SettingsError, match=message) as caught:
        settings_from(tables)

    assert all("\n" not in str(problem) for problem in caught.value.problems)


def test_all_problems_are_said_at_once() -> None:
    """Three mistakes are three problems."""
    tables = {"queue": {"x": 1, "backlog_warning_messages": 60_000}, "windows": {"rate": "1s"}}

    with pytest.raises(SettingsError) as caught:
        settings_from(tables)

    assert len(caught.value.problems) == 3


def test_defaults_are_allowed_when_they_are_written_out() -> None:
    """A file with every default gives the rules of the defaults."""
    tables: dict[str, dict[str, object]] = {}
    for setting in SETTINGS:
        tables.setdefault(setting.section, {})[setting.name] = setting.default

    assert render_alert_files(Scope(settings_from(tables))) == render_alert_files(Scope())


def test_a_threshold_reaches_rule_and_description() -> None:
    """A changed threshold stands in the expression and in what the alert says."""
    settings = settings_from({"queue": {"backlog_warning_messages": 1234}})
    text = render_alert_files(Scope(settings))["alerts.yaml"]

    assert settings[BACKLOG_WARNING] == 1234
    assert "environment_queue:anclora_queue_waiting_messages:sum > 1234" in text
    assert "waiting messages above 1,234" in text


def test_selectors_narrow_what_rules_read() -> None:
    """Environments and queues narrow the metrics of the project, and no others."""
    settings = settings_from(
        {"selectors": {"environments": "prod", "queues": "main", "short_lived_services": "job-.+"}}
    )
    files = render_alert_files(Scope(settings))

    assert 'anclora_queue_dlq_messages{deployment_environment_name=~"prod", queue=~"main"}' in files["recording.yaml"]
    assert "last_over_time(redis_memory_used_bytes[1m])" in files["recording.yaml"]
    assert '{service_name!~"job-.+"}' in files["alerts.yaml"]
    assert AlertSettings()[BACKLOG_WARNING] == 10_000
