"""What the checks of the process read once telemetry runs, against a real receiver."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from anclora_otel.testing import OtlpReceiver
from tests.wire.running import environment

PROGRAM = """
import json, logging, time
import anclora_otel
from opentelemetry import trace
from anclora_otel.health import HealthChecks, telemetry_check
anclora_otel.configure()
checks = HealthChecks(cache_seconds=0)
checks.add("telemetry", telemetry_check(stale_seconds=0.2))
before = checks.run_sync().as_data()
trace.get_tracer("test").start_span("work").end()
logging.getLogger("queue").warning("work")
anclora_otel.flush(3)
time.sleep(0.3)
print(json.dumps([before, checks.run_sync().as_data()]))
"""


def run(**variables: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run the program and give health before and after its work."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    before, after = json.loads(done.stdout.splitlines()[-1])
    return before, after


def test_items_that_arrive() -> None:
    """Each signal says when its last item was delivered; the process is measured."""
    with OtlpReceiver() as receiver:
        before, after = run(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint)
    telemetry = after["checks"]["telemetry"]

    assert before["checks"]["telemetry"]["status"] == "pass"
    assert telemetry["status"] == "pass"
    for signal in ("traces", "metrics", "logs"):
        assert telemetry["details"][signal]["exported"] > 0
        assert 0 <= telemetry["details"][signal]["lastDeliveredSecondsAgo"] < 30
    assert after["checks"]["memory"]["details"]["rssMB"] > 10
    assert after["checks"]["memory"]["details"]["heapUsedMB"] > 1
    assert 0 < before["uptime"] < after["uptime"] < 60


def test_items_that_do_not_arrive() -> None:
    """A collector that refuses makes a warning that names the signals, and a degraded service at most."""
    with OtlpReceiver("unavailable") as receiver:
        _, after = run(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint, OTEL_EXPORTER_OTLP_TIMEOUT="500")
    telemetry = after["checks"]["telemetry"]

    assert (after["status"], telemetry["status"]) == ("degraded", "warn")
    for signal in ("traces", "metrics", "logs"):
        assert f"no {signal} delivered for" in telemetry["details"]["reason"]
        assert telemetry["details"][signal]["lastDeliveredSecondsAgo"] is None


def test_telemetry_switched_off() -> None:
    """Health is there without telemetry."""
    _, after = run(OTEL_SDK_DISABLED="true")

    assert after["checks"]["telemetry"]["details"] == {"exporting": False}
    assert after["checks"]["memory"]["details"]["rssMB"] > 10


def test_signals_that_are_not_exported() -> None:
    """They have nothing to deliver and are not shown."""
    with OtlpReceiver() as receiver:
        _, after = run(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint, OTEL_TRACES_EXPORTER="none")

    assert sorted(after["checks"]["telemetry"]["details"]) == ["logs", "metrics"]
