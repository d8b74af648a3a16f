"""The settings of the compose stack: `.env.monitoring` and the environment, with every problem at once."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from anclora_otel import environment_variables as env
from anclora_otel.errors import SettingProblem
from anclora_otel.settings.values import boolean, nearest, whole_number

_REMEDY = "nothing is started until it is corrected"
_DOMAIN = re.compile(r"(?=.{1,200}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}\Z")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")

HTTPS_DOMAIN, HTTPS_CERTIFICATE, HTTPS_KEY = (
    f"ANCLORA_COMPOSE_HTTPS_{part}" for part in ("DOMAIN", "CERTIFICATE", "KEY")
)
TAILED_FOLDER, HOST_DISKS = "ANCLORA_COMPOSE_TAILED_FOLDER", "ANCLORA_COMPOSE_HOST_DISKS"
SENTRY_PERCENT = "ANCLORA_COLLECTOR_SENTRY_TRACES_PERCENT"


def _environment_name(text: str) -> str:
    if not _NAME.match(text):
        raise ValueError("letters, digits, dots, dashes and underscores, such as production")
    return text


def _domain(text: str) -> str:
    if not _DOMAIN.match(text):
        raise ValueError("a domain in lower case, such as monitoring.example.com")
    return text


def _address(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        raise ValueError("an IPv4 address, such as 127.0.0.1") from None


def _pem_file(text: str) -> str:
    path = Path(text)
    if not path.is_absolute() or not path.is_file() or not os.access(path, os.R_OK):
        raise ValueError("the absolute path of a file that you can read")
    if b"-----BEGIN " not in path.read_bytes():
        raise ValueError("a file in PEM form")
    return text


def _folder(text: str) -> str:
    if not Path(text).is_absolute() or not Path(text).is_dir():
        raise ValueError("the absolute path of a folder")
    return text


def _switch(text: str) -> str:
    return "true" if boolean(text) else "false"


def _number(minimum: int, maximum: int) -> Callable[[str], str]:
    read = whole_number(minimum, maximum)
    return lambda text: str(read(text))


READERS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "ANCLORA_ENVIRONMENT": _environment_name,
        SENTRY_PERCENT: _number(0, 100),
        HTTPS_DOMAIN: _domain,
        HTTPS_CERTIFICATE: _pem_file,
        HTTPS_KEY: _pem_file,
        "ANCLORA_COMPOSE_HTTPS_BIND": _address,
        "ANCLORA_COMPOSE_HTTPS_PORT": _number(1, 65535),
        TAILED_FOLDER: _folder,
        HOST_DISKS: _switch,
    }
)
"""The variables of the compose files that users set, and what each may be."""


@dataclass(frozen=True)
class ComposeSettings:
    """
    What the user wants of the compose stack.

    Args:
        values: variables for the compose files.
        overlays: names of the overlays that follow from them.
        receivers: variables from which Alertmanager's configuration is rendered.
        sentry: variables that name the Sentry project.

    """

    values: Mapping[str, str]
    overlays: tuple[str, ...]
    receivers: Mapping[str, str]
    sentry: Mapping[str, str]


def load_compose_settings(
    file: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[ComposeSettings, tuple[SettingProblem, ...]]:
    """
    Read the settings; the environment wins over the file.

    Args:
        file: variables of `.env.monitoring`, where every name must be known.
        environment: the user's, where others may stand too.

    Returns:
        The settings, and every problem found; with a problem they are not to be used.

    """
    problems = _unknown(file)
    both = {**file, **environment}
    values: dict[str, str] = {}
    for name, read in READERS.items():
        if name in both:
            try:
                values[name] = read(both[name].strip())
            except ValueError as error:
                problems.append(SettingProblem(name, f'"{both[name]}"', str(error), _REMEDY))
    problems += _halves(both)
    receivers = {name: both[name] for name in both if name in _receiver_names()}
    sentry = {name: both[name] for name in _SENTRY if both.get(name, "").strip()}
    return ComposeSettings(values, _overlays(values, sentry), receivers, sentry), tuple(problems)


_SENTRY = (env.SENTRY_DSN.name, env.SENTRY_DSN_FILE.name)


def _receiver_names() -> frozenset[str]:
    names = {variable.name for variable in env.ALERTING}
    return frozenset(names | {f"{variable.name}_FILE" for variable in env.ALERTING if variable.secret})


def _overlays(values: Mapping[str, str], sentry: Mapping[str, str]) -> tuple[str, ...]:
    wanted = {
        "sentry": bool(sentry),
        "host": values.get(HOST_DISKS) == "true",
        "tailed-files": TAILED_FOLDER in values,
        "https": HTTPS_DOMAIN in values,
    }
    return tuple(name for name, is_wanted in wanted.items() if is_wanted)


def _unknown(file: Mapping[str, str]) -> list[SettingProblem]:
    known = sorted({*READERS, *_receiver_names(), *_SENTRY})
    problems = []
    for name in file:
        if name not in known:
            hint = nearest(name, known)
            expected = f"did you mean {hint}?" if hint else "a variable of compose/.env.monitoring.example"
            problems.append(SettingProblem(name, "set", expected, _REMEDY))
    return problems


def _halves(both: Mapping[str, str]) -> list[SettingProblem]:
    needed = (HTTPS_DOMAIN, HTTPS_CERTIFICATE, HTTPS_KEY)
    if not any(name in both for name in needed):
        return []
    why = f"a value, since HTTPS needs {', '.join(needed)}"
    return [SettingProblem(name, "not set", why, _REMEDY) for name in needed if name not in both]
