"""Log lines of a service are found in Loki, once each, with what leads from them to the trace."""

from __future__ import annotations

import json
import subprocess
import urllib.error
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anclora_otel.stack import Stack
from tests.stack.example import Example, eventually
from tests.wire.running import BIN, PROGRAMS, environment, free_port, get, started

SERVICE = "talking"
REQUESTS = 20
LEVELS = {"fatal": 21, "error": 17, "warn": 13, "info": 9, "http": 8}

Line = dict[str, Any]


@pytest.fixture(scope="module")
def asked(shared_stack: Stack) -> Example:
    """Give what asks the stores of a stack; the example itself is not started."""
    return Example(shared_stack)


@pytest.fixture(scope="module")
def service(asked: Example, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Run a service of two workers; give its address and its file of levels."""
    folder = tmp_path_factory.mktemp("talking")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    uvicorn = ("uvicorn", "talking_service:app", "--app-dir", str(PROGRAMS), "--port", str(port), "--workers", "2")
    # Into a file: nobody reads a pipe while the service talks.
    command = ("sh", "-c", 'exec "$@" >"$0" 2>&1', str(folder / "output"), str(BIN / "anclora-otel"), "run", "--")
    variables = {**asked.telemetry(SERVICE), "ANCLORA_LOG_LEVELS_FILE": str(folder / "levels.json")}
    with started((*command, *uvicorn), variables, ready_url=f"{url}/openapi.json"):
        yield url, folder / "levels.json"


def lines(asked: Example, part: str, count: int) -> list[Line]:
    """Wait until as many lines hold a text."""

    def found() -> list[Line]:
        selected = asked.log_lines(f'{{service_name="{SERVICE}"}} |= "{part}"')
        return selected if len(selected) >= count else []

    return eventually(found, f"{count} lines with {part}", 60)


def trace(asked: Example, trace_id: str) -> str:
    """Ask for a trace as a user does."""
    done = subprocess.run(
        [str(BIN / "anclora-otel"), "trace", trace_id, "--wait", "60", "--state-dir", str(asked.stack.places.state)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_each_line_is_found_once(asked: Example, service: tuple[str, Path]) -> None:
    """With its level, its component and the trace of its request; lines below the level are not there."""
    pids = [json.loads(get(f"{service[0]}/state"))["pid"] for _ in range(REQUESTS)]
    found = lines(asked, "said at", REQUESTS * len(LEVELS))
    by_request = Counter(line["trace_id"] for line in found)

    assert Counter(line["line"] for line in found) == Counter(
        f"said at {level} by {pid}" for pid in pids for level in LEVELS
    )
    assert {(line["severity_text"], int(line["severity_number"])) for line in found} == set(LEVELS.items())
    assert all(line["line"].startswith(f"said at {line['severity_text']} ") for line in found)
    assert {line["component"] for line in found} == {"queue"}
    assert (len(by_request), set(by_request.values())) == (REQUESTS, {len(LEVELS)})
    access = lines(asked, "GET /state", REQUESTS)
    assert Counter(line["trace_id"] for line in access) == Counter(by_request.keys())
    assert {line["severity_text"] for line in access} == {"http"}


def test_an_exception_leads_to_its_span(asked: Example, service: tuple[str, Path]) -> None:
    """Uvicorn's line of it is found once, and its trace id leads to the span and back to the line."""
    with pytest.raises(urllib.error.HTTPError, match="500"):
        get(f"{service[0]}/failing")
    (line,) = lines(asked, "Exception in ASGI application", 1)
    shown = trace(asked, line["trace_id"])

    assert (line["severity_text"], line["exception_type"]) == ("error", "RuntimeError")
    assert line["exception_stacktrace"].endswith("RuntimeError: the view is broken")
    assert "GET /failing" in shown
    assert "Exception in ASGI application" in shown


def test_a_level_that_was_changed(asked: Example, service: tuple[str, Path]) -> None:
    """What a worker says at the new level is found from then on."""
    url, file = service
    variables = environment(ANCLORA_LOG_LEVELS_FILE=str(file))
    subprocess.run([str(BIN / "anclora-otel"), "log-level", "queue", "debug"], env=variables, timeout=60, check=True)

    def answered() -> bool:
        return bool(json.loads(get(f"{url}/state"))["levels"].get("queue") == "debug")

    eventually(answered, "the new level", 60)
    assert {line["severity_text"] for line in lines(asked, "said at debug", 1)} == {"debug"}
    assert asked.log_lines(f'{{service_name="{SERVICE}"}} |= "said at trace"') == []
