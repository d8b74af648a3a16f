"""The ready-made checks of the process, at and around their thresholds."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from anclora_otel.catalogue import health as thresholds
from anclora_otel.health import HealthChecks, disk_check, event_loop_check, memory_check, telemetry_check
from anclora_otel.health.readings import use_readings
from anclora_otel.health.results import CheckReport
from anclora_otel.pipeline.accounting import ExportCounts
from tests.unit.health.conftest import SetReadings

FINE = ExportCounts(10, 0, waiting=2, delivered_seconds_ago=1.0, undelivered_seconds=1.0)


class Usage(NamedTuple):
    """What a volume holds, in bytes."""

    total: int
    used: int
    free: int


def found(check: object, *, status_of: str = "checked") -> CheckReport:
    """Run one check and give its report."""
    checks = HealthChecks(process_checks=False, cache_seconds=0)
    checks.add(status_of, check)  # type: ignore[arg-type]
    return checks.run_sync().checks[status_of]


class TestThresholds:
    """Each warns above one number and fails above another."""

    @pytest.mark.parametrize(
        ("megabytes", "status"), [(768, "pass"), (768.1, "warn"), (1024, "warn"), (1536, "warn"), (1536.1, "fail")]
    )
    def test_memory(self, readings: SetReadings, megabytes: float, status: str) -> None:
        """By the resident memory; both numbers are shown in megabytes."""
        readings.megabytes = megabytes

        report = found(memory_check())

        assert (report.status, report.details["rssMB"]) == (status, round(megabytes, 1))
        assert report.details["heapUsedMB"] == pytest.approx(megabytes / 2, abs=0.1)

    @pytest.mark.parametrize(
        ("milliseconds", "status"), [(0, "pass"), (50, "pass"), (51, "warn"), (100, "warn"), (101, "fail")]
    )
    def test_event_loop(self, readings: SetReadings, milliseconds: float, status: str) -> None:
        """By the largest lag of the last 30 s."""
        readings.lag_seconds = milliseconds / 1000

        report = found(event_loop_check())

        assert (report.status, report.details) == (status, {"lagMs": milliseconds})

    @pytest.mark.parametrize(("used", "status"), [(80, "pass"), (81, "warn"), (90, "warn"), (91, "fail")])
    def test_disk(self, monkeypatch: pytest.MonkeyPatch, used: int, status: str) -> None:
        """By the share in use of what can be used."""
        usage = Usage(120 * thresholds.MEGABYTE, used * thresholds.MEGABYTE, (100 - used) * thresholds.MEGABYTE)
        monkeypatch.setattr("anclora_otel.health.process_checks.shutil.disk_usage", lambda _: usage)

        report = found(disk_check())

        assert (report.status, report.details) == (status, {"usedPercent": float(used), "freeMB": 100 - used})

    def test_of_ones_own(self, readings: SetReadings) -> None:
        """Every threshold may be set in code."""
        readings.megabytes, readings.lag_seconds = 10.0, 0.01

        assert found(memory_check(warn_megabytes=5)).status == "warn"
        assert found(memory_check(fail_megabytes=5)).status == "fail"
        assert found(event_loop_check(warn_seconds=0.005)).status == "warn"
        assert found(disk_check(warn_share=0, fail_share=1)).status == "warn"


class TestReal:
    """The machine itself."""

    def test_disk(self, tmp_path: Path) -> None:
        """A real volume has a share in use, and a path that is not there is a failure without the path."""
        report = found(disk_check(tmp_path))
        missing = found(disk_check(tmp_path / "missing"))

        assert isinstance(report.details["usedPercent"], float)
        assert 0 <= report.details["usedPercent"] <= 100
        assert (missing.status, missing.details) == (
            "fail",
            {"error": "FileNotFoundError", "reason": "No such file or directory"},
        )


class TestUnknown:
    """What cannot be told is not made up."""

    def test_before_configure(self) -> None:
        """Nothing is measured yet, which is worth a warning that says what to do."""
        before = use_readings(None)
        try:
            reports = [found(check()) for check in (memory_check, event_loop_check, telemetry_check)]
        finally:
            use_readings(before)

        assert {report.status for report in reports} == {"warn"}
        assert all("anclora_otel.configure()" in str(report.details["measured"]) for report in reports)

    def test_a_system_that_does_not_tell(self, readings: SetReadings) -> None:
        """No reading is no reason to take a service out."""
        readings.megabytes = readings.lag_seconds = None

        assert [found(check()).status for check in (memory_check, event_loop_check)] == ["pass", "pass"]


class TestTelemetry:
    """Judged by what was last delivered; it warns at worst."""

    def test_nothing_was_to_be_sent(self, readings: SetReadings) -> None:
        """A process that has just started is healthy."""
        readings.counts = {"traces": ExportCounts(0, 0, waiting=0), "metrics": ExportCounts(0, 0)}

        report = found(telemetry_check())

        assert report.status == "pass"
        assert report.details == {
            "traces": {"lastDeliveredSecondsAgo": None, "exported": 0, "failed": 0, "waiting": 0, "dropped": 0},
            "metrics": {"lastDeliveredSecondsAgo": None, "exported": 0, "failed": 0},
        }

    @pytest.mark.parametrize(("seconds", "status"), [(59.0, "pass"), (61.0, "warn")])
    def test_undelivered(self, readings: SetReadings, seconds: float, status: str) -> None:
        """Items that did not arrive for a minute are worth a warning that names the signal."""
        readings.counts = {"traces": FINE, "logs": ExportCounts(5, 3, waiting=7, undelivered_seconds=seconds)}

        report = found(telemetry_check())

        assert report.status == status
        assert ("reason" in report.details) is (status == "warn")
        if status == "warn":
            assert report.details["reason"] == "no logs delivered for 61 s"

    def test_dropped(self, readings: SetReadings) -> None:
        """Items that were dropped lately are worth a warning, and later a number."""
        readings.counts = {"traces": ExportCounts(9, 0, waiting=1, dropped=4, dropped_seconds_ago=10)}
        lately = found(telemetry_check())
        readings.counts = {"traces": ExportCounts(9, 0, waiting=1, dropped=4, dropped_seconds_ago=61)}
        later = found(telemetry_check())

        assert (lately.status, lately.details["reason"]) == ("warn", "traces dropped 10 s ago")
        assert (later.status, later.details["traces"]) == (
            "pass",
            {"lastDeliveredSecondsAgo": None, "exported": 9, "failed": 0, "waiting": 1, "dropped": 4},
        )

    def test_a_loss_that_is_past(self, readings: SetReadings) -> None:
        """A signal with nothing more to send is not held against a collector that took another one since."""
        lost = ExportCounts(5, 3, waiting=0, failed_seconds_ago=300, undelivered_seconds=310)
        readings.counts = {"traces": lost, "metrics": ExportCounts(99, 0, delivered_seconds_ago=5)}
        past = found(telemetry_check())
        readings.counts = {"traces": lost, "metrics": ExportCounts(99, 0, delivered_seconds_ago=301)}
        present = found(telemetry_check())

        assert (past.status, present.status) == ("pass", "warn")

    def test_it_never_fails(self, readings: SetReadings) -> None:
        """Not even when it is made critical and cannot be read."""
        checks = HealthChecks(process_checks=False)
        checks.add("telemetry", telemetry_check(), critical=True)
        readings.counts = {"traces": None}  # type: ignore[dict-item]

        report = checks.run_sync()

        assert (report.status, report.checks["telemetry"].status) == ("degraded", "warn")

    def test_switched_off(self, readings: SetReadings) -> None:
        """A process that exports nothing has nothing to deliver."""
        readings.counts = None

        report = found(telemetry_check())

        assert (report.status, report.details) == ("pass", {"exporting": False})
