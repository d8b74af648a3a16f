"""The example's settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.whatsapp_service.settings import ExampleSettings, SettingsError


def test_defaults() -> None:
    """An empty environment gives the defaults."""
    assert ExampleSettings.from_environment({}) == ExampleSettings()


def test_values() -> None:
    """Values are taken with their types, and REDIS_URL has no prefix."""
    found = ExampleSettings.from_environment(
        {"REDIS_URL": "redis://127.0.0.1:1/0", "EXAMPLE_SEED": "3", "EXAMPLE_REFUSED_RATE": "0.5"}
    )

    assert (found.redis_url, found.seed, found.refused_rate) == ("redis://127.0.0.1:1/0", 3, 0.5)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("EXAMPLE_SERVICE_PORT", "http", "a whole number of 0 or more"),
        ("EXAMPLE_SEED", "1.5", "a whole number of 0 or more"),
        ("EXAMPLE_ATTEMPTS", "-1", "a whole number of 0 or more"),
        ("EXAMPLE_LATENCY_MILLISECONDS", "slow", "a number of 0 or more"),
        ("EXAMPLE_API_TIMEOUT_SECONDS", "nan", "a number of 0 or more"),
        ("EXAMPLE_API_TIMEOUT_SECONDS", "inf", "a number of 0 or more"),
        ("EXAMPLE_TIMEOUT_RATE", "1.1", "a share from 0 to 1"),
    ],
)
def test_wrong_value(variable: str, value: str, expected: str) -> None:
    """A wrong value is one line with variable, value and what was expected."""
    with pytest.raises(SettingsError) as caught:
        ExampleSettings.from_environment({variable: value})

    assert str(caught.value) == f"{variable} is {value!r}; expected {expected}"


def test_url_of_redis_comes_from_a_file(tmp_path: Path) -> None:
    """A URL with a password can stand in a file that others cannot read."""
    file = tmp_path / "redis_url"
    file.write_text("redis://:secret@redis:6379/0\n")
    file.chmod(0o600)

    assert ExampleSettings.from_environment({"REDIS_URL_FILE": str(file)}).redis_url == "redis://:secret@redis:6379/0"


def test_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is one line that names the variable."""
    with pytest.raises(SettingsError, match=r"^REDIS_URL_FILE is '.*absent', which cannot be read \(No such file"):
        ExampleSettings.from_environment({"REDIS_URL_FILE": str(tmp_path / "absent")})


def test_hosts_are_those_of_other_containers() -> None:
    """Service and stand-in may stand on other hosts."""
    settings = ExampleSettings.from_environment({"EXAMPLE_SERVICE_HOST": "service", "EXAMPLE_API_HOST": "api"})

    assert (settings.service_url, settings.api_url) == ("http://service:3000", "http://api:8090")
