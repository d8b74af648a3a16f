"""Variables are offered, chosen and written into queries as Grafana does."""

from __future__ import annotations

import promql_parser as promql

from tests.dashboard_files import DASHBOARDS
from tests.unit.stack.preview.javascript import called

VARIABLES = DASHBOARDS["queue"]["templating"]["list"]
ALL = {"job": ["$__all"], "queue": ["$__all"], "service": ["$__all"], "prometheus_datasource": ["prometheus"]}


def _written(text: str, chosen: dict[str, list[str]]) -> str:
    (given,) = called("variables", "interpolate", [text, VARIABLES, {**ALL, **chosen}, {"__range": "3600s"}])
    return str(given)


def test_all_is_what_the_variable_says() -> None:
    """The expression that stands for all, different for a service, which a series may not have."""
    assert _written('{queue=~"$queue", service=~"${service}"}', {}) == '{queue=~".+", service=~".*"}'


def test_one_and_several() -> None:
    """One value is written as it is, several as alternatives."""
    assert _written('"$queue"', {"queue": ["messages"]}) == '"messages"'
    assert _written('"$queue"', {"queue": ["messages", "bulk"]}) == '"(messages|bulk)"'
    assert _written("${queue:pipe}", {"queue": ["messages", "bulk"]}) == "messages|bulk"


def test_a_value_is_taken_literally() -> None:
    """Whatever stands in it, the query matches that value and is still a query."""
    odd = 'a.b"c\\d|(e)'
    query = _written('up{queue=~"$queue"}', {"queue": [odd]})
    selector = promql.parse(query)
    assert isinstance(selector, promql.VectorSelector)
    (matcher,) = selector.matchers.matchers

    assert matcher.value == 'a\\.b"c\\\\d\\|\\(e\\)'


def test_own_variables_and_unknown_ones() -> None:
    """Grafana's own have their values; what is no variable stays as it is."""
    assert _written("increase(x[$__range]) + $nothing", {}) == "increase(x[3600s]) + $nothing"
    assert _written("${prometheus_datasource}", {}) == "prometheus"


def test_values_query() -> None:
    """Selector and label; anything else is refused with its text."""
    job = next(variable for variable in VARIABLES if variable["name"] == "instance")
    (read,) = called("variables", "valuesQuery", [job])
    assert read == {"selector": 'anclora_process_start_time_seconds{job=~"$job"}', "label": "instance"}

    (said,) = called("variables", "valuesQuery", [{"name": "odd", "query": "metrics(.*)"}])
    assert said == "variable odd: expected label_values(selector, label), got metrics(.*)"


def test_names_of_series() -> None:
    """By the legend, else by all labels."""
    labels = {"__name__": "up", "job": "worker"}
    calls = [["{{job}} {{ queue }}", labels], ["", labels], ["", {}], ["P50", {}]]

    assert called("variables", "seriesName", *calls) == ["worker", 'up{job="worker"}', "value", "P50"]
