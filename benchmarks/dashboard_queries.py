"""
Measure what the queries of each dashboard cost on a day of data.

Run with ``python -m benchmarks.dashboard_queries [--instances N] [--hours N]``. Writes series of every metric that the
dashboards read, for so many worker processes and hours, into blocks by ``promtool tsdb create-blocks-from``, starts
Prometheus on them, and asks every query of every panel over the whole time as Grafana would, with 400 points. Records
are written as series of their own: what rules cost when they are evaluated is not in it.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from anclora_otel.catalogue.alerts import RECORDS_BY_NAME
from anclora_otel.catalogue.metric import Metric
from anclora_otel.catalogue.prometheus import prometheus_label
from anclora_otel.stack import Places, Ports
from anclora_otel.stack.tools import PROMETHEUS, Toolbox
from dashboards.builders.checks import BY_NAME
from dashboards.builders.model import Dashboard, Source
from dashboards.builders.queries import expanded, parsed, selectors
from dashboards.builders.registry import build_all

PROJECT = Path(__file__).parents[1]
STEP_SECONDS = 15
BLOCK_SECONDS = 7200
POINTS = 400
VALUES_OF_OPEN_LABELS = 3
SLOWEST_SHOWN = 5
SERIES_LIMIT = 60
"""Label combinations of a metric in one process: more than the example has."""


def label_sets(metric: Metric, suffix: str) -> Iterator[dict[str, str]]:
    """Give the label values of a metric's series in one process."""
    choices = [
        (label.values or tuple(f"{label.key}-{number}" for number in range(VALUES_OF_OPEN_LABELS)))[:4]
        for label in metric.labels
    ]
    for values in itertools.islice(itertools.product(*choices), SERIES_LIMIT):
        labels = {prometheus_label(label.key): value for label, value in zip(metric.labels, values, strict=True)}
        bounds = [*(f"{bound:g}" for bound in metric.buckets), "+Inf"] if suffix == "_bucket" else [None]
        yield from (labels if bound is None else {**labels, "le": bound} for bound in bounds)


def series(names: set[str], instances: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Give every series that is written, by name and labels."""
    for name in sorted(names):
        if name in RECORDS_BY_NAME:
            yield name, {"service_name": "worker", "deployment_environment_name": "production", "queue": "default"}
            continue
        metric, suffix = BY_NAME[name]
        for instance in range(instances):
            identity = {
                "job": "worker",
                "instance": f"process-{instance}",
                "service_name": "worker",
                "deployment_environment_name": "production",
            }
            yield from ((name, {**identity, **labels}) for labels in label_sets(metric, suffix))


def write(file: Path, written: list[tuple[str, dict[str, str]]], times: range, first: int) -> None:
    """Write samples as OpenMetrics text, a series after the other; values count up from the first time."""
    with file.open("w") as out:
        for name, labels in written:
            inner = ",".join(f'{key}="{value}"' for key, value in labels.items())
            out.writelines(f"{name}{{{inner}}} {(at - first) // STEP_SECONDS} {at}\n" for at in times)
        out.write("# EOF\n")


def write_blocks(
    toolbox: Toolbox, folder: Path, written: list[tuple[str, dict[str, str]]], start: int, end: int
) -> None:
    """Write a block for each two hours, so that the text of a day need not lie on the disk at once."""
    text, promtool = folder / "samples.txt", str(toolbox.executable(PROMETHEUS, "promtool"))
    command = [promtool, "tsdb", "create-blocks-from", "openmetrics", str(text), str(folder / "data")]
    at = start
    while at < end:
        until = min(end, (at // BLOCK_SECONDS + 1) * BLOCK_SECONDS)
        write(text, written, range(at, until, STEP_SECONDS), start)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        text.unlink()
        at = until


def ask(url: str, dashboard: Dashboard, end: int, seconds: int) -> list[tuple[float, str]]:
    """Ask every query of a dashboard once, and give the seconds that each took."""
    step = max(seconds // POINTS, STEP_SECONDS)
    windows = {"__rate_interval": f"{max(4 * STEP_SECONDS, step + STEP_SECONDS)}s", "__range": f"{seconds}s"}
    values = {**{variable.name: variable.every for variable in dashboard.variables}, **windows}
    took = []
    for panel in dashboard.panels:
        for query in (query for query in panel.queries if query.source is Source.PROMETHEUS):
            parameters: dict[str, Any] = {"query": expanded(query.text, values)}
            parameters |= {"time": end} if query.instant else {"start": end - seconds, "end": end, "step": step}
            kind = "query" if query.instant else "query_range"
            began = time.perf_counter()
            requests.get(f"{url}/api/v1/{kind}", parameters, timeout=120).raise_for_status()
            took.append((time.perf_counter() - began, panel.title))
    return took


def main() -> None:
    """Write the blocks, start Prometheus on them and print a line for each dashboard."""
    parser = argparse.ArgumentParser(description="Cost of the dashboards' queries.")
    parser.add_argument("--instances", type=int, default=2, help="processes that report (default: 2)")
    parser.add_argument("--hours", type=int, default=24, help="hours of data (default: 24)")
    arguments = parser.parse_args()
    seconds = arguments.hours * 3600
    end = int(time.time()) // STEP_SECONDS * STEP_SECONDS
    dashboards = build_all()
    names = {
        str(found.name)
        for dashboard in dashboards
        for panel in dashboard.panels
        for query in panel.queries
        if query.source is Source.PROMETHEUS
        for found in selectors(parsed(query.text))
    }
    written = list(series(names, arguments.instances))
    samples = len(written) * seconds // STEP_SECONDS
    print(f"{len(written):,} series, {samples:,} samples: writing blocks", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), written, end, seconds, dashboards)


def measure(
    folder: Path, written: list[tuple[str, dict[str, str]]], end: int, seconds: int, dashboards: tuple[Dashboard, ...]
) -> None:
    """Ask every dashboard three times; print the best time of each query, summed, and the slowest of all."""
    toolbox = Toolbox(Places.choose(PROJECT, os.environ, state=folder / "state").tools, PROJECT)
    write_blocks(toolbox, folder, written, end - seconds, end)
    (folder / "prometheus.yml").write_text("global: {}\n")
    port = Ports.free().prometheus
    command = [str(toolbox.executable(PROMETHEUS)), f"--config.file={folder / 'prometheus.yml'}"]
    command += [f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    server = subprocess.Popen(command)
    try:
        url = f"http://127.0.0.1:{port}"
        wait(f"{url}/-/ready")
        measured = []
        for dashboard in dashboards:
            best = report(dashboard, [ask(url, dashboard, end, seconds) for _ in range(3)])
            measured += [(took, f"{dashboard.file.removesuffix('.json')}: {title}") for took, title in best]
        for took, title in sorted(measured, reverse=True)[:SLOWEST_SHOWN]:
            print(f"slowest {took:6.3f} s  {title}", flush=True)
    finally:
        server.terminate()
        server.wait()


def report(dashboard: Dashboard, rounds: list[list[tuple[float, str]]]) -> list[tuple[float, str]]:
    """Print what a dashboard costs: all of its queries, and the dearest; give the best time of each query."""
    best = [min(times) for times in zip(*rounds, strict=True)]
    dearest, title = max(best)
    total = sum(took for took, _ in best)
    print(f"{dashboard.file:<16} {len(best):>3} queries {total:7.2f} s, dearest {dearest:6.3f} s: {title}", flush=True)
    return best


def wait(url: str, deadline_seconds: float = 120) -> None:
    """Wait until Prometheus answers."""
    deadline = time.monotonic() + deadline_seconds
    while time.monotonic() < deadline:
        try:
            requests.get(url, timeout=2).raise_for_status()
        except requests.RequestException:
            time.sleep(0.2)
        else:
            return
    sys.exit(f"{url} did not answer within {deadline_seconds:g} s")


if __name__ == "__main__":
    main()
