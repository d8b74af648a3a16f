"""The settings of the compose stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from anclora_otel.stack.compose.variables import HTTPS_CERTIFICATE, HTTPS_DOMAIN, HTTPS_KEY, load_compose_settings


def test_nothing_set_is_the_base_alone() -> None:
    """Without settings no overlay is added."""
    settings, problems = load_compose_settings({}, {"PATH": "/bin", "ANCLORA_LOG_LEVEL": "debug"})

    assert (settings.overlays, dict(settings.values), problems) == ((), {}, ())


def test_overlays_follow_from_the_settings(tmp_path: Path) -> None:
    """A domain, a folder, a DSN and the switch add their overlays, in the order of merging."""
    pem = tmp_path / "own.pem"
    pem.write_text("-----BEGIN CERTIFICATE-----\n")
    settings, problems = load_compose_settings(
        {
            HTTPS_DOMAIN: "monitoring.example.com",
            HTTPS_CERTIFICATE: str(pem),
            HTTPS_KEY: str(pem),
            "ANCLORA_COMPOSE_TAILED_FOLDER": str(tmp_path),
            "ANCLORA_COMPOSE_HOST_DISKS": "true",
        },
        {"SENTRY_DSN": "https://key@sentry.example.com/1"},
    )

    assert problems == ()
    assert settings.overlays == ("sentry", "host", "tailed-files", "https")


def test_environment_wins_over_the_file() -> None:
    """A variable of the environment takes the place of the file's."""
    settings, _ = load_compose_settings({"ANCLORA_ENVIRONMENT": "staging"}, {"ANCLORA_ENVIRONMENT": "production"})

    assert settings.values == {"ANCLORA_ENVIRONMENT": "production"}


def test_half_of_https_is_refused() -> None:
    """A domain without certificate and key names what is missing."""
    _, problems = load_compose_settings({HTTPS_DOMAIN: "monitoring.example.com"}, {})

    assert [problem.name for problem in problems] == [HTTPS_CERTIFICATE, HTTPS_KEY]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ANCLORA_ENVIRONMENT", "prod uction", "letters, digits"),
        ("ANCLORA_COMPOSE_HTTPS_BIND", "everywhere", "an IPv4 address"),
        ("ANCLORA_COMPOSE_HTTPS_PORT", "70000", "65535"),
        ("ANCLORA_COMPOSE_TAILED_FOLDER", "/no/such/folder", "the absolute path of a folder"),
        ("ANCLORA_COMPOSE_HOST_DISKS", "perhaps", "true or false"),
        ("ANCLORA_COLLECTOR_SENTRY_TRACES_PERCENT", "101", "100"),
        (HTTPS_CERTIFICATE, "/etc/hostname", "a file in PEM form"),
        (HTTPS_CERTIFICATE, "own.pem", "the absolute path of a file"),
    ],
)
def test_wrong_value_is_one_line(name: str, value: str, expected: str) -> None:
    """A wrong value is told with the variable, what was got and what is expected."""
    _, problems = load_compose_settings({name: value}, {})
    lines = [str(problem) for problem in problems if problem.name == name]

    assert len(lines) == 1
    assert f'"{value}"' in lines[0]
    assert expected in lines[0]
    assert "\n" not in lines[0]


def test_misspelt_name_of_the_file_is_told() -> None:
    """A name that nobody reads is told with the one that was meant."""
    _, problems = load_compose_settings({"SLACK_WEBHOOK_URI": "https://hooks.slack.com/services/T/B/C"}, {})

    assert "did you mean SLACK_WEBHOOK_URL" in str(problems[0])
    assert "hooks.slack.com" not in str(problems[0])
