"""Drills and their outcomes as lines, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from anclora_otel.drills.catalogue import DRILLS
from anclora_otel.drills.running import Outcome
from anclora_otel.drills.tracking import ALERTMANAGER, FIRING, PENDING, RESOLVED

_STAGES = (PENDING, FIRING, ALERTMANAGER, "slack", "email", "pagerduty", "webhook", RESOLVED)


def outcome_lines(outcomes: Iterable[Outcome], scale: float) -> Iterator[str]:
    """Give a table: an alert a line, with the seconds to each stage and the way."""
    widths = [max(9, len(stage)) for stage in _STAGES]
    heads = " ".join(f"{stage:>{width}}" for stage, width in zip(_STAGES, widths, strict=True))
    yield f"{'ALERT':<36} {'PROVEN':<6} {'WAY':<8} {heads}"
    for outcome in outcomes:
        track = outcome.track
        cells = [f"{track.stages[stage]:.1f} s" if stage in track.stages else "-" for stage in _STAGES]
        times = " ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        proven = "yes" if track.proven else "NO"
        yield f"{outcome.drill.title:<36} {proven:<6} {outcome.drill.way:<8} {times}".rstrip()
        if track.missing:
            yield f"{'':<36} not seen: {', '.join(track.missing)}"
        yield from (f"{'':<36} {remark}" for remark in outcome.remarks)
    yield f"seconds on the wall's clock; the rules' clock ran {scale:g} times as fast"


def outcome_json(outcome: Outcome, scale: float) -> dict[str, Any]:
    """Give an outcome for machines."""
    track = outcome.track
    return {
        "alert": outcome.drill.alert,
        "severity": outcome.drill.declared.severity.value,
        "way": outcome.drill.way,
        "what": outcome.drill.what,
        "proven": track.proven,
        "scale": scale,
        "integrations": list(track.integrations),
        "seconds": {stage: round(seconds, 3) for stage, seconds in track.stages.items()},
        "missing": list(track.missing),
        "remarks": outcome.remarks,
    }


def catalogue_lines() -> Iterator[str]:
    """List every drill with its way and what is done."""
    for drill in DRILLS:
        yield f"{drill.title:<36} {drill.way:<8} {drill.what}"
