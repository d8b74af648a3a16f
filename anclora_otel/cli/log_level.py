"""
`anclora-otel log-level`: show and change the log levels of a service on this host, in all its processes.

It writes the file that the service looks at once a second, so it needs no port; run it as the service's user.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from anclora_otel.catalogue.levels import LEVELS
from anclora_otel.errors import AncloraOtelError
from anclora_otel.logs.control import with_level, without_level
from anclora_otel.logs.level_file import change_levels, known_services, level_file, read_levels
from anclora_otel.logs.names import ALL, checked_name
from anclora_otel.settings import Settings, load_settings
from anclora_otel.settings.values import nearest


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    levels = ", ".join(level.name for level in LEVELS)
    parser.add_argument("component", metavar="COMPONENT", nargs="?", help=f"a logger such as queue, or {ALL}")
    parser.add_argument("level", metavar="LEVEL", nargs="?", help=f"change it to {levels}")
    parser.add_argument("--reset", action="store_true", help="return to the settings, of COMPONENT or of all")
    parser.add_argument("--service-name", metavar="NAME", help="name of the service (default: OTEL_SERVICE_NAME)")
    parser.add_argument("--json", action="store_true", help="write JSON for machines")


def execute(arguments: argparse.Namespace) -> int:
    """Change what is to be changed, and write what holds."""
    if arguments.reset and arguments.level:
        raise AncloraOtelError("--reset takes no level: run: anclora-otel log-level --reset queue")
    settings, _ = load_settings()
    service = arguments.service_name or settings.service_name
    path = _file_of(service, settings)
    if arguments.level:
        changed = change_levels(path, with_level(arguments.component, arguments.level), in_place_of_broken={})
    elif arguments.reset:
        changed = change_levels(path, without_level(arguments.component or ALL), in_place_of_broken={})
    else:
        changed = read_levels(path)
    shown = changed if arguments.component is None else _of(checked_name(arguments.component), changed)
    if arguments.json:
        sys.stdout.write(json.dumps({"service": service, "file": str(path), "changed": shown}, indent=2) + "\n")
    else:
        sys.stdout.write(_table(shown))
    return 0


def _file_of(service: str, settings: Settings) -> Path:
    path = level_file(settings.log_levels_file, service)
    if settings.log_levels_file or path.exists():
        return path
    known = known_services()
    hint = nearest(service, known)
    found = f"did you mean {hint}?" if hint else f"there is {', '.join(known)}" if known else "there is none"
    raise AncloraOtelError(
        f"no service {service} has run here as this user: {found}; give --service-name, or set ANCLORA_LOG_LEVELS_FILE "
        "as the service has it"
    )


def _of(component: str, changed: Mapping[str, str]) -> dict[str, str]:
    """Give the level that was changed of a logger, of one above it, or of all."""
    name = component
    while name and name not in changed:
        name = name.rpartition(".")[0]
    level = changed.get(name) or changed.get(ALL)
    return {component: level} if level else {}


def _table(changed: Mapping[str, str]) -> str:
    if not changed:
        return "the levels of the settings hold\n"
    width = max(map(len, changed))
    return "".join(f"{name:<{width}} {level}\n" for name, level in changed.items())
