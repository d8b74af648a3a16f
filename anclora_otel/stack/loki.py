"""Ask Loki for log lines."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from anclora_otel.errors import StackError

MAX_LINES = 1_000
"""As many log lines are asked for at most at one time."""

_MAX_ANSWER_BYTES = 16 * 1024 * 1024
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class LogLine:
    """
    A log line of a trace.

    Args:
        time_nanoseconds: Unix time.
        service: the stream's `service_name`.
        level: ``error``, ``info`` and so on; ``unknown`` where none came along.
        text: the line.
        span_id: the span that wrote it, or an empty text.

    """

    time_nanoseconds: int
    service: str
    level: str
    text: str
    span_id: str = ""


@dataclass(frozen=True)
class LokiEntry:
    """
    A log line with all that Loki knows of it.

    Args:
        time_nanoseconds: Unix time.
        text: the line.
        labels: labels of its stream and its structured metadata.

    """

    time_nanoseconds: int
    text: str
    labels: Mapping[str, str]


def read_log_lines(
    url: str, trace_id: str, start_nanoseconds: int, end_nanoseconds: int, timeout_seconds: float = 10.0
) -> list[LogLine]:
    """
    Read the log lines that carry a trace's id, by their time.

    Args:
        url: address of Loki, such as ``http://127.0.0.1:3100``.
        trace_id: 32 lower-case hexadecimal digits.
        start_nanoseconds: Unix time of the earliest line.
        end_nanoseconds: Unix time of the latest line.
        timeout_seconds: how long one answer may take.

    Raises:
        StackError: Loki cannot be reached, or answers with what is no result.

    """
    query = f'{{service_name=~".+"}} | trace_id="{trace_id}"'
    entries = query_entries(url, query, start_nanoseconds, end_nanoseconds, timeout_seconds)
    return sorted(map(_log_line, entries), key=lambda line: line.time_nanoseconds)


def query_entries(
    url: str, query: str, start_nanoseconds: int, end_nanoseconds: int, timeout_seconds: float = 10.0
) -> list[LokiEntry]:
    """
    Read what a LogQL query gives, the earliest first in each stream, `MAX_LINES` at most.

    Args:
        url: address of Loki, such as ``http://127.0.0.1:3100``.
        query: a LogQL query for log lines.
        start_nanoseconds: Unix time of the earliest line.
        end_nanoseconds: Unix time of the latest line.
        timeout_seconds: how long the answer may take.

    Raises:
        StackError: Loki cannot be reached, or answers with what is no result.

    """
    parameters = urllib.parse.urlencode(
        {
            "query": query,
            "start": str(start_nanoseconds),
            "end": str(end_nanoseconds),
            "limit": str(MAX_LINES),
            "direction": "forward",
        }
    )
    answer = _get(url, f"{url.rstrip('/')}/loki/api/v1/query_range?{parameters}", timeout_seconds)
    return list(_entries(url, answer))


def _get(url: str, address: str, timeout_seconds: float) -> bytes:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise StackError(f"Loki's address is {url!r}: expected one such as http://127.0.0.1:3100")
    # A proxy of the environment cannot reach this machine's loopback.
    proxies: dict[str, str] | None = {} if parts.hostname in _LOOPBACK else None
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies))
    try:
        with opener.open(address, timeout=timeout_seconds) as response:
            return bytes(response.read(_MAX_ANSWER_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            reason = error.read(200).decode("utf-8", "replace").strip().replace("\n", " ")
        raise StackError(f"Loki at {url} answered {error.code}: {reason}") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = str(getattr(error, "reason", error)) or type(error).__name__
        raise StackError(f"Loki at {url} cannot be reached ({reason}): is the stack up?") from error


def _entries(url: str, answer: bytes) -> Iterator[LokiEntry]:
    try:
        streams = json.loads(answer)["data"]["result"]
        for stream in streams:
            for time, text, *_ in stream["values"]:
                yield LokiEntry(int(time), str(text), dict(stream["stream"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StackError(f"Loki at {url} gave an answer that is no result of a query: is it Loki?") from error


def _log_line(entry: LokiEntry) -> LogLine:
    labels = entry.labels
    level = labels.get("severity_text") or labels.get("detected_level") or labels.get("level") or "unknown"
    return LogLine(
        time_nanoseconds=entry.time_nanoseconds,
        service=labels.get("service_name", "unknown"),
        level=level.lower(),
        text=entry.text,
        span_id=labels.get("span_id", "").lower(),
    )
