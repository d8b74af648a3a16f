"""The page on health says what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from anclora_otel.catalogue import health as thresholds
from anclora_otel.health import HealthChecks
from anclora_otel.health.asgi import SUB_PATHS
from anclora_otel.health.process_checks import standard_checks
from tests.unit.health.conftest import SetReadings, probe

PAGE = (Path(__file__).parents[3] / "docs" / "health.md").read_text(encoding="utf-8")
ROWS = {cells[0].strip("`"): cells[1:] for line in PAGE.splitlines() if (cells := line.strip("|").split(" | "))[1:]}
ROWS = {name.strip(" `"): cells for name, cells in ROWS.items()}


@pytest.mark.parametrize(
    ("check", "numbers"),
    [
        ("queue_check(source)", [f"{thresholds.QUEUE_WAITING_WARN:,}", f"{thresholds.QUEUE_FAILED_WARN:,}"]),
        ("memory", [f"{thresholds.MEMORY_WARN_MEGABYTES} MB", f"{thresholds.MEMORY_FAIL_MEGABYTES} MB"]),
        (
            "event_loop",
            [
                f"{thresholds.EVENT_LOOP_LAG_WARN_SECONDS * 1000:g} ms",
                f"{thresholds.EVENT_LOOP_LAG_FAIL_SECONDS * 1000:g} ms",
            ],
        ),
        ("disk", [f"{thresholds.DISK_WARN_SHARE:.0%}", f"{thresholds.DISK_FAIL_SHARE:.0%}"]),
        ("telemetry", [f"{thresholds.TELEMETRY_STALE_SECONDS:g} s"]),
    ],
)
def test_the_thresholds(check: str, numbers: list[str]) -> None:
    """Each number of a check stands in its row."""
    row = " ".join(ROWS[check]).replace(" %", "%")

    assert [number for number in numbers if number not in row] == []


def test_which_checks_are_critical() -> None:
    """The table says it of each check of the process."""
    said = {name: ROWS[name][0].strip() == "yes" for name in standard_checks()}

    assert said == {name: check.critical for name, check in standard_checks().items()}


def test_the_times() -> None:
    """Deadline and the time of a result are those that hold."""
    assert f"**A deadline each**, {thresholds.CHECK_TIMEOUT_SECONDS:g} s unless given" in PAGE
    assert f"answers further probes for {thresholds.CACHE_SECONDS:g} s" in PAGE


def test_the_example(readings: SetReadings) -> None:
    """The JSON has the keys of a real answer, in their order."""
    (text,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    shown = json.loads(text)
    real = probe(HealthChecks()).as_data()

    assert readings
    assert list(shown) == list(real)
    assert list(shown["checks"]["memory"]) == list(real["checks"]["memory"])  # type: ignore[index]
    assert shown["checks"]["memory"]["details"].keys() == real["checks"]["memory"]["details"].keys()  # type: ignore[index]


def test_the_paths() -> None:
    """Every path is in the table, and the probes of Kubernetes ask for such."""
    paths = {f"/health{sub_path}" for sub_path in SUB_PATHS}
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    probes = yaml.safe_load(text)

    assert paths <= ROWS.keys()
    assert {each["httpGet"]["path"] for each in probes.values()} <= paths
    assert probes["readinessProbe"]["timeoutSeconds"] > thresholds.CHECK_TIMEOUT_SECONDS
