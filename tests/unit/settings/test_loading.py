"""From variables to settings."""

from __future__ import annotations

import opentelemetry.environment_variables
import opentelemetry.instrumentation.environment_variables
import opentelemetry.sdk.environment_variables
import pytest

from anclora_otel.environment_variables import OPEN_PREFIXES, known_names
from anclora_otel.errors import SettingsError
from anclora_otel.settings import Settings, load_settings, with_overrides


def test_defaults_without_any_variable() -> None:
    """An empty environment gives the defaults and no problem."""
    assert (Settings(), ()) == load_settings({})


def test_every_name_of_the_sdk_is_known() -> None:
    """No standard variable of the installed OpenTelemetry is called unknown."""
    names = {
        getattr(module, name)
        for module in (
            opentelemetry.environment_variables,
            opentelemetry.sdk.environment_variables,
            opentelemetry.instrumentation.environment_variables,
        )
        for name in dir(module)
        if name.startswith("OTEL_")
    }

    assert {name for name in names if not name.startswith(OPEN_PREFIXES)} <= known_names()


def test_the_base_endpoint_gets_the_path_of_each_signal() -> None:
    """The endpoint for all signals is a base, as the specification says."""
    settings, _ = load_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318/"})

    assert settings.traces_target.endpoint == "http://collector:4318/v1/traces"
    assert settings.logs_target.endpoint == "http://collector:4318/v1/logs"


def test_the_endpoint_of_a_signal_is_taken_as_it_is() -> None:
    """The endpoint of one signal is complete."""
    settings, _ = load_settings({"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "https://m/otlp"})

    assert settings.metrics_target.endpoint == "https://m/otlp"


def test_grpc_has_its_own_port_and_no_path() -> None:
    """Over gRPC the default port is another and no path is added."""
    settings, _ = load_settings({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})

    assert settings.traces_target.endpoint == "http://localhost:4317"
    assert settings.traces_target.protocol == "grpc"


def test_a_signal_may_differ_from_the_others() -> None:
    """What is set for one signal wins over what is set for all."""
    settings, problems = load_settings(
        {
            "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
            "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL": "http/protobuf",
            "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20t",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "2500",
        }
    )

    assert problems == ()
    assert (settings.traces_target.protocol, settings.logs_target.protocol) == ("grpc", "http/protobuf")
    assert settings.logs_target.headers == {"authorization": "Bearer t"}
    assert settings.traces_target.timeout_seconds == 2.5


def test_the_service_name_wins_over_the_resource_attribute() -> None:
    """The order is that of the specification."""
    settings, _ = load_settings(
        {
            "OTEL_RESOURCE_ATTRIBUTES": "service.name=a,deployment.environment.name=prod,team=sales",
            "OTEL_SERVICE_NAME": "b",
        }
    )

    assert (settings.service_name, settings.environment) == ("b", "prod")
    assert dict(settings.resource_attributes) == {"team": "sales"}


def test_headers_are_not_shown() -> None:
    """The text of settings, as a log would show it, holds no token."""
    settings, _ = load_settings({"OTEL_EXPORTER_OTLP_HEADERS": "authorization=s3cret"})

    assert "s3cret" not in repr(settings)


def test_overrides_win() -> None:
    """What is given in code wins over the environment."""
    settings, _ = load_settings({"OTEL_SERVICE_NAME": "environment"})

    assert with_overrides(settings, {"service_name": "code"}).service_name == "code"


def test_an_unknown_override_is_refused_with_a_hint() -> None:
    """A misspelt field raises, since code is not configuration."""
    with pytest.raises(SettingsError, match="did you mean service_name"):
        with_overrides(Settings(), {"servce_name": "x"})


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"label_budgets": {"campain_id": 5}}, 'did you mean "campaign_id"'),
        ({"label_budgets": {"campaign_id": 0}}, "campaign_id is 0 given to configure()"),
        ({"label_budgets": {"campaign_id": True}}, "campaign_id is True given to configure()"),
        ({"label_budgets": {7: 5}}, "7 has none"),
        ({"series_per_metric": 0}, "series_per_metric is 0 given to configure()"),
        ({"series_per_metric": "2000"}, "series_per_metric is '2000' given to configure()"),
    ],
)
def test_a_budget_that_cannot_be_kept_is_refused_in_code(overrides: dict[str, object], expected: str) -> None:
    """Budgets given to configure() are checked like those of the environment."""
    with pytest.raises(SettingsError) as caught:
        with_overrides(Settings(), overrides)

    assert expected in str(caught.value)


def test_budgets_are_read() -> None:
    """Labels that are not named keep the budget of the catalogue."""
    settings, problems = load_settings(
        {"ANCLORA_LABEL_BUDGETS": "campaign_id=1000, stage=5", "ANCLORA_SERIES_PER_METRIC": "5000"}
    )

    assert problems == ()
    assert (dict(settings.label_budgets), settings.series_per_metric) == ({"campaign_id": 1000, "stage": 5}, 5000)
