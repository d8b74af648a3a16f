"""Outages, kills, a full volume and corrupt queues: what the collector acknowledged arrives, or it is said."""

from __future__ import annotations

import json
import os
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from anclora_otel.drills.own_stack import ANY_HOUR, SCALE
from anclora_otel.stack import Alerting, Places, Ports, Stack
from anclora_otel.stack.sentry_receiver import SentryReceiver
from tests.stack.books import SeededSender, arrived, balance
from tests.stack.conftest import PROJECT
from tests.stack.example import eventually
from tests.stack.scaled import PATIENCE_SECONDS, Alarm
from tests.stack.volumes import SmallVolume, full_counts
from tests.wire.running import get

BACKENDS = ("prometheus", "loki")
KILLS = full_counts("COLLECTOR_KILLS", 4)
SENDERS = 3
OUTAGE_SECONDS = 5 * 3600.0
VOLUME_MEBIBYTES = 8
SEED = 9
SEND_FAILED = "otelcol_exporter_send_failed_metric_points_total{"
UNWANTED = {
    "resourceMetrics": [
        {
            "scopeMetrics": [
                {
                    "metrics": [
                        {
                            "name": "unwanted",
                            "exponentialHistogram": {
                                "aggregationTemporality": 2,
                                # Coarser than Prometheus has it.
                                "dataPoints": [{"timeUnixNano": str(time.time_ns()), "scale": -10, "count": "1"}],
                            },
                        }
                    ]
                }
            ]
        }
    ]
}
"""Metrics that OTLP allows, and to which Prometheus answers 500."""


@pytest.fixture(scope="module")
def sentry() -> Iterator[SentryReceiver]:
    """Run the stand-in of Sentry's server."""
    with SentryReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, sentry: SentryReceiver) -> Iterator[Stack]:
    """Run a stack on a faster clock that sends every trace and line to Sentry too."""
    places = Places.choose(PROJECT, os.environ, state=tmp_path_factory.mktemp("faulty-stack"))
    variables = {"SENTRY_DSN": sentry.dsn, "ANCLORA_COLLECTOR_SENTRY_TRACES_PERCENT": "100"}
    stack = Stack(places, Ports.free(), variables, Alerting(scale=SCALE, office_hours=ANY_HOUR))
    try:
        stack.up()
        yield stack
    finally:
        stack.down()


def test_an_outage_of_every_backend_delays_and_loses_nothing(stack: Stack, sentry: SentryReceiver) -> None:
    """What happened in five hours without Prometheus, Loki and Sentry arrives later, also after a kill -9."""
    sender = SeededSender(stack, "outage", SEED, age_seconds=OUTAGE_SECONDS, spacing_seconds=OUTAGE_SECONDS / 600)
    sender.send(batches=2)
    balance(stack, sender)
    for name in BACKENDS:
        stack.stop(name)
    sentry.mode = "unavailable"
    sender.send(batches=14)
    # Before Sentry stands a batch processor, which holds what came in the last second in memory alone.
    eventually(lambda: _passed_to_sentry(stack) == sender.sent("logs", "traces"), "Sentry's queue to hold it")
    # What was on its way is put at the end of the queue: Prometheus gets it out of order.
    stack.kill("collector")
    stack.start("collector")
    sender.send(batches=14)
    for name in BACKENDS:
        stack.start(name)
    sentry.mode = "accept"

    assert set(sender.answers) == {"200"}
    assert balance(stack, sender)["metrics"] == 0
    lines, spans = (sender.books[signal].acknowledged for signal in ("logs", "traces"))
    eventually(lambda: lines <= _numbers(sentry, "logs"), "every line at Sentry", 90)
    eventually(lambda: spans <= _numbers(sentry, "spans"), "every span at Sentry", 90)


def test_kills_under_load_lose_nothing_that_was_acknowledged(stack: Stack) -> None:
    """The collector is killed by SIGKILL again and again while senders go on: each acknowledged item arrives."""
    senders = [SeededSender(stack, f"kill-{number}", SEED + number, age_seconds=600.0) for number in range(SENDERS)]
    over = Event()

    def load(sender: SeededSender) -> None:
        while not over.is_set():
            sender.send(size=8)

    with ThreadPoolExecutor(SENDERS) as pool:
        running = [pool.submit(load, sender) for sender in senders]
        try:
            for _ in range(KILLS):
                before = [sender.answers["200"] for sender in senders]
                eventually(lambda before=before: _went_on(senders, before), "the load")  # type: ignore[misc]
                stack.kill("collector")
                stack.start("collector")
        finally:
            over.set()
        for each in running:
            each.result()

    twice = balance(stack, *senders)
    assert twice["metrics"] == 0
    assert sum(len(sender.books["logs"].acknowledged) for sender in senders) > 0
    assert set().union(*(sender.answers for sender in senders)) - {"200"}, "no kill met the load"


def test_a_full_volume_is_refused_told_and_corrupts_nothing(stack: Stack) -> None:
    """On a full volume senders get 503 and the alert fires; after a kill -9 all that was taken arrives."""
    stack.stop("collector")
    stack.stop("loki")
    volume = SmallVolume(stack, VOLUME_MEBIBYTES)
    sender = SeededSender(stack, "full", SEED, padding=8000, age_seconds=600.0)
    try:
        with volume.collector() as process:
            eventually(lambda: _until_refused(sender), "the volume to be full", 120)
            eventually(lambda: Alarm(stack).fires("CollectorDroppingData"), "the alert", PATIENCE_SECONDS)
            process.kill()
            process.wait()
        with volume.collector():
            stack.start("loki")
            balance(stack, sender, signals=("logs",))
            sender.send("logs")

            assert set(sender.answers) == {"200", "503"}
            assert "its reserve of" in volume.log.read_text()
            assert not [name for name in volume.names() if "corrupt" in name or "backup" in name]
            balance(stack, sender, signals=("logs",))
    finally:
        volume.close()
        stack.start("loki")
        stack.start("collector")


def test_a_corrupt_queue_is_put_aside_and_said(stack: Stack) -> None:
    """A corrupt queue of lines is put aside, which is said; the queue of metrics arrives."""
    for name in BACKENDS:
        stack.stop(name)
    sender = SeededSender(stack, "corrupt", SEED, age_seconds=600.0)
    sender.send("logs", "metrics", batches=10)
    lost = set(sender.books["logs"].acknowledged)
    stack.kill("collector")
    queue = stack.places.state / "collector" / "queue" / "exporter_otlp_http_loki_logs"
    queue.write_bytes(bytes(8192) + queue.read_bytes()[8192:])
    for name in ("collector", *BACKENDS):
        stack.start(name)
    sender.send("logs", "metrics", batches=3)
    sender.books["logs"].acknowledged -= lost
    balance(stack, sender, signals=("logs", "metrics"))

    (line,) = [each for each in _log(stack).splitlines() if each.startswith("queuecheck: ")]
    (aside,) = queue.parent.glob("*.corrupt-*")
    assert str(aside) in line
    assert "what waited in it is not sent" in line
    assert lost.isdisjoint(arrived(stack, "corrupt", "logs"))


def test_what_prometheus_answers_with_500_is_counted(stack: Stack) -> None:
    """A batch that Prometheus cannot take is given up at once, counted for the alert, and named in the log."""
    before = _counted(stack, SEND_FAILED)
    sender = SeededSender(stack, "after-500", SEED)
    request = urllib.request.Request(
        f"{stack.url('collector')}/v1/metrics", json.dumps(UNWANTED).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200
    eventually(lambda: _counted(stack, SEND_FAILED) > before, "the loss to be counted")
    sender.send("metrics", batches=3)

    balance(stack, sender, signals=("metrics",))
    assert "responded with HTTP Status Code 500" in _log(stack)


def _numbers(sentry: SentryReceiver, kind: str) -> set[int]:
    """Give the numbers of the outage's items that have come to Sentry."""
    if kind == "logs":
        texts = [record.body.string_value for record in list(sentry.logs)]
    else:
        texts = [span.name for span in list(sentry.spans)]
    return {int(text.split()[1]) for text in texts if text.startswith("outage ")}


def _passed_to_sentry(stack: Stack) -> int:
    """Give how many items have left the batch processors before Sentry."""
    return _counted(stack, "otelcol_processor_batch_batch_send_size_sum{")


def _counted(stack: Stack, start: str) -> int:
    """Sum what the collector counts in the series whose names begin so."""
    page = get(f"http://127.0.0.1:{stack.ports.number('collector_telemetry')}/metrics")
    return sum(round(float(line.rpartition(" ")[2])) for line in page.splitlines() if line.startswith(start))


def _went_on(senders: list[SeededSender], before: list[int]) -> bool:
    return all(sender.answers["200"] > count + 3 for sender, count in zip(senders, before, strict=True))


def _until_refused(sender: SeededSender) -> bool:
    sender.send("logs", batches=10, size=60)
    return sender.answers["503"] > 5


def _log(stack: Stack) -> str:
    file: Path = stack.log_file("collector")
    return file.read_text(encoding="utf-8")
