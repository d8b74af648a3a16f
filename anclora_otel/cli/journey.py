"""`anclora-otel journey`: show what became of a message, step by step."""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from anclora_otel.cli.arguments import add_loki_arguments, in_colour, loki_url, state_folder
from anclora_otel.stack.journey import Journey, parse_message_id, read_journey

NOT_FOUND = 1
"""The exit code when no step of the message is known."""

_POLL_SECONDS = 0.5
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_RED, _BOLD, _DIM, _PLAIN = "\x1b[31m", "\x1b[1m", "\x1b[2m", "\x1b[0m"


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "message_id", metavar="MESSAGE_ID", help="the service's id of the message, or the WhatsApp API's"
    )
    parser.add_argument(
        "--since",
        metavar="TIME",
        type=_duration,
        default=86_400,
        help="how far to look back, such as 90m (default: 24h)",
    )
    add_loki_arguments(parser, waits_for="until the message is read or failed")
    parser.add_argument("--json", action="store_true", help="write JSON for machines")


def execute(arguments: argparse.Namespace) -> int:
    """Read the message's events from Loki and write them by their time."""
    message_id = parse_message_id(arguments.message_id)
    url = loki_url(arguments.loki_url, state_folder(arguments.state_dir))
    journey = _read(url, message_id, arguments.since, arguments.wait)
    if journey is None:
        sys.stderr.write(
            f"no step of message {message_id} is known: it may still be on its way (try --wait 10), be older than "
            "--since, or its service does not call record_message_step\n"
        )
        return NOT_FOUND
    if arguments.json:
        sys.stdout.write(json.dumps(_as_data(message_id, journey), indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _rendered(message_id, journey, in_colour()))
    return 0


def _read(url: str, message_id: str, since_seconds: float, wait_seconds: float) -> Journey | None:
    deadline = time.monotonic() + wait_seconds
    while True:
        now = time.time_ns()
        # A clock of another host may be ahead of ours.
        journey = read_journey(url, message_id, now - int(since_seconds * 1e9), now + 60 * 10**9)
        if (journey is not None and journey.has_ended) or time.monotonic() >= deadline:
            return journey
        time.sleep(_POLL_SECONDS)


def _rendered(message_id: str, journey: Journey, coloured: bool) -> Iterator[str]:
    def paint(colour: str, text: str) -> str:
        return f"{colour}{text}{_PLAIN}" if coloured else text

    first, last = journey.steps[0], journey.steps[-1]
    total = (last.time_nanoseconds - first.time_nanoseconds) / 1e9
    ids = [each for each in (*journey.message_ids, *journey.provider_message_ids) if each != message_id]
    also = f"  also {', '.join(ids)}" if ids else ""
    yield f"{paint(_BOLD, f'message {message_id}')}{also}"
    yield f"{first.step} to {last.step} in {total:.3f} s"
    yield f"{'time':<23} {'after':>11}  {'step':<9}  {'service':<20}  trace"
    for step in journey.steps:
        moment = datetime.fromtimestamp(step.time_nanoseconds / 1e9).astimezone()
        after = (step.time_nanoseconds - first.time_nanoseconds) / 1e9
        name = f"{step.step:<9}"
        name = paint(_RED, name) if step.step == "failed" else name
        clock = f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}"
        yield f"{clock} {after:>9.3f} s  {name}  {step.service:<20}  {paint(_DIM, step.trace_id or 'none')}"
    if journey.missing:
        yield f"not known, or not yet: {', '.join(journey.missing)}"
    if journey.trace_ids:
        yield paint(_DIM, f"anclora-otel trace {journey.trace_ids[0]}")


def _as_data(message_id: str, journey: Journey) -> dict[str, object]:
    return {
        "message_id": message_id,
        "message_ids": list(journey.message_ids),
        "provider_message_ids": list(journey.provider_message_ids),
        "steps": [asdict(step) for step in journey.steps],
        "missing": list(journey.missing),
        "has_ended": journey.has_ended,
        "trace_ids": list(journey.trace_ids),
    }


def _duration(text: str) -> float:
    found = re.match(r"([0-9]{1,6})([smhd])\Z", text.strip())
    if not found or not int(found.group(1)):
        raise argparse.ArgumentTypeError(f"{text!r} is no time: expected a number with s, m, h or d, such as 90m")
    return float(int(found.group(1)) * _UNITS[found.group(2)])
