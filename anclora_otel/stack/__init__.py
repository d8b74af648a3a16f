"""
The native stack: Redis, Alertmanager, Prometheus, Loki and our collector on one machine, without Docker.

`versions` names every version once, `tools` says what is built and how, `building` builds it, `components`
says how each is started, `processes` starts and stops, `orchestration` holds it together in `Stack`.
"""

from __future__ import annotations

from anclora_otel.stack.alerting import Alerting
from anclora_otel.stack.building import Building, build_tools
from anclora_otel.stack.orchestration import ComponentStatus, Stack, Started
from anclora_otel.stack.places import Places, find_project, project_at
from anclora_otel.stack.ports import Ports
from anclora_otel.stack.tools import TOOLS, Tool, Toolbox

__all__ = [
    "TOOLS",
    "Alerting",
    "Building",
    "ComponentStatus",
    "Places",
    "Ports",
    "Stack",
    "Started",
    "Tool",
    "Toolbox",
    "build_tools",
    "find_project",
    "project_at",
]
