"""`anclora-otel trace`: show the spans and the log lines of a trace."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from anclora_otel.cli.arguments import add_loki_arguments, in_colour, loki_url, state_folder
from anclora_otel.errors import StackError
from anclora_otel.stack.loki import LogLine, read_log_lines
from anclora_otel.stack.places import Places
from anclora_otel.stack.trace_file import parse_trace_id, read_trace, trace_files
from anclora_otel.stack.trace_text import render_trace
from anclora_otel.stack.trace_tree import Trace, arrange, walk

NOT_FOUND = 1
"""The exit code when the trace is not in the file."""

_POLL_SECONDS = 0.5
_LOG_MARGIN_NANOSECONDS = 300 * 1_000_000_000  # log lines may be written before the first and after the last span


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("trace_id", metavar="TRACE_ID", help="32 hexadecimal digits, or a whole traceparent")
    add_loki_arguments(parser, waits_for="for the trace to arrive")
    parser.add_argument("--json", action="store_true", help="write JSON for machines")


def execute(arguments: argparse.Namespace) -> int:
    """Read the trace, ask Loki for its log lines, and write both as a tree."""
    trace_id = parse_trace_id(arguments.trace_id)
    state = state_folder(arguments.state_dir)
    places = Places(project=state, state=state, tools=state)
    url = loki_url(arguments.loki_url, state)
    trace, complaint = _read(places.trace_file, trace_id, url, arguments.wait)
    if trace is None:
        sys.stderr.write(f"{_not_found(places.trace_file, trace_id)}\n")
        return NOT_FOUND
    if arguments.json:
        sys.stdout.write(json.dumps(_as_data(trace_id, trace, complaint), indent=2) + "\n")
    else:
        sys.stdout.write(render_trace(trace_id, trace, in_colour=in_colour()))
        if complaint:
            sys.stderr.write(f"no log lines: {complaint}\n")
    return 0


def _read(file: Path, trace_id: str, url: str, wait_seconds: float) -> tuple[Trace | None, str]:
    deadline = time.monotonic() + wait_seconds
    previous: tuple[int, int] | None = None
    while True:
        spans = read_trace(file, trace_id)
        lines, complaint = _log_lines(url, trace_id, spans[0].start_nanoseconds) if spans else ([], "")
        trace = arrange(spans, lines) if spans else None
        # Spans and lines arrive in batches of several processes: enough is there once two looks saw the same.
        settled = trace is not None and trace.is_complete and (len(spans), len(lines)) == previous
        if settled or time.monotonic() >= deadline:
            return trace, complaint
        previous = len(spans), len(lines)
        time.sleep(_POLL_SECONDS)


def _log_lines(url: str, trace_id: str, start_nanoseconds: int) -> tuple[list[LogLine], str]:
    start = max(0, start_nanoseconds - _LOG_MARGIN_NANOSECONDS)
    try:
        return read_log_lines(url, trace_id, start, time.time_ns() + _LOG_MARGIN_NANOSECONDS), ""
    except StackError as error:
        return [], str(error)


def _not_found(file: Path, trace_id: str) -> str:
    if not trace_files(file):
        return f"there is no trace file {file}: run `anclora-otel stack up`, or pass --state-dir"
    return (
        f"trace {trace_id} is not in {file}: it may still be on its way (try --wait 10), "
        "was not sampled, or is older than what the file keeps"
    )


def _as_data(trace_id: str, trace: Trace, complaint: str) -> dict[str, object]:
    spans = [
        {
            **asdict(node.span),
            "duration_nanoseconds": node.span.duration_nanoseconds,
            "depth": depth,
            "orphan": node.orphan,
            "log_lines": [asdict(line) for line in node.lines],
        }
        for depth, node in walk(trace)
    ]
    unplaced = [asdict(line) for line in trace.unplaced]
    return {"trace_id": trace_id, "spans": spans, "log_lines": unplaced, "loki_error": complaint or None}
