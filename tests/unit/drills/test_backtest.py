"""When an alert would have fired, from the moments at which its condition was true."""

from __future__ import annotations

from anclora_otel.catalogue.alerts import Scope
from anclora_otel.drills.backtest import Episode, episodes_of, step_seconds
from anclora_otel.drills.prometheus import Line

LABELS = {"queue": "out"}


def _line(*moments: float) -> Line:
    return Line(LABELS, tuple((moment, 1.0) for moment in moments))


def test_hold_is_applied() -> None:
    """An episode begins once the condition has lasted, and ends with it."""
    assert episodes_of([_line(0, 10, 20, 30)], 20, 10) == ((Episode(LABELS, 20, 30),), 0)


def test_shorter_than_the_hold() -> None:
    """What did not last was pending, and no episode."""
    assert episodes_of([_line(0, 10)], 20, 10) == ((), 1)


def test_a_gap_begins_anew() -> None:
    """After a missing evaluation the hold begins anew."""
    episodes, pending = episodes_of([_line(0, 10, 20, 40, 50, 60, 70)], 20, 10)

    assert episodes == (Episode(LABELS, 20, 20), Episode(LABELS, 60, 70))
    assert pending == 0


def test_without_hold() -> None:
    """Without a hold a single moment is an episode."""
    assert episodes_of([_line(5)], 0, 10) == ((Episode(LABELS, 5, 5),), 0)


def test_step() -> None:
    """Evaluations are as far apart as those of the rules, unless Prometheus would refuse so many."""
    assert step_seconds(3_600, Scope()) == 15
    assert step_seconds(7 * 86_400, Scope()) == 61
