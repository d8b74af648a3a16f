"""Routes, receivers and inhibitions, held against the contract."""

from __future__ import annotations

import re
from typing import Any

import pytest

from anclora_otel.catalogue import routes
from anclora_otel.catalogue.routes import Matcher, Route
from tests.alert_contract import contract_alerts, contract_routing

ROUTING = contract_routing()
UNITS = {"s": 1, "m": 60, "h": 3600}


def _seconds(text: str) -> int:
    return int(text[:-1]) * UNITS[text[-1]]


@pytest.mark.parametrize(("contract", "route"), list(zip(ROUTING["routes"], routes.ROUTES, strict=False)))
def test_route_is_the_contract_s(contract: dict[str, Any], route: Route) -> None:
    """Order, matcher, receiver and times of a route are those of the contract."""
    label, _, value = contract["match"].partition(" = ")

    assert route.matchers == (Matcher(label, "=", value),)
    assert route.receiver.name == contract["receiver"]
    assert route.group_wait_seconds == _seconds(contract["group_wait"])
    assert route.group_interval_seconds == _seconds(contract["group_interval"])
    assert route.repeat_interval_seconds == _seconds(contract["repeat_interval"])


def test_there_is_no_other_route() -> None:
    """The catalogue has the contract's routes, the last of which is the default."""
    *matched, default = ROUTING["routes"]

    assert len(routes.ROUTES) == len(matched)
    assert routes.DEFAULT_ROUTE.receiver.name == default["receiver"]
    assert list(routes.GROUP_BY) == ROUTING["group_by"]


@pytest.mark.parametrize("contract", ROUTING["routes"], ids=lambda each: each["receiver"])
def test_receiver_has_the_integrations_of_the_contract(contract: dict[str, Any]) -> None:
    """Each receiver has the contract's channel, and mail and pages where the contract says so."""
    receiver = next(each for each in routes.RECEIVERS if each.name == contract["receiver"])
    wanted = contract.get("integrations", [])
    channels = [re.sub(r'^slack "(.*)"$', r"\1", each) for each in wanted if each.startswith("slack")]

    assert ([receiver.slack_channel] if receiver.slack_channel else []) == channels
    assert receiver.email == ("email" in wanted)
    assert receiver.pagerduty == ("PagerDuty" in wanted)


def test_every_name_is_one_of_the_contract() -> None:
    """Alerts, families, categories and severities that routes and inhibitions name exist."""
    known: dict[str, set[str]] = {"alertname": set(), "family": {""}, "category": set(), "severity": set()}
    for alert in contract_alerts():
        for label, value in alert.labels.items():
            known[label].add(value)
    matchers = [each for route in routes.ROUTES for each in (*route.matchers, *route.exceptions)]
    matchers += [each for rule in routes.INHIBITIONS for each in (*rule.source, *rule.target)]

    assert [each for each in matchers if not set(each.value.split("|")) <= known[each.label]] == []


def test_a_drill_mutes_drills_alone() -> None:
    """Every inhibition asks that both alerts are drills, or neither."""
    assert [rule for rule in routes.INHIBITIONS if routes.TEST_LABEL not in rule.equal] == []


def test_matcher_keeps_its_value_in_quotes() -> None:
    """Quotes and backslashes of a value are escaped."""
    assert str(Matcher("queue", "=~", 'a"b\\c')) == 'queue=~"a\\"b\\\\c"'
