"""
`anclora-otel health`: ask a service for its health, as a person or as Docker's HEALTHCHECK.

The exit code is 0 for healthy and degraded, since a degraded service serves; 1 for unhealthy and for no answer.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from anclora_otel.health.details import safe_text

DEFAULT_URL = "http://127.0.0.1:3000/health"
"""Where the service's health is asked for unless told otherwise."""

UNHEALTHY = 1
"""The exit code when the service is unhealthy or does not answer."""

_MAX_ANSWER_BYTES = 1024 * 1024
_COLOURS = {"healthy": 32, "pass": 32, "degraded": 33, "warn": 33, "unhealthy": 31, "fail": 31}


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "url", metavar="URL", nargs="?", type=_url, default=DEFAULT_URL, help="health endpoint (default: %(default)s)"
    )
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=_seconds, default=5.0, help="how long to wait (default: 5)"
    )
    parser.add_argument("--strict", action="store_true", help="exit code 1 also when the service is degraded")
    parser.add_argument("--json", action="store_true", help="write the answer as JSON for machines")


def execute(arguments: argparse.Namespace) -> int:
    """Ask, and write what was answered."""
    try:
        answer = _ask(arguments.url, arguments.timeout)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{_no_answer(arguments.url, error)}\n")
        return UNHEALTHY
    if arguments.json:
        sys.stdout.write(json.dumps(answer, indent=2) + "\n")
    else:
        sys.stdout.write(render_table(answer, in_colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ))
    accepted = ("healthy",) if arguments.strict else ("healthy", "degraded")
    return 0 if answer["status"] in accepted else UNHEALTHY


def _ask(url: str, timeout_seconds: float) -> dict[str, Any]:
    # No proxy: a probe asks the service itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=timeout_seconds) as response:
            body = response.read(_MAX_ANSWER_BYTES)
    except urllib.error.HTTPError as error:
        with error:
            body = error.read(_MAX_ANSWER_BYTES)
            if error.code != 503:
                raise ValueError(f"it answered {error.code}") from None
    answer = json.loads(body)
    if not isinstance(answer, dict) or answer.get("status") not in ("healthy", "degraded", "unhealthy"):
        raise ValueError("its answer is no health report")
    return answer


def _no_answer(url: str, error: Exception) -> str:
    reason = getattr(error, "reason", None) or ("its answer is no JSON" if "JSON" in type(error).__name__ else error)
    text = getattr(reason, "strerror", None) or str(reason) or type(error).__name__
    return f"no health from {urlsplit(url).netloc}: {safe_text(text)}"


def render_table(answer: Mapping[str, Any], *, in_colour: bool) -> str:
    """Render an answer: its status, then one line for each check."""
    lines = [f"{_coloured(str(answer['status']), 0, in_colour=in_colour)} · up {_uptime(answer.get('uptime'))}"]
    checks = answer.get("checks")
    for name, check in checks.items() if isinstance(checks, dict) else ():
        if isinstance(check, dict):
            status = _coloured(safe_text(check.get("status")), 5, in_colour=in_colour)
            lines.append(
                f"{safe_text(name):<16} {status} {_number(check.get('duration')):>9.1f} ms  "
                f"{_details(check.get('details'))}".rstrip()
            )
    return "\n".join(lines) + "\n"


def _details(details: object) -> str:
    if not isinstance(details, dict):
        return ""
    return safe_text(", ".join(f"{key} {_value(value)}" for key, value in details.items()))


def _value(value: object) -> str:
    return f"({_details(value)})" if isinstance(value, dict) else safe_text(value)


def _coloured(text: str, width: int, *, in_colour: bool) -> str:
    padded = f"{text:<{width}}"
    return f"\x1b[{_COLOURS.get(text, 31)}m{padded}\x1b[0m" if in_colour else padded


def _uptime(value: object) -> str:
    seconds = _number(value)
    for limit, unit, name in ((60, 1, "s"), (3600, 60, "min"), (86_400, 3600, "h"), (math.inf, 86_400, "d")):
        if seconds < limit:
            return f"{seconds / unit:.0f} {name}"
    return "-"


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _url(text: str) -> str:
    parts = urlsplit(text)
    if "@" in parts.netloc:
        raise argparse.ArgumentTypeError("the URL has a password in it: expected one without, since others can see it")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{text!r} is no URL: expected one such as {DEFAULT_URL}")
    return text


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 300:
        raise argparse.ArgumentTypeError(f"{text!r} is no time to wait: expected more than 0, at most 300 seconds")
    return seconds
