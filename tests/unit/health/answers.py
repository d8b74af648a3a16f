"""Ask checks as a web server does."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from anclora_otel.health import HealthChecks
from anclora_otel.health.asgi import answer

PASSWORD = "hunter2-s3cret"
MAX_ANSWER_BYTES = 20_000


def ask(checks: HealthChecks) -> dict[str, Any]:
    """Ask as a web server does, and read the answer as strictly as a browser does."""
    found = asyncio.run(answer(checks, "all"))
    assert len(found.body) < MAX_ANSWER_BYTES
    assert PASSWORD.encode() not in found.body
    assert b"Traceback" not in found.body

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    data: dict[str, Any] = json.loads(found.body, parse_constant=refuse)
    assert data["checks"]["fine"]["status"] == "pass"
    return data


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Give the lines that were said about health checks."""
    return [record.getMessage() for record in caplog.records if "health check" in record.getMessage()]
