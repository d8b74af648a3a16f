"""Where the native stack's Alertmanager sends notifications, and how fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from anclora_otel import environment_variables as env
from anclora_otel.alertmanager import render_configuration
from anclora_otel.alertmanager.folder import CONFIGURATION_FILE
from anclora_otel.catalogue.alerts import AlertSettings
from anclora_otel.catalogue.routes import OFFICE_HOURS, TimeInterval
from anclora_otel.errors import SettingsError
from anclora_otel.settings import AlertingSettings, load_alerting_settings
from anclora_otel.stack.places import Places
from anclora_otel.stack.ports import Ports
from anclora_otel.stack.receivers.running import stand_in_settings

TEMPLATES = Path("compose") / "alertmanager" / "templates"
"""The templates of notifications, in the checkout."""

RESEND_SECONDS = 60.0
"""How often Prometheus sends an alert that goes on, as `--rules.alert.resend-delay` has it by default."""


@dataclass(frozen=True)
class Alerting:
    """
    How the native stack alerts.

    Args:
        settings: where notifications go, or None for the stand-ins.
        scale: the one factor by which everything that counts time is shortened, for drills and tests: the intervals
            of the routes, the rules, and whatever of Prometheus and the collector they depend on.
        office_hours: when business alerts are sent.
        thresholds: thresholds, windows and selectors of the rules.

    """

    settings: AlertingSettings | None = None
    scale: float = 1.0
    office_hours: TimeInterval = field(default=OFFICE_HOURS)
    thresholds: AlertSettings = field(default_factory=AlertSettings)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Alerting:
        """
        Take the receivers that the environment names, or the stand-ins where it names none.

        Raises:
            SettingsError: a receiver's variable cannot be used.

        """
        names = {variable.name for variable in env.ALERTING}
        names |= {f"{variable.name}_FILE" for variable in env.ALERTING if variable.secret}
        if not names & set(environ):
            return cls()
        settings, problems = load_alerting_settings(environ)
        if problems:
            raise SettingsError(problems)
        return cls(settings if settings.reaches_anyone else None)

    @property
    def start_delay(self) -> str:
        """
        Give how long a started Alertmanager waits before it tells anybody.

        By then Prometheus has sent every alert again, so that none is told before the one that mutes it is known.
        """
        return f"{max(1, round(RESEND_SECONDS / self.scale))}s"

    @property
    def warnings(self) -> tuple[str, ...]:
        """Name the receivers that reach nobody; with the stand-ins there are none."""
        if self.settings is None:
            return ()
        return render_configuration(self.settings, folder="/", scale=self.scale).warnings


def alertmanager_folder(places: Places, ports: Ports, alerting: Alerting, folder: Path) -> dict[Path, str]:
    """
    Give the text of every file that Alertmanager reads.

    Args:
        places: the checkout holds the templates.
        ports: of the stand-ins.
        alerting: where notifications go.
        folder: where the files will lie.

    """
    settings = alerting.settings or stand_in_settings(ports.receivers, ports.receivers_smtp)
    rendered = render_configuration(
        settings, folder=str(folder), scale=alerting.scale, office_hours=alerting.office_hours
    )
    files = {folder / "secrets" / name: f"{text}\n" for name, text in rendered.secrets.items()}
    files |= {
        folder / "templates" / each.name: each.read_text()
        for each in sorted((places.project / TEMPLATES).glob("*.tmpl"))
    }
    files[folder / CONFIGURATION_FILE] = rendered.text
    return files
