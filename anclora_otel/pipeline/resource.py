"""Say who a process is."""

from __future__ import annotations

import os
import platform
import socket
import sys
import uuid
from collections.abc import Mapping
from typing import cast

from opentelemetry.sdk.resources import Resource

from anclora_otel.redaction import redact_attributes
from anclora_otel.settings import Settings

DISTRO_NAME = "anclora-otel"
"""The value of ``telemetry.distro.name``."""


def build_resource(settings: Settings, distro_version: str) -> Resource:
    """
    Build the resource of this process.

    ``service.instance.id`` is unique for each process and stays the same for its life; what the user sets wins over
    what is detected. Personal data in them is masked. Source: OpenTelemetry semantic conventions, "Resource".

    Args:
        settings: names the service, its environment and further attributes.
        distro_version: the version of this package.

    """
    detected: dict[str, str | int] = {
        "service.instance.id": str(uuid.uuid4()),
        "host.name": socket.gethostname(),
        "host.arch": platform.machine(),
        "os.type": sys.platform,
        "process.pid": os.getpid(),
        "process.executable.name": os.path.basename(sys.executable or "python"),
        "process.runtime.name": sys.implementation.name,
        "process.runtime.version": platform.python_version(),
        "telemetry.distro.name": DISTRO_NAME,
        "telemetry.distro.version": distro_version,
    }
    named: dict[str, str | int] = {"service.name": settings.service_name}
    if settings.environment:
        named["deployment.environment.name"] = settings.environment
    return Resource.get_empty().merge(
        Resource(_redacted({**_sdk(), **detected, **settings.resource_attributes, **named}))
    )


def _redacted(attributes: Mapping[str, str | int]) -> Mapping[str, str | int]:
    return cast("Mapping[str, str | int]", redact_attributes(attributes))


def _sdk() -> dict[str, str | int]:
    kept = ("telemetry.sdk.name", "telemetry.sdk.language", "telemetry.sdk.version")
    found = Resource.create().attributes
    return {key: str(found[key]) for key in kept if key in found}
