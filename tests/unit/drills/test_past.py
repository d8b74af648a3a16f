"""The past that is laid down for alerts on hours and days."""

from __future__ import annotations

from pathlib import Path

import pytest

from anclora_otel.drills.catalogue import BY_TITLE, DRILLS
from anclora_otel.drills.past import past_text, write_blocks
from anclora_otel.errors import DrillError

NOW = 1_800_000_000.0
SCALE = 15.0


def _lines(title: str, holding: str) -> list[str]:
    text = past_text([BY_TITLE[title]], NOW, SCALE)
    return [line for line in text.splitlines() if line.startswith(holding)]


def _numbers(line: str) -> tuple[float, float]:
    value, at = line.rsplit(" ", 2)[1:]
    return float(value), float(at)


def test_counters_rise_on_the_clock_of_the_rules() -> None:
    """Of 100 messages an hour there are 2,400 in 24 h of the rules' clock, which are 96 minutes of the wall's."""
    lines = _lines("NoLeadsCaptured", "anclora_analytics_messages_received_total")
    by_moment = {round(at): value for value, at in map(_numbers, lines)}

    assert by_moment[round(NOW)] - by_moment[round(NOW - 96 * 60)] == pytest.approx(2_400)


def test_pending_alert() -> None:
    """The alert has been pending for longer than its ``for``, with the labels that Prometheus will give it."""
    lines = _lines("NoLeadsCaptured", "ALERTS_FOR_STATE")
    active_at, at = _numbers(lines[-1])

    assert NOW - active_at == 7 * 3600 / SCALE
    assert at == NOW
    for label in (
        'alertname="NoLeadsCaptured"',
        'severity="warning"',
        'category="business"',
        'family="Leads"',
        'service="anclora-drill"',
        'service_name="anclora-drill"',
        'environment="drill-noleadscaptured"',
        'deployment_environment_name="drill-noleadscaptured"',
    ):
        assert label in lines[-1]


def test_every_alert_was_pending_long_enough() -> None:
    """Whatever is laid down as pending was so for longer than its rule demands."""
    units = {"h": 3600}
    for drill in DRILLS:
        if drill.past is not None and drill.past.active_for != "0":
            held = int(drill.declared.hold[:-1]) * units[drill.declared.hold[-1]]
            assert int(drill.past.active_for[:-1]) * units[drill.past.active_for[-1]] > held


def test_records_end_at_their_value() -> None:
    """A record that grew ends at its value, and was smaller by its growth an hour before."""
    values = {
        round(at): value
        for value, at in map(_numbers, _lines("MemoryLeak", "service_instance:anclora_process_resident"))
    }

    assert values[round(NOW)] == 400 * 1024**2
    assert values[round(NOW - 3600 / SCALE)] == pytest.approx(200 * 1024**2)


def test_refusal_of_promtool(tmp_path: Path) -> None:
    """What promtool does not take is one line that names the file."""
    refusing = tmp_path / "promtool"
    refusing.write_text("#!/bin/sh\necho 'no such metric' >&2\nexit 1\n")
    refusing.chmod(0o700)
    with pytest.raises(DrillError) as caught:
        write_blocks(refusing, "# EOF\n", tmp_path / "data")

    assert str(caught.value) == f"promtool makes no blocks of {tmp_path / 'past.om'}: no such metric"
