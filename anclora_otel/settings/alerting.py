"""The settings from which Alertmanager's configuration is rendered, with every problem at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from anclora_otel import environment_variables as env
from anclora_otel.environment_variables import Variable
from anclora_otel.errors import SettingProblem
from anclora_otel.settings import alerting_values as values
from anclora_otel.settings.secret_files import read_secret_file
from anclora_otel.settings.values import boolean, nearest, url, whole_number

T = TypeVar("T")

SLACK_VARIABLES: Mapping[str, Variable] = MappingProxyType(
    {
        "default": env.SLACK_WEBHOOK_URL,
        "critical": env.SLACK_WEBHOOK_URL_CRITICAL,
        "warning": env.SLACK_WEBHOOK_URL_WARNING,
        "info": env.SLACK_WEBHOOK_URL_INFO,
        "business": env.SLACK_WEBHOOK_URL_BUSINESS,
    }
)
"""The webhook's variable by the name of the receiver; the default's serves those without one."""

_PREFIXES = ("SLACK", "SMTP", "ALERT", "PAGER", "DEADMAN", "DEAD_MAN")
_REMEDY = "nothing is rendered until it is corrected"


@dataclass(frozen=True)
class AlertingSettings:
    """
    Where notifications go; what is empty is not configured.

    Args:
        slack_webhooks: incoming webhook by the name of the receiver, ``default`` for those without one.
        email_to: who gets mail.
        email_from: who sends it.
        smtp_host: mail server.
        smtp_port: its port.
        smtp_username: user there, or an empty string for none.
        smtp_password: of that user.
        smtp_require_tls: whether mail is sent over TLS alone.
        pagerduty_routing_key: integration key of the Events API v2.
        pagerduty_url: address of that interface.
        deadman_url: what Watchdog pings.
        timezone: of the office hours.

    """

    slack_webhooks: Mapping[str, str] = field(default_factory=dict, repr=False)
    email_to: tuple[str, ...] = ()
    email_from: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_username: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_require_tls: bool = True
    pagerduty_routing_key: str = field(default="", repr=False)
    pagerduty_url: str = env.PAGERDUTY_URL.default
    deadman_url: str = field(default="", repr=False)
    timezone: str = env.ALERT_TIMEZONE.default

    @property
    def reaches_anyone(self) -> bool:
        """Say whether any integration is configured."""
        return bool(self.slack_webhooks or self.email_to or self.pagerduty_routing_key or self.deadman_url)


def load_alerting_settings(environ: Mapping[str, str]) -> tuple[AlertingSettings, tuple[SettingProblem, ...]]:
    """
    Read the settings of the receivers of alerts.

    Args:
        environ: the variables to read.

    Returns:
        The settings, and every problem found; with a problem they are not to be used.

    """
    reader = _Reader(environ)
    webhooks = {name: reader.read(each, values.secret_url, "") for name, each in SLACK_VARIABLES.items()}
    settings = AlertingSettings(
        slack_webhooks={name: webhook for name, webhook in webhooks.items() if webhook},
        email_to=reader.read(env.ALERT_EMAIL_TO, values.addresses, ()),
        email_from=reader.read(env.ALERT_EMAIL_FROM, values.address, ""),
        smtp_host=reader.read(env.SMTP_HOST, values.host, ""),
        smtp_port=reader.read(env.SMTP_PORT, whole_number(1, 65535), AlertingSettings.smtp_port),
        smtp_username=reader.read(env.SMTP_USERNAME, values.password, ""),
        smtp_password=reader.read(env.SMTP_PASSWORD, values.password, ""),
        smtp_require_tls=reader.read(env.SMTP_REQUIRE_TLS, boolean, default=True),
        pagerduty_routing_key=reader.read(env.PAGERDUTY_ROUTING_KEY, values.routing_key, ""),
        pagerduty_url=reader.read(env.PAGERDUTY_URL, url, AlertingSettings.pagerduty_url),
        deadman_url=reader.read(env.DEADMAN_URL, values.secret_url, ""),
        timezone=reader.read(env.ALERT_TIMEZONE, values.timezone, AlertingSettings.timezone),
    )
    reader.find_halves()
    reader.find_password_in_clear(settings)
    reader.find_misspelt()
    return settings, tuple(reader.problems)


class _Reader:
    """Reads variables or the files that they name, and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[SettingProblem] = []

    def read(self, variable: Variable, convert: Callable[[str], T], default: T) -> T:
        name, text = self._text(variable)
        if text is None:
            return default
        shown = (
            f'"{text}"' if not variable.secret and text.isprintable() and len(text) < 80 else "set to something else"
        )
        try:
            value = convert(text)
        except ValueError as error:
            self._add(name, shown, str(error))
            return default
        if values.PLACEHOLDER.search(text):
            self._add(name, "a placeholder" if variable.secret else f"{shown}, a placeholder", "a value of your own")
            return default
        return value

    def _text(self, variable: Variable) -> tuple[str, str | None]:
        name, file_name = variable.name, f"{variable.name}_FILE"
        file = self._environ.get(file_name) if variable.secret else None
        text = self._environ.get(name)
        if file is not None and text is not None:
            self._add(name, f"set, and {file_name} too", "one of the two")
            return name, None
        if file is not None:
            return file_name, self._secret(file_name, file)
        if text is not None and not text.strip():
            self._add(name, "empty", "a value, or the variable left out")
            return name, None
        return name, text if text is None else text.strip()

    def _secret(self, name: str, file: str) -> str | None:
        if not file.strip():
            self._add(name, "empty", "the path of a file, or the variable left out")
            return None
        try:
            return read_secret_file(file)
        except ValueError as error:
            self._add(name, f'"{file}", {error}', "a file of one line that only its owner can read")
            return None

    def find_halves(self) -> None:
        """Find what is of no use without another variable."""
        mail = (env.ALERT_EMAIL_TO, env.ALERT_EMAIL_FROM, env.SMTP_HOST)
        if any(self._is_set(each) for each in (*mail, env.SMTP_USERNAME, env.SMTP_PASSWORD)):
            self._need(mail, "mail needs " + ", ".join(each.name for each in mail))
        login = (env.SMTP_USERNAME, env.SMTP_PASSWORD)
        if any(self._is_set(each) for each in login):
            self._need(login, "a user has a password and the other way round")

    def _need(self, variables: tuple[Variable, ...], why: str) -> None:
        for variable in variables:
            if not self._is_set(variable):
                self._add(variable.name, "not set", f"a value, since {why}")

    def _is_set(self, variable: Variable) -> bool:
        return variable.name in self._environ or (variable.secret and f"{variable.name}_FILE" in self._environ)

    def find_password_in_clear(self, settings: AlertingSettings) -> None:
        """Find a password that would cross the network in the clear."""
        local = not settings.smtp_host or values.is_loopback(settings.smtp_host)
        if settings.smtp_password and not settings.smtp_require_tls and not local:
            expected = f"true, since {settings.smtp_host} is another machine and would get the password in the clear"
            self._add(env.SMTP_REQUIRE_TLS.name, "false", expected)

    def find_misspelt(self) -> None:
        """Find variables that were most likely meant to be one of these."""
        known = [variable.name for variable in env.ALERTING]
        known += [f"{variable.name}_FILE" for variable in env.ALERTING if variable.secret]
        for name in sorted(self._environ):
            hint = nearest(name, known) if name.startswith(_PREFIXES) and name not in known else None
            if hint:
                self._add(name, "set", f"a variable that is known (did you mean {hint}?)")

    def _add(self, name: str, got: str, expected: str) -> None:
        self.problems.append(SettingProblem(name, got, expected, _REMEDY))
