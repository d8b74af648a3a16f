"""Alerts end to end: real trouble on a stack whose clock runs 15 times as fast, until somebody hears of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from anclora_otel.alertmanager.integrations import wanted
from anclora_otel.catalogue.alerts import Scope
from anclora_otel.catalogue.routes import RECEIVERS
from anclora_otel.drills.backtest import backtest
from anclora_otel.drills.catalogue import drills_named
from anclora_otel.drills.own_stack import SCALE, scaled_stack
from anclora_otel.drills.running import Outcome, default_wait_seconds
from anclora_otel.stack import Stack
from anclora_otel.stack.components import MEMORY_LIMIT_VARIABLE
from tests.stack.conftest import PROJECT
from tests.stack.example import eventually
from tests.stack.scaled import PATIENCE_SECONDS, Alarm, ScaledExample, now
from tests.wire.running import BIN, environment, started

PROGRAMS = Path(__file__).parent / "programs"
TRIALS = ("high-latency", "errors", "memory-pressure")
DRILLED = ("CriticalDeliveryRate", "QueueProcessingStopped")
EVERYBODY = ("slack", "email", "pagerduty")


@pytest.fixture(scope="module")
def alarm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alarm]:
    """Run a scaled stack."""
    stack = scaled_stack(PROJECT, tmp_path_factory.mktemp("scaled"), environment(**_tools()))
    try:
        stack.up()
        yield Alarm(stack)
    finally:
        stack.down()


@pytest.fixture(scope="module")
def service(alarm: Alarm) -> Iterator[ScaledExample]:
    """Run the example with its trials on the stack."""
    example = ScaledExample(alarm.stack, {"ANCLORA_TEST_ENDPOINTS": "1"})
    try:
        example.start()
        yield example
    finally:
        example.stop()


@pytest.fixture(scope="module")
def drilled(alarm: Alarm) -> Iterator[Future[list[Outcome]]]:
    """Run drills beside the trials of the example."""
    drills = [drill for name in DRILLED for drill in drills_named(name)]
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(alarm.run().run, drills, default_wait_seconds(drills, SCALE))


@pytest.fixture(scope="module")
def trials(service: ScaledExample) -> ScaledExample:
    """Begin every trial at once."""
    for trial in TRIALS[:2]:
        service.ask("POST", f"/test/{trial}", {"messages_per_second": 3})
    service.ask("POST", f"/test/{TRIALS[2]}", {})
    return service


def _command(alarm: Alarm, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / "anclora-otel"), *arguments, "--state-dir", str(alarm.stack.places.state)],
        env=environment(**_tools()),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def _tools() -> dict[str, str]:
    return {name: os.environ[name] for name in ("ANCLORA_TOOLS_DIR",) if name in os.environ}


@pytest.mark.parametrize(
    ("critical", "high"),
    [
        ("CriticalQueueLatency", "HighQueueLatency"),
        ("CriticalQueueErrorRate", "HighQueueErrorRate"),
        ("CriticalMemoryUsage", "HighMemoryUsage"),
    ],
)
@pytest.mark.usefixtures("drilled", "trials")
def test_trials_fire(alarm: Alarm, critical: str, high: str) -> None:
    """Each trial fires both alerts; the critical one reaches everybody and mutes the other, of which nobody hears."""
    alarm.heard(critical, *EVERYBODY)
    eventually(lambda: alarm.fires(high), f"{high} to fire", PATIENCE_SECONDS)
    eventually(lambda: alarm.is_muted_by(high, critical), f"{high} to be muted", PATIENCE_SECONDS)

    assert [alarm.notifications(receiver, high) for receiver in EVERYBODY] == [[], [], []]


def test_trials_resolve(alarm: Alarm, trials: ScaledExample) -> None:
    """Once the trials are ended all of their alerts resolve, and the pager is told."""
    for trial in TRIALS:
        trials.ask("DELETE", f"/test/{trial}")
    names = ("QueueLatency", "QueueErrorRate", "MemoryUsage")
    alarm.until_resolved(*(f"{level}{name}" for level in ("High", "Critical") for name in names))

    for name in names:
        alarm.heard(f"Critical{name}", "pagerduty", also='"event_action": "resolve"')


@pytest.mark.usefixtures("trials")
def test_backtest_finds_what_fired(alarm: Alarm) -> None:
    """The backtest finds in the stored data the alerts that fired, and not those that did not."""
    verdicts = {
        (each.alert, each.severity): each for each in backtest(alarm.prometheus, Scope(scale=SCALE), 600, now())
    }
    fired = {alert for (alert, _), each in verdicts.items() if each.episodes}

    assert {each.problem for each in verdicts.values()} == {""}
    assert {"CriticalQueueLatency", "HighQueueLatency", "CriticalQueueErrorRate", "CriticalMemoryUsage"} <= fired
    assert fired.isdisjoint({"HighQueueBacklog", "WhatsAppAPIErrors", "CollectorDroppingData"})


@pytest.mark.parametrize("name", DRILLED)
def test_drills_are_proven(drilled: Future[list[Outcome]], name: str) -> None:
    """Nothing delivered at all, and a queue whose counter was never seen, are told to everybody, and end."""
    (outcome,) = [each for each in drilled.result() if each.drill.alert == name]

    assert outcome.track.missing == ()
    assert outcome.track.integrations == EVERYBODY
    assert outcome.track.stages["firing"] <= outcome.track.stages["alertmanager"] <= outcome.track.stages["resolved"]


def test_first_sale(alarm: Alarm, service: ScaledExample) -> None:
    """The first sale that a fresh system sees is told in the business channel and nowhere else."""
    wrapped = [str(BIN / "anclora-otel"), "run", "--", sys.executable, str(PROGRAMS / "first_sale.py")]
    with started(wrapped, environment(**service.telemetry("sales"))) as program:
        program.wait(30)
        alarm.heard("HighValueSale", "slack")

    (told, *_) = alarm.notifications("slack", "HighValueSale")
    assert told["place"] == "#anclora-business"
    assert alarm.notifications("email", "HighValueSale") == alarm.notifications("pagerduty", "HighValueSale") == []


def test_drill_command(alarm: Alarm) -> None:
    """`drill ALERT` proves an alert on the running stack, and says by which way and with which times."""
    done = _command(alarm, "drill", "NoActiveInstances", "--json")
    (outcome,) = json.loads(done.stdout)

    assert done.returncode == 0, done.stderr
    assert outcome["proven"]
    assert outcome["way"] == "injected"
    assert outcome["scale"] == SCALE
    assert set(outcome["seconds"]) >= {"firing", "alertmanager", *EVERYBODY, "resolved"}
    assert "NoActiveInstances: pagerduty after" in done.stderr


def test_drill_that_is_not_proven(alarm: Alarm) -> None:
    """What was not seen in time is named, and the exit code is 1."""
    done = _command(alarm, "drill", "HighDiskUsage", "--wait", "2")

    assert done.returncode == 1, done.stderr
    assert "not seen: firing, alertmanager, slack, email, resolved" in done.stdout


def test_routing_command(alarm: Alarm) -> None:
    """`drill --routing` proves every integration of every route, by Alertmanager's metrics and at the stand-ins."""
    done = _command(alarm, "drill", "--routing", "--json")
    found = json.loads(done.stdout)

    assert done.returncode == 0, done.stderr
    assert {(each["receiver"], each["integration"]) for each in found} == {
        (receiver.name, kind) for receiver in RECEIVERS for kind in wanted(receiver)
    }
    assert {each["proof"] for each in found} == {"metrics and sink"}


def test_no_active_instance(alarm: Alarm, service: ScaledExample) -> None:
    """When the WhatsApp instance is closed everybody hears of it, until it is open again."""
    began = now()
    service.connection("close")
    alarm.heard("NoActiveInstances", *EVERYBODY, since=began)
    service.connection("open")

    alarm.until_resolved("NoActiveInstances")


def test_service_down(alarm: Alarm, service: ScaledExample) -> None:
    """A worker that is killed by SIGKILL is missed by everybody, until it reports again."""
    began = now()
    wrapped = [str(BIN / "anclora-otel"), "run", "--", sys.executable, "-m", "examples.whatsapp_service.worker"]
    variables = environment(**service.telemetry("night-worker"))
    query = 'anclora_process_start_time_seconds{service_name="night-worker"}'
    with started(wrapped, variables) as worker:
        eventually(lambda: service.query(query), "the worker to report", PATIENCE_SECONDS)
        os.killpg(worker.pid, signal.SIGKILL)
        alarm.heard("ServiceDown", *EVERYBODY, since=began, also="night-worker")
    with started(wrapped, variables):
        alarm.until_resolved("ServiceDown", service="night-worker")


@pytest.mark.usefixtures("service")
def test_redis_down(alarm: Alarm) -> None:
    """When Redis is stopped everybody hears of it, until it runs again."""
    began = now()
    alarm.stack.stop("redis")
    alarm.heard("RedisDown", *EVERYBODY, since=began)
    alarm.stack.start("redis")

    alarm.until_resolved("RedisDown")


@pytest.mark.usefixtures("service")
def test_collector_dropping_data(alarm: Alarm) -> None:
    """When the collector refuses what it is sent everybody hears of it, until it takes it again."""
    began = now()
    stack = alarm.stack
    # Its memory limit, less the reserve of 128 MiB, is below what it needs to run.
    tight = Stack(stack.places, stack.ports, environment(**{MEMORY_LIMIT_VARIABLE: "129"}), stack.alerting)
    stack.stop("collector")
    tight.start("collector")
    alarm.heard("CollectorDroppingData", *EVERYBODY, since=began)
    tight.stop("collector")
    stack.start("collector")

    alarm.until_resolved("CollectorDroppingData")
