"""What the distribution tells the instrumentors."""

from __future__ import annotations

from typing import ClassVar

import pytest
from opentelemetry.util.http import parse_excluded_urls

from anclora_otel.distro import AncloraDistro, excluded_urls


class Instrumentor:
    """Keeps what it is told."""

    told: ClassVar[dict[str, object]] = {}

    def instrument(self, **arguments: object) -> None:
        """Take the arguments."""
        self.told.update(arguments)


class LoggingEntryPoint:
    """What a package offers that instruments logging."""

    name = "logging"

    def load(self) -> type[Instrumentor]:
        """Give the instrumentor."""
        return Instrumentor


def test_the_instrumentor_of_logging_exports_nothing() -> None:
    """Records are exported already; a second handler would be left out with a line that helps nobody."""
    AncloraDistro().load_instrumentor(LoggingEntryPoint())

    assert Instrumentor.told["enable_log_auto_instrumentation"] is False


@pytest.mark.parametrize(
    ("health_path", "path", "left_out"),
    [
        ("", "/health", True),
        ("", "/health/live", True),
        ("", "/health/ready/", True),
        ("", "/metrics", True),
        ("", "/own/page", True),
        ("", "/health/insurance", False),
        ("", "/messages", False),
        ("", "/admin/log-levels", True),
        ("", "/admin/log-levels/queue", True),
        ("", "/admin/log-levels/queue/more", False),
        ("/internal/state", "/internal/state", True),
        ("/internal/state", "/internal/state/ready", True),
        ("/internal/state", "/internal/states", False),
        ("/internal/state", "/health", True),
        ("/a.b", "/a.b/live", True),
        ("/a.b", "/aXb/live", False),
        ("/", "/", True),
        ("/", "/live", True),
        ("/", "/messages", False),
    ],
)
def test_probes_are_left_out(health_path: str, path: str, left_out: bool) -> None:
    """Health, metrics and log levels leave no span and no measurement; nothing else is left out."""
    excluded = parse_excluded_urls(excluded_urls("/metrics", "/own/", health_path))

    assert excluded.url_disabled(f"http://127.0.0.1:3000{path}") is left_out
