"""Thousands of damaged OTLP requests: the collector lives, and what it takes is what was sent."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf.message import Message  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from anclora_otel.testing import OtlpReceiver
from tests.stack.volumes import full_counts
from tests.wire.guarded_collector import SIGNALS, GuardedCollector, guarded_collector, receivers_before_files
from tests.wire.otlp_bytes import Answer, Mutator, call, comes_out_as, decoded, post, written
from tests.wire.running import run_wrapped

COUNT = full_counts("MUTATED_PAYLOADS", 10_000)
SEED = 2026
MEMORY_LIMIT_BYTES = 512 * 1024**2
_KINDS = {"traces": "spans", "metrics": "metrics", "logs": "logs"}
_ITEMS = {"traces": "spans", "logs": "log_records"}
PROGRAMS = Path(__file__).parents[1] / "stack" / "programs"


@pytest.fixture(scope="module")
def payloads() -> dict[str, list[bytes]]:
    """Give real requests of each signal, as an application sent them."""
    with OtlpReceiver() as receiver:
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint, "OTEL_SERVICE_NAME": "mutated"}
        variables["ANCLORA_METRICS_PATH"] = "/metrics"
        for program, *arguments in (("every_recorder.py", "text/plain"), ("spans_and_lines.py", "40", "mutated")):
            done = run_wrapped(sys.executable, str(PROGRAMS / program), *arguments, **variables)
            assert done.returncode == 0, done.stderr
        received = receiver.received
    traces, logs = ExportTraceServiceRequest(), ExportLogsServiceRequest()
    traces.resource_spans.add().scope_spans.add().spans.extend(received.spans)
    logs.resource_logs.add().scope_logs.add().log_records.extend(received.logs)
    metrics = []
    for metric in received.metrics:
        request = ExportMetricsServiceRequest()
        request.resource_metrics.add().scope_metrics.add().metrics.append(metric)
        metrics.append(request.SerializeToString())
    assert min(len(received.spans), len(received.logs), len(metrics)) > 20
    return {"traces": [traces.SerializeToString()], "logs": [logs.SerializeToString()], "metrics": metrics}


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedCollector]:
    """Run the committed receivers in front of a file a signal."""
    folder = tmp_path_factory.mktemp("payloads")
    with guarded_collector(folder, [receivers_before_files(folder)]) as running:
        yield running


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("protocol", ["http", "grpc"])
@pytest.mark.parametrize("signal", SIGNALS)
def test_damaged_requests(
    collector: GuardedCollector, payloads: dict[str, list[bytes]], signal: str, protocol: str
) -> None:
    """A refused request leaves no record, one that is taken comes out as it was sent, and memory stays bounded."""
    file = collector.folder / f"{signal}.bin"
    mutator = Mutator(SEED, payloads[signal])
    seen: Counter[str] = Counter()
    with grpc.insecure_channel(f"127.0.0.1:{collector.ports.otlp_grpc}") as channel:
        for number in range(COUNT // (2 * len(SIGNALS))):
            body = mutator.next()
            offset = file.stat().st_size if file.exists() else 0
            answer = _send(collector, channel, protocol, signal, body)
            seen[answer.status] += 1
            found = list(written(file, offset)) if file.exists() else []
            problem = _problem(signal, body, answer, found)
            assert not problem, f"{protocol} {signal} number {number} of seed {SEED}, {answer.status}: {problem}"

    assert collector.is_alive
    assert len(seen) == 2, f"both must come: {seen}"
    assert collector.peak_bytes < MEMORY_LIMIT_BYTES


def _send(collector: GuardedCollector, channel: grpc.Channel, protocol: str, signal: str, body: bytes) -> Answer:
    if protocol == "grpc":
        return call(channel, signal, body)
    return post(collector.ports.otlp_http, signal, body)


def _problem(signal: str, body: bytes, answer: Answer, found: list[bytes]) -> str:
    if not answer.taken:
        return f"refused, but {len(found)} messages were written" if found else ""
    sent = decoded(signal, body)
    if sent is None:
        return ""
    if not found:
        return "taken, but nothing was written" if _items(signal, sent) else ""
    (kept,) = (decoded(signal, each) for each in found)
    return "" if kept is not None and comes_out_as(sent, kept) else "taken, and written otherwise"


def _items(signal: str, message: Message) -> int:
    """Count the spans, data points or log records of a request."""
    (resources,) = (getattr(message, name) for name in ("resource_" + _KINDS[signal],))
    scopes = [scope for resource in resources for scope in getattr(resource, "scope_" + _KINDS[signal])]
    if signal == "metrics":
        return sum(_points(metric) for scope in scopes for metric in scope.metrics)
    return sum(len(getattr(scope, _ITEMS[signal])) for scope in scopes)


def _points(metric: Metric) -> int:
    kind = metric.WhichOneof("data")
    return len(getattr(metric, kind).data_points) if kind else 0
