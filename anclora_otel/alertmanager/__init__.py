"""
Alertmanager: its configuration from the catalogue's routes and the settings, and its API.

`configuration` puts routes, receivers, inhibitions and time intervals together, `integrations` says how each receiver
is notified, `yaml_text` writes it, `folder` lays it down with one file a secret. `api` asks a running
Alertmanager, `silences` says what a silence may be.
"""

from __future__ import annotations

from anclora_otel.alertmanager.api import Alertmanager
from anclora_otel.alertmanager.configuration import Rendered, render_configuration
from anclora_otel.alertmanager.folder import write_folder

__all__ = ["Alertmanager", "Rendered", "render_configuration", "write_folder"]
