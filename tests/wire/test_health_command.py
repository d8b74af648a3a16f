"""`anclora-otel health`, as a person and as Docker's HEALTHCHECK call it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Iterator

import pytest

from tests.wire.running import BIN, environment, free_port
from tests.wire.serving import NO_EXPORT, WRAPPER, serving

PASSWORD = "hunter2-s3cret"


@pytest.fixture(scope="module")
def plain_service() -> Iterator[str]:
    """Serve a service that has no check of its own that could fail, and give its health endpoint."""
    variables = {"ANCLORA_HEALTH_PATH": "/health", "OTEL_SDK_DISABLED": "true"}
    with serving("service", variables, *WRAPPER) as url:
        yield f"{url}/health"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [str(BIN / "anclora-otel"), "health", *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_table(plain_service: str) -> None:
    """One line a check, without colours where nobody sees them."""
    done = run(plain_service)

    assert (done.returncode, done.stderr) == (0, "")
    first, *rest = done.stdout.splitlines()
    assert first.startswith("healthy · up ")
    assert [line.split()[:2] for line in rest] == [
        [name, "pass"] for name in ("memory", "event_loop", "disk", "telemetry")
    ]
    assert "rssMB" in rest[0]
    assert "\x1b" not in done.stdout


def test_json(plain_service: str) -> None:
    """The answer as it is."""
    done = run("--json", f"{plain_service}/ready")

    assert done.returncode == 0
    assert json.loads(done.stdout)["status"] == "healthy"


def test_colours_on_a_terminal(plain_service: str) -> None:
    """Green is healthy."""
    reader, writer = pty.openpty()
    try:
        subprocess.run(
            [str(BIN / "anclora-otel"), "health", plain_service],
            env=environment(),
            stdout=writer,
            timeout=60,
            check=True,
        )
        assert os.read(reader, 100).startswith(b"\x1b[32mhealthy\x1b[0m")
    finally:
        os.close(reader)
        os.close(writer)


def test_unhealthy() -> None:
    """The exit code is 1, and the check that failed is in the table."""
    variables = {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0", **NO_EXPORT}
    with serving("health_service", variables) as url:
        done = run(f"{url}/health")

    assert done.returncode == 1
    assert done.stdout.startswith("unhealthy")
    assert any(line.split()[:2] == ["redis", "fail"] for line in done.stdout.splitlines())


def test_no_answer(black_hole: int) -> None:
    """Whatever does not answer as a service is one line and exit code 1; it is given up in time."""
    closed = run(f"http://127.0.0.1:{free_port()}/health")
    hanging = run("--timeout", "0.2", f"http://127.0.0.1:{black_hole}/health")

    assert (closed.returncode, hanging.returncode) == (1, 1)
    assert closed.stderr.endswith("Connection refused\n")
    assert hanging.stderr.endswith("timed out\n")
    assert closed.stderr.count("\n") == hanging.stderr.count("\n") == 1


def test_an_answer_that_is_none(plain_service: str) -> None:
    """Another page is not taken for health."""
    done = run(plain_service.replace("/health", "/properties/3"))
    missing = run(f"{plain_service}/nothing")

    assert (done.returncode, missing.returncode) == (1, 1)
    assert done.stderr.endswith("its answer is no health report\n")
    assert missing.stderr.endswith("it answered 404\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("ftp://x/health",),
        ("health",),
        ("--timeout", "0", "http://x/"),
        ("--timeout", "nan"),
        (f"http://me:{PASSWORD}@x/",),
    ],
)
def test_wrong_arguments(arguments: tuple[str, ...]) -> None:
    """Exit code 2, and what was expected."""
    done = run(*arguments)

    assert done.returncode == 2
    assert "expected" in done.stderr
    assert PASSWORD not in done.stderr
