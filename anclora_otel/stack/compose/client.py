"""Driving `docker compose` with the files, variables and overlays of a preparation."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

from anclora_otel.errors import StackError
from anclora_otel.stack.compose.files import CHECKED_VARIABLES, compose_files
from anclora_otel.stack.compose.preparation import Prepared
from anclora_otel.stack.owners import named_owner
from anclora_otel.stack.places import Places
from anclora_otel.stack.ports import is_free

BACKED_UP = ("prometheus", "loki", "grafana")
"""The services whose data a backup holds."""

BACKUP_VARIABLE = "ANCLORA_COMPOSE_BACKUP_FILE"
"""The variable by which the compose file takes a backup's name."""


class ComposeClient:
    """
    The compose plugin of Docker's client.

    Args:
        places: the checkout.
        prepared: what `prepare` gave.

    Raises:
        StackError: there is no client, or it has no compose plugin.

    """

    def __init__(self, places: Places, prepared: Prepared) -> None:
        if not has_compose():
            raise StackError(
                "no `docker compose` on this machine: install Docker with its compose plugin, "
                "or run the stack without Docker: anclora-otel stack up"
            )
        files = compose_files(places.project, prepared.overlays)
        self._folder = files[0].parent
        self._command = ["docker", "compose", "--env-file", str(prepared.env_file)]
        self._command += [part for file in files for part in ("--file", str(file))]

    def run(self, *arguments: str, backup_file: str = "") -> None:
        """
        Run a subcommand, its output going to the terminal.

        Args:
            arguments: the subcommand with its own.
            backup_file: name of a backup in `compose/backups`, for the services that read or write one.

        Raises:
            StackError: it failed; its own last words stand above.

        """
        environment = {**os.environ, **({BACKUP_VARIABLE: backup_file} if backup_file else {})}
        done = subprocess.run([*self._command, *arguments], cwd=self._folder, env=environment, check=False)
        code = done.returncode
        if code != 0:
            raise StackError(f"docker compose {arguments[0]} failed with exit code {code}: see what it said above")

    def refuse_taken(self, ports: dict[int, str]) -> None:
        """
        Make sure that the ports are free, unless this project's own containers run.

        Args:
            ports: published ports with their service.

        Raises:
            StackError: at least one is taken by somebody else.

        """
        running = subprocess.run(
            [*self._command, "ps", "--quiet"], cwd=self._folder, capture_output=True, text=True, check=False
        )
        if running.stdout.strip():
            return
        refuse_taken_by_others(ports)

    def backup(self, file_name: str) -> None:
        """Copy the data of Prometheus, Loki and Grafana while they are stopped; the collector's queue holds on."""
        self._while_stopped("backup", file_name)

    def restore(self, file_name: str) -> None:
        """Put a backup's data in the place of what there is."""
        self._while_stopped("restore", file_name)

    def _while_stopped(self, service: str, file_name: str) -> None:
        self.run("stop", *BACKED_UP)
        try:
            self.run("run", "--rm", "--no-deps", service, backup_file=file_name)
        finally:
            self.run("start", *BACKED_UP)


def refuse_taken_by_others(ports: dict[int, str]) -> None:
    """
    Make sure that the ports are free.

    Raises:
        StackError: at least one is taken; a line for each.

    """
    lines: Sequence[str] = [
        f"port {number} ({name}) is taken by {named_owner(number)}: stop it"
        for number, name in ports.items()
        if not is_free(number)
    ]
    if lines:
        raise StackError("\n".join(lines))


def has_compose() -> bool:
    """Say whether there is a Docker client with the compose plugin."""
    if shutil.which("docker") is None:
        return False
    answer = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return answer.returncode == 0


def check_by_client(places: Places, overlays: Sequence[str]) -> None:
    """
    Let `docker compose config` read the files too.

    Args:
        places: the checkout.
        overlays: names of the overlays.

    Raises:
        StackError: they are refused.

    """
    files = compose_files(places.project, overlays)
    command = ["docker", "compose", *(part for file in files for part in ("--file", str(file))), "config", "--quiet"]
    environment = {**os.environ, **CHECKED_VARIABLES}
    answer = subprocess.run(command, cwd=files[0].parent, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise StackError(
            f"docker compose config refuses {', '.join(map(str, overlays)) or files[0].name}: {answer.stderr.strip()}"
        )
