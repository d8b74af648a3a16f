"""`anclora-otel compose`: the stack in containers."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from anclora_otel.errors import StackError
from anclora_otel.stack import Places, project_at
from anclora_otel.stack.compose import COMPOSE_FOLDER, ComposeClient, Prepared, load_project, prepare
from anclora_otel.stack.compose.client import check_by_client, has_compose
from anclora_otel.stack.compose.files import all_combinations, compose_files, published_ports
from anclora_otel.stack.compose.preparation import BACKUPS_FOLDER, ENV_FILE

NAME = "compose"
HELP = "run the stack in containers: secrets, settings, start, stop, backup, restore"

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.tar\.gz\Z")


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    up = actions.add_parser("up", help="prepare, then build, start and wait until all is healthy")
    down = actions.add_parser("down", help="stop and remove the containers; the data stays")
    preparing = actions.add_parser("prepare", help="check the settings, make missing secrets, render what is mounted")
    check = actions.add_parser("check", help="load every combination of the files as Docker does; needs no Docker")
    backup = actions.add_parser("backup", help="copy the data of Prometheus, Loki and Grafana into compose/backups")
    restore = actions.add_parser("restore", help="put a backup in the place of what there is")
    restore.add_argument("file", metavar="NAME", help="file in compose/backups")
    for action in (up, down, preparing, check, backup, restore):
        action.add_argument("--project-dir", type=Path, help="checkout of anclora-otel (default: from here up)")
    for action in (up, down, preparing, backup, restore):
        action.add_argument(
            "--env-file", type=Path, metavar="FILE", help=f"settings (default: {COMPOSE_FOLDER / ENV_FILE})"
        )


def execute(arguments: argparse.Namespace) -> int:
    """Run the subcommand."""
    places = Places.choose(project_at(arguments.project_dir, Path.cwd()), os.environ)
    if arguments.action == "check":
        return _check(places)
    prepared = prepare(places, os.environ, arguments.env_file)
    _tell(prepared)
    if arguments.action != "prepare":
        _ACTIONS[arguments.action](places, prepared, arguments)
    return 0


def _check(places: Places) -> int:
    for overlays in all_combinations():
        services = load_project(places, overlays)["services"]
        files = " + ".join(file.name for file in compose_files(places.project, overlays))
        sys.stdout.write(f"{files}: {len(services)} services\n")
        if has_compose():
            check_by_client(places, overlays)
    return 0


def _tell(prepared: Prepared) -> None:
    for warning in prepared.warnings:
        sys.stderr.write(f"warning: {warning}\n")
    for file in prepared.made:
        sys.stdout.write(f"made {file}\n")
    added = ", ".join(prepared.overlays) or "none"
    sys.stdout.write(f"secrets in {prepared.secrets} (yours alone, never in git) · overlays: {added}\n")
    sys.stdout.flush()


def _up(places: Places, prepared: Prepared, _arguments: argparse.Namespace) -> None:
    client = ComposeClient(places, prepared)
    project = load_project(places, prepared.overlays, _variables(prepared))
    client.refuse_taken(published_ports(project))
    client.run("up", "--detach", "--build", "--wait", "--remove-orphans")
    sys.stdout.write(
        f"Grafana is at http://127.0.0.1:3001, user admin, password in {prepared.secrets / 'grafana_admin_password'}\n"
    )


def _variables(prepared: Prepared) -> dict[str, str]:
    pairs = (line.partition("=") for line in prepared.env_file.read_text(encoding="utf-8").splitlines())
    return {name: value.strip("'") for name, _, value in pairs}


def _down(places: Places, prepared: Prepared, _arguments: argparse.Namespace) -> None:
    ComposeClient(places, prepared).run("down", "--remove-orphans")


def _backup(places: Places, prepared: Prepared, _arguments: argparse.Namespace) -> None:
    client = ComposeClient(places, prepared)
    folder = places.project / COMPOSE_FOLDER / BACKUPS_FOLDER
    name = f"anclora-{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}.tar.gz"
    client.backup(name)
    sys.stdout.write(f"wrote {folder / name}\n")


def _restore(places: Places, prepared: Prepared, arguments: argparse.Namespace) -> None:
    file = places.project / COMPOSE_FOLDER / BACKUPS_FOLDER / arguments.file
    if not _FILE_NAME.match(arguments.file) or not file.is_file():
        raise StackError(f"{file} is no backup: expected the name of a .tar.gz file in {file.parent}")
    ComposeClient(places, prepared).restore(arguments.file)
    sys.stdout.write(f"restored {file}\n")


_ACTIONS: dict[str, Callable[[Places, Prepared, argparse.Namespace], None]] = {
    "up": _up,
    "down": _down,
    "backup": _backup,
    "restore": _restore,
}
