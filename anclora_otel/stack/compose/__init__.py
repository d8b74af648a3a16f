"""
The stack in containers: its files, the secrets that it needs, and the settings of `.env.monitoring`.

`variables` reads the settings, `secret_files` makes secrets once, `preparation` writes everything that the
compose files mount, `files` loads and checks the files, `client` drives `docker compose`.
"""

from __future__ import annotations

from anclora_otel.stack.compose.client import ComposeClient
from anclora_otel.stack.compose.files import COMPOSE_FOLDER, OVERLAYS, load_project
from anclora_otel.stack.compose.preparation import Prepared, prepare
from anclora_otel.stack.compose.variables import ComposeSettings, load_compose_settings

__all__ = [
    "COMPOSE_FOLDER",
    "OVERLAYS",
    "ComposeClient",
    "ComposeSettings",
    "Prepared",
    "load_compose_settings",
    "load_project",
    "prepare",
]
