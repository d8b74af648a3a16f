"""Settings of the example, read from the environment once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from anclora_otel.settings.secret_files import read_secret_file

REDIS_URL_FILE = "REDIS_URL_FILE"
"""Names a file with the URL, which may hold a password."""


class SettingsError(ValueError):
    """Raised by `ExampleSettings.from_environment` with one clear line."""


@dataclass(frozen=True)
class ExampleSettings:
    """
    Hold every setting of the service, its worker, the stand-in API and the traffic.

    Each field is read from the environment variable ``EXAMPLE_`` and its name in upper case, apart from
    ``redis_url``, which is ``REDIS_URL`` or stands in the file of ``REDIS_URL_FILE``. Rates are shares from 0 to 1.
    The hosts are those at which service and stand-in find each other, and the stand-in listens.
    """

    redis_url: str = "redis://127.0.0.1:6379/0"
    service_host: str = "127.0.0.1"
    service_port: int = 3000
    api_host: str = "127.0.0.1"
    api_port: int = 8090
    queue: str = "whatsapp-messages"
    instance: str = "anclora-main"
    seed: int = 7
    concurrency: int = 10
    attempts: int = 4
    backoff_milliseconds: int = 500
    api_timeout_seconds: float = 2.0
    latency_milliseconds: float = 80.0
    rate_limit_rate: float = 0.02
    server_error_rate: float = 0.03
    timeout_rate: float = 0.01
    refused_rate: float = 0.01
    invalid_rate: float = 0.01
    memory_seconds: int = 86_400
    conversation_seconds: int = 1_800
    telemetry_stale_seconds: float = 60.0

    @property
    def service_url(self) -> str:
        """Give the address of the service."""
        return f"http://{self.service_host}:{self.service_port}"

    @property
    def api_url(self) -> str:
        """Give the address of the WhatsApp API."""
        return f"http://{self.api_host}:{self.api_port}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> ExampleSettings:
        """
        Read the settings.

        Raises:
            SettingsError: a value is not of its type or out of range; the text names variable and value.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for field in fields(cls):
            text = _text(environment, variable_name(field.name))
            if text:
                values[field.name] = _parse(field.name, type(field.default), text)
        return cls(**values)


def _text(environment: Mapping[str, str], variable: str) -> str:
    file = environment.get(REDIS_URL_FILE, "").strip() if variable == "REDIS_URL" else ""
    if not file:
        return environment.get(variable, "").strip()
    try:
        return read_secret_file(file)
    except ValueError as error:
        raise SettingsError(f"{REDIS_URL_FILE} is {file!r}, {error}; expected a file with one URL") from None


def variable_name(field_name: str) -> str:
    """Name the environment variable of a field."""
    return "REDIS_URL" if field_name == "redis_url" else f"EXAMPLE_{field_name.upper()}"


def _parse(name: str, kind: type, text: str) -> str | int | float:
    expected = {int: "a whole number of 0 or more", float: "a number of 0 or more"}.get(kind, "text")
    try:
        value: str | int | float = kind(text)
    except ValueError:
        raise SettingsError(f"{variable_name(name)} is {text!r}; expected {expected}") from None
    if not isinstance(value, str) and not 0 <= value < float("inf"):
        raise SettingsError(f"{variable_name(name)} is {text!r}; expected {expected}")
    if name.endswith("_rate") and float(value) > 1:
        raise SettingsError(f"{variable_name(name)} is {text!r}; expected a share from 0 to 1")
    return value
