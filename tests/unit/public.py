"""What of the package is public: these modules, and in each the names of its ``__all__``."""

from __future__ import annotations

import importlib

PUBLIC_MODULES = (
    "anclora_otel",
    "anclora_otel.catalogue",
    "anclora_otel.health",
    "anclora_otel.integrations.fastapi",
    "anclora_otel.integrations.redis",
    "anclora_otel.integrations.whatsapp",
    "anclora_otel.logs",
    "anclora_otel.queues",
    "anclora_otel.redaction",
    "anclora_otel.sentry",
    "anclora_otel.settings",
    "anclora_otel.testing",
    "anclora_otel.tracing",
)


def public_names(module: str) -> list[str]:
    """Give the names that a public module offers."""
    return list(importlib.import_module(module).__all__)
