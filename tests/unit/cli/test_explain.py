"""`anclora-otel explain` and `rules backtest`, as far as they need no Prometheus."""

from __future__ import annotations

import json

import pytest

from anclora_otel.cli.main import main

NOBODY = "http://127.0.0.1:1"


def test_metric(capsys: pytest.CaptureFixture[str]) -> None:
    """A metric is explained with recorder, labels, query and alerts."""
    assert main(["explain", "anclora_queue_dlq_messages", "--prometheus-url", "none"]) == 0
    text = capsys.readouterr().out

    assert "recorder       observe_queue" in text
    assert "label          queue: name of the queue (open, at most 50 values)" in text
    assert "alerts         HighDLQMessages" in text
    assert "now            unknown: not asked" in text


def test_alert_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    """In JSON an alert of an objective is a list of both, each saying what could not be asked."""
    assert main(["explain", "QueueSuccessBudgetBurn", "--json", "--prometheus-url", NOBODY]) == 0
    found = json.loads(capsys.readouterr().out)

    assert [each["severity"] for each in found] == ["critical", "warning"]
    assert all(each["now"] == [] and "cannot be asked" in each["unanswered"] for each in found)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("RedisDwon", "did you mean RedisDown?"), ("42", "see docs/metrics.md and docs/alerts.md")],
)
def test_unknown_name(capsys: pytest.CaptureFixture[str], name: str, hint: str) -> None:
    """A name that is none leads to the nearest one, or to the references."""
    assert main(["explain", name, "--prometheus-url", "none"]) == 2
    assert capsys.readouterr().err == f"anclora-otel: {name} is neither a metric nor an alert: {hint}\n"


@pytest.mark.parametrize("since", ["yesterday", "1s", "1000d"])
def test_backtest_of_no_time(capsys: pytest.CaptureFixture[str], since: str) -> None:
    """A time back that is none is refused."""
    with pytest.raises(SystemExit) as caught:
        main(["rules", "backtest", "--since", since])

    assert caught.value.code == 2
    assert f"'{since}' is no time back: expected 1m to 90d, such as 7d" in capsys.readouterr().err


def test_backtest_without_prometheus(capsys: pytest.CaptureFixture[str]) -> None:
    """Where Prometheus does not answer one line says so."""
    assert main(["rules", "backtest", "--prometheus-url", NOBODY]) == 2
    assert f"Prometheus at {NOBODY} cannot be asked" in capsys.readouterr().err
