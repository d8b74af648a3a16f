"""`anclora-otel alertmanager`: render Alertmanager's configuration."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from anclora_otel.alertmanager import render_configuration, write_folder
from anclora_otel.alertmanager.folder import CONFIGURATION_FILE
from anclora_otel.errors import AncloraOtelError, SettingsError
from anclora_otel.settings import load_alerting_settings
from anclora_otel.settings.env_file import read_env_file
from anclora_otel.stack import Places, Toolbox, project_at
from anclora_otel.stack.alerting import TEMPLATES
from anclora_otel.stack.tools import ALERTMANAGER

NAME = "alertmanager"
HELP = "render alertmanager.yml, its secret files and templates from the environment"

_SCALE_LIMIT = 100_000


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    render = actions.add_parser("render", help="write alertmanager.yml, one file a secret, and the templates")
    render.add_argument("--output", type=Path, metavar="FOLDER", help="default: .state/alertmanager-config")
    render.add_argument(
        "--mounted-at", metavar="PATH", help="the folder as Alertmanager sees it, such as in a container"
    )
    render.add_argument(
        "--env-file", type=Path, metavar="FILE", help="read variables from it that the environment lacks"
    )
    render.add_argument("--check-config", action="store_true", help="then let amtool check the result")
    render.add_argument("--scale", type=_scale, default=1.0, metavar="N", help="divide every interval, for drills")
    render.add_argument("--project-dir", type=Path, help="checkout of anclora-otel (default: from here up)")


def execute(arguments: argparse.Namespace) -> int:
    """Check the settings, write the folder, and say who hears of nothing."""
    places = Places.choose(project_at(arguments.project_dir, Path.cwd()), os.environ)
    environment = dict(os.environ)
    if arguments.env_file is not None:
        environment = {**read_env_file(arguments.env_file), **environment}
    settings, problems = load_alerting_settings(environment)
    if problems:
        raise SettingsError(problems)
    folder: Path = (arguments.output or places.state / "alertmanager-config").resolve()
    rendered = render_configuration(settings, folder=arguments.mounted_at or str(folder), scale=arguments.scale)
    for warning in rendered.warnings:
        sys.stderr.write(f"warning: {warning}\n")
    for file in write_folder(folder, rendered, places.project / TEMPLATES):
        sys.stdout.write(f"wrote {file}\n")
    if arguments.check_config:
        _check(places, folder / CONFIGURATION_FILE)
    return 0


def _check(places: Places, file: Path) -> None:
    amtool = Toolbox(places.tools, places.project).executable(ALERTMANAGER, "amtool")
    command = [str(amtool), "--enable-feature=utf8-strict-mode", "check-config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AncloraOtelError(f"amtool refuses {file}:\n{(done.stdout + done.stderr).strip()}")
    sys.stdout.write("amtool accepts it\n")


def _scale(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 1 <= value <= _SCALE_LIMIT:
        raise argparse.ArgumentTypeError(f"{text!r} is no scale: expected a number from 1 to {_SCALE_LIMIT}")
    return value
