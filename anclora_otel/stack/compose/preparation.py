"""What the compose files mount and read, written before they are started."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from anclora_otel.alertmanager import render_configuration, write_folder
from anclora_otel.errors import SettingsError, StackError
from anclora_otel.settings import AlertingSettings, load_alerting_settings
from anclora_otel.settings.env_file import read_env_file
from anclora_otel.settings.secret_files import read_secret_file
from anclora_otel.stack.alerting import TEMPLATES
from anclora_otel.stack.compose.files import COMPOSE_FOLDER
from anclora_otel.stack.compose.secret_files import make_secrets, write_secret
from anclora_otel.stack.compose.variables import (
    HTTPS_CERTIFICATE,
    HTTPS_DOMAIN,
    HTTPS_KEY,
    ComposeSettings,
    load_compose_settings,
)
from anclora_otel.stack.places import Places
from anclora_otel.stack.sentry_target import AUTH, ENDPOINT, sentry_variables

ENV_FILE = ".env.monitoring"
"""The file of the user's settings, in the compose folder."""

SECRETS_FOLDER = ".secrets"
"""The folder of what is written, in the compose folder."""

VARIABLES_FILE = "compose.env"
"""The file of the variables for `docker compose`, in the folder of secrets."""

BACKUPS_FOLDER = "backups"
"""The folder into which a container writes backups, in the compose folder."""

ALERTMANAGER_MOUNT = "/etc/alertmanager"
"""Where Alertmanager's container has its configuration."""

CONTAINER_USER = 10001
"""Who the containers run as where root starts them, since none of them runs as root."""


@dataclass(frozen=True)
class Prepared:
    """
    What a start of the compose stack needs.

    Args:
        overlays: names of the overlays to start with.
        env_file: variables for `docker compose --env-file`.
        secrets: the folder of the secrets.
        made: secrets that were made by this call.
        warnings: who hears of nothing, one line each.

    """

    overlays: tuple[str, ...]
    env_file: Path
    secrets: Path
    made: tuple[Path, ...]
    warnings: tuple[str, ...]


def prepare(places: Places, environment: Mapping[str, str], env_file: Path | None = None) -> Prepared:
    """
    Check the settings, make missing secrets, render Alertmanager's configuration, write the variables.

    Args:
        places: the checkout.
        environment: the user's; wins over the file.
        env_file: the user's settings; `compose/.env.monitoring` where it is there unless given.

    Raises:
        SettingsError: a setting is wrong.
        AncloraOtelError: a file cannot be read or written.

    """
    compose = places.project / COMPOSE_FOLDER
    settings, receivers = _read_settings(compose, environment, env_file)
    sentry = sentry_variables({**settings.sentry, **settings.values})
    folder, backups = compose / SECRETS_FOLDER, compose / BACKUPS_FOLDER
    made = make_secrets(folder, with_https="https" in settings.overlays)
    rendered = render_configuration(receivers, folder=ALERTMANAGER_MOUNT)
    write_folder(folder / "alertmanager", rendered, places.project / TEMPLATES)
    _write_given_secrets(folder, settings, sentry)
    backups.mkdir(exist_ok=True, mode=0o700)
    user, group = (os.getuid(), os.getgid()) if os.getuid() else (CONTAINER_USER, CONTAINER_USER)
    variables = {
        **settings.values,
        **({ENDPOINT: sentry[ENDPOINT]} if sentry else {}),
        **_addresses(settings),
        "ANCLORA_COMPOSE_UID": str(user),
        "ANCLORA_COMPOSE_GID": str(group),
        "ANCLORA_COMPOSE_HOST_NAME": socket.gethostname(),
    }
    written = folder / VARIABLES_FILE
    write_secret(written, "".join(f"{name}='{_quotable(name, value)}'\n" for name, value in variables.items()))
    if not os.getuid():
        _give_away((backups, folder, *folder.rglob("*")), user, group)
    return Prepared(settings.overlays, written, folder, made, rendered.warnings)


def _read_settings(
    compose: Path, environment: Mapping[str, str], env_file: Path | None
) -> tuple[ComposeSettings, AlertingSettings]:
    chosen = env_file or compose / ENV_FILE
    file = read_env_file(chosen) if env_file or chosen.exists() else {}
    settings, problems = load_compose_settings(file, environment)
    receivers, more = load_alerting_settings(settings.receivers)
    if problems or more:
        raise SettingsError((*problems, *more))
    return settings, receivers


def _write_given_secrets(folder: Path, settings: ComposeSettings, sentry: Mapping[str, str]) -> None:
    if sentry:
        write_secret(folder / "sentry_auth", sentry[AUTH])
        write_secret(folder / "sentry_dsn", _dsn(settings))
    for secret, variable in (("https_certificate", HTTPS_CERTIFICATE), ("https_key", HTTPS_KEY)):
        if variable in settings.values:
            write_secret(folder / secret, Path(settings.values[variable]).read_text(encoding="utf-8"))


def _addresses(settings: ComposeSettings) -> dict[str, str]:
    """Give the address that notifications link to, where it is not that of this machine."""
    domain = settings.values.get(HTTPS_DOMAIN)
    return {"ANCLORA_COMPOSE_ALERTMANAGER_URL": f"https://alertmanager.{domain}"} if domain else {}


def _dsn(settings: ComposeSettings) -> str:
    given = settings.sentry
    return given["SENTRY_DSN"].strip() if "SENTRY_DSN" in given else read_secret_file(given["SENTRY_DSN_FILE"])


def _quotable(name: str, value: str) -> str:
    if "'" in value or not value.isprintable():
        raise StackError(f"{name} has a quote or a line break in it: expected a value without")
    return value


def _give_away(paths: Iterable[Path], user: int, group: int) -> None:
    for path in paths:
        os.chown(path, user, group)
