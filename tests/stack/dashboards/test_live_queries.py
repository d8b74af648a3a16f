"""Every query of every dashboard on a live stack, with the example's traffic."""

from __future__ import annotations

import pytest

from dashboards.builders.queries import expanded
from tests.dashboard_files import DASHBOARDS, Target, chosen_values, panels, targets, variables
from tests.stack.dashboards.answers import WINDOWS, exemplars, offered_values, prometheus, series_with_data
from tests.stack.dashboards.quiet import QUIET
from tests.stack.example import EXAMPLE_DEPLOYMENT, SERVICE, WORKER, Example, eventually


@pytest.mark.timeout(600)
def test_every_panel_returns_data(example: Example) -> None:
    """Every query of every panel has data, but for those that are quiet for a reason."""
    waiting = {target.name: target for target in targets() if target.name not in QUIET}

    def empty() -> bool:
        for name, target in list(waiting.items()):
            if series_with_data(example.stack, target):
                del waiting[name]
        return not waiting

    try:
        eventually(empty, "every panel to have data", timeout_seconds=300)
    except AssertionError as error:
        raise AssertionError(f"no data: {', '.join(waiting)}") from error


def test_quiet_panels_run_and_are_few(example: Example) -> None:
    """What is quiet is still a query that runs; at most one panel in ten is, and none of the overview."""
    by_name = {target.name: target for target in targets()}
    assert set(QUIET) <= set(by_name)
    for name in QUIET:
        series_with_data(example.stack, by_name[name])
    quiet = {(by_name[name].dashboard, by_name[name].panel["title"]) for name in QUIET}

    assert "overview" not in {dashboard for dashboard, _ in quiet}
    assert 10 * len(quiet) <= sum(len(panels(dashboard)) for dashboard in DASHBOARDS.values())
    assert all(len(reason) > 20 for reason in QUIET.values())


@pytest.mark.parametrize("name", DASHBOARDS)
def test_every_variable_offers_values(example: Example, name: str) -> None:
    """Each variable has something to choose, among it what the example is."""
    dashboard = DASHBOARDS[name]
    expected = {"job": WORKER, "service": SERVICE, "environment": EXAMPLE_DEPLOYMENT, "queue": example.settings.queue}
    for variable in variables(dashboard):
        query = variable["query"]["query"]
        offered = eventually(
            lambda query=query: offered_values(example.stack, query, chosen_values(dashboard)),  # type: ignore[misc]
            f"values of {variable['name']}",
        )
        assert expected.get(variable["name"], offered[0]) in offered


@pytest.mark.parametrize("name", DASHBOARDS)
def test_annotations_run(example: Example, name: str) -> None:
    """Deploys are where processes started, in milliseconds; alerts are a query that runs."""
    dashboard = DASHBOARDS[name]
    deploys, alerts = (
        expanded(annotation["target"]["expr"], {**chosen_values(dashboard), **WINDOWS})
        for annotation in dashboard["annotations"]["list"]
    )
    found = eventually(lambda: prometheus(example.stack, "query", query=deploys), "starts of processes")
    prometheus(example.stack, "query", query=alerts)

    assert {series["metric"]["service_name"] for series in found} >= {SERVICE, WORKER}
    assert all(float(series["value"][1]) > 1.6e12 for series in found)


def _latency() -> Target:
    return next(target for target in targets("queue") if target.panel["title"] == "Processing time P50, P95, P99")


def test_variables_narrow_what_is_shown(example: Example) -> None:
    """A chosen service, environment or queue shows its data, another one none."""
    narrowed = {"service": WORKER, "environment": EXAMPLE_DEPLOYMENT, "queue": example.settings.queue}
    eventually(lambda: series_with_data(example.stack, _latency(), narrowed), "latency of the worker")

    for variable in narrowed:
        assert series_with_data(example.stack, _latency(), {variable: "another"}) == 0


def test_log_lines_are_narrowed_by_the_same_variables(example: Example) -> None:
    """The lines of a chosen service are there, those of another are not."""
    lines = next(target for target in targets("queue") if target.panel["title"] == "Log lines")
    eventually(lambda: series_with_data(example.stack, lines, {"service": WORKER}), "lines of the worker")

    assert series_with_data(example.stack, lines, {"service": "another"}) == 0
    assert series_with_data(example.stack, lines, {"environment": "another"}) == 0


def test_latency_has_traces_behind_it(example: Example) -> None:
    """The exemplars of a latency panel carry ids of traces."""
    query = expanded(_latency().text, {**chosen_values(DASHBOARDS["queue"]), **WINDOWS})
    found = eventually(lambda: exemplars(example.stack, query), "exemplars of the latency")

    assert all(len(exemplar["labels"]["trace_id"]) == 32 for exemplar in found)
