"""What the distribution tells the instrumentors."""

from __future__ import annotations

import pytest
from opentelemetry.util.http import parse_excluded_urls

from anclora_otel.distro import excluded_urls


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
