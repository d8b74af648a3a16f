"""Rules that repeat a template differ only in names and numbers, so that the mutants of one stand for all."""

from __future__ import annotations

import re

import pytest

from tests.rules.narrowing import committed_groups, key_of
from tests.rules.templates import MUTATED_RATIOS, OBJECTIVES, PAIRS, alternatives, condition, is_mutated

EXPRESSIONS = {key_of(rule): condition(str(rule["expr"])) for group in committed_groups() for rule in group["rules"]}
WINDOWS = ("30m", "1h", "2h", "6h", "1d", "3d", "30d")
PAIR = (
    "(_bad:ratioLONG > n and _bad:ratioSHORT > n"
    " and 300 * sum_over_time(_total:rate5m[LONG:5m]) > n and 300 * sum_over_time(_bad:rate5m[LONG:5m]) > n)"
)
RATIO = "sum_over_time(_bad:rate5m[WINDOW:5m]) / (sum_over_time(_total:rate5m[WINDOW:5m]) > 0)"
SIGNALS = {"spans": "traces", "metric_points": "metrics", "log_records": "logs"}


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("severity", PAIRS)
def test_alerts_of_objectives_differ_in_windows_and_limits(objective: str, severity: str) -> None:
    """An objective's alert is the template for each of its two pairs of windows, with limits of its own."""
    expression = EXPRESSIONS[f"{objective}BudgetBurn {severity}"].replace(OBJECTIVES[objective], "")
    without_limits = re.sub(r"> [\d.]+", "> n", expression)

    pairs = [PAIR.replace("LONG", long).replace("SHORT", short) for long, short in PAIRS[severity]]
    assert without_limits.split("\nor ") == pairs


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_an_alert_holds_both_windows_of_a_pair_to_one_limit(objective: str) -> None:
    """The two windows of each pair have the same limit, and every pair asks for the same number of events."""
    for severity in PAIRS:
        for pair in EXPRESSIONS[f"{objective}BudgetBurn {severity}"].split("\nor "):
            long, short, events, bad_events = re.findall(r"> ([\d.]+)", pair)

            assert long == short
            assert (events, bad_events) == ("19.5", "4.5")


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("window", WINDOWS)
def test_ratios_of_objectives_differ_in_their_window(objective: str, window: str) -> None:
    """The ratio of an objective over a window is the template with that window."""
    names = OBJECTIVES[objective]

    assert EXPRESSIONS[f"{names}_bad:ratio{window}"].replace(names, "") == RATIO.replace("WINDOW", window)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_shortest_ratios_of_objectives_differ_in_their_names(objective: str) -> None:
    """The ratio over five minutes is that of the rates themselves, for each objective."""
    names = OBJECTIVES[objective]

    assert EXPRESSIONS[f"{names}_bad:ratio5m"].replace(names, "") == "_bad:rate5m / (_total:rate5m > 0)"


def test_what_is_mutated_is_of_the_template() -> None:
    """The rules whose mutants stand for those of the others are among those compared with the template."""
    left_out = {key for key in EXPRESSIONS if not is_mutated(key)}
    compared = {f"{names}_bad:ratio{window}" for names in OBJECTIVES.values() for window in ("5m", *WINDOWS)}
    alerts = {f"{objective}BudgetBurn {severity}" for objective in OBJECTIVES for severity in PAIRS}
    shown = {f"{names}_error_budget:ratio30d" for names in OBJECTIVES.values()}

    assert set(MUTATED_RATIOS) <= compared
    assert left_out <= compared | alerts | shown


@pytest.mark.parametrize("alert", ["CollectorDroppingData", "CollectorExportFailing"])
def test_alternatives_of_lost_telemetry_differ_in_their_signal(alert: str) -> None:
    """The alert on each signal that is lost is the first alternative with the names of that signal."""
    found = alternatives(EXPRESSIONS[alert])

    first = found[0]
    for text in found[1:]:
        assert _without_names(text) == _without_names(first)


def _without_names(text: str) -> str:
    """Write an alternative without the names of its signal and of its way to lose it."""
    for items, signal in SIGNALS.items():
        text = text.replace(f"_{items}_total", "_ITEMS_total").replace(f'"{signal}"', '"SIGNAL"')
    text = re.sub(r"otelcol_(exporter_enqueue_failed|exporter_send_failed|receiver_refused)_", "otelcol_LOSS_", text)
    text = re.sub(r'"(not enqueued|not sent|refused)"', '"LOSS"', text)
    return re.sub(r"by \(job, instance, (exporter|receiver)\)", "by (job, instance, BY)", text)
