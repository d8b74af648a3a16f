"""Books of a seeded sender: what the collector acknowledged, and what arrived of it at each sink."""

from __future__ import annotations

import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from anclora_otel.stack import Stack
from tests.stack.example import QUERY_SECONDS, eventually
from tests.wire.running import get

SIGNALS = ("logs", "metrics", "traces")
MAX_LINES = 5000
"""What Loki answers at once."""

_CUMULATIVE = 2
_LOOK_BACK_NANOSECONDS = 24 * 3600 * 10**9
_REQUEST_SECONDS = 30.0


@dataclass
class Account:
    """
    The items of one signal by what the collector said of them.

    Args:
        acknowledged: it answered 200.
        refused: it answered something else.
        unknown: the connection broke before an answer.
    """

    acknowledged: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    unknown: set[int] = field(default_factory=set)


class SeededSender:
    """
    Send numbered log lines, metric points and spans, and keep the books.

    Args:
        stack: whose collector is sent to.
        service: name of the sender, by which the sinks are asked.
        seed: of the sizes of batches and items.
        padding: longest text beside the number of a line or span.
        age_seconds: how long ago the first item happened.
        spacing_seconds: between two items.
    """

    def __init__(
        self,
        stack: Stack,
        service: str,
        seed: int,
        *,
        padding: int = 200,
        age_seconds: float = 60.0,
        spacing_seconds: float = 0.001,
    ) -> None:
        self.service = service
        self.books: dict[str, Account] = {signal: Account() for signal in SIGNALS}
        self.answers: Counter[str] = Counter()
        self._stack = stack
        self._random = random.Random(seed)  # noqa: S311  a seed makes the test repeatable
        self._padding = padding
        self._started = time.time_ns() - int(age_seconds * 1e9)
        self._spacing = int(spacing_seconds * 1e9)
        self._sent: Counter[str] = Counter()

    def send(self, *signals: str, batches: int = 1, size: int = 20) -> None:
        """Send batches of at most so many items for each signal, all of them unless signals are named."""
        for _ in range(batches):
            for signal in signals or SIGNALS:
                count = self._random.randint(1, size)
                first = self._sent[signal] + 1
                self._sent[signal] += count
                self._post(signal, range(first, first + count))

    def sent(self, *signals: str) -> int:
        """Give how many items of these signals were sent, whatever became of them."""
        return sum(self._sent[signal] for signal in signals)

    def _post(self, signal: str, numbers: range) -> None:
        body = json.dumps(self._request(signal, numbers)).encode()
        address = f"{self._stack.url('collector')}/v1/{signal}"
        request = urllib.request.Request(address, body, {"content-type": "application/json"})
        account = self.books[signal]
        try:
            with urllib.request.urlopen(request, timeout=_REQUEST_SECONDS) as answer:
                json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                self.answers[f"{error.code}"] += 1
            account.refused.update(numbers)
        except (OSError, ValueError) as error:
            self.answers[type(error).__name__] += 1
            account.unknown.update(numbers)
        else:
            self.answers["200"] += 1
            account.acknowledged.update(numbers)

    def _request(self, signal: str, numbers: range) -> dict[str, Any]:
        resource = {"attributes": _attributes({"service.name": self.service, "service.instance.id": self.service})}
        if signal == "logs":
            records = [{**self._time(each), "body": {"stringValue": self._text(each)}} for each in numbers]
            return {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": records}]}]}
        if signal == "traces":
            spans = [self._span(each) for each in numbers]
            return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]}
        start = {"startTimeUnixNano": str(self._started - 10**9)}
        points = [{**self._time(each), **start, "asInt": str(each)} for each in numbers]
        total = {"dataPoints": points, "isMonotonic": True, "aggregationTemporality": _CUMULATIVE}
        metrics = [{"name": "books.items", "unit": "{item}", "sum": total}]
        return {"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": metrics}]}]}

    def _time(self, number: int) -> dict[str, str]:
        return {"timeUnixNano": str(self._started + number * self._spacing)}

    def _text(self, number: int) -> str:
        return f"{self.service} {number} {'x' * self._random.randint(0, self._padding)}"

    def _span(self, number: int) -> dict[str, Any]:
        at = self._started + number * self._spacing
        return {
            "traceId": f"{self._random.getrandbits(127) + 1:032x}",
            "spanId": f"{number:016x}",
            "name": self._text(number),
            "kind": 1,
            "startTimeUnixNano": str(at),
            "endTimeUnixNano": str(at + 1000),
        }


def arrived(stack: Stack, service: str, signal: str) -> Counter[int]:
    """Count each item of a sender at the sink of a signal: Loki, Prometheus or the trace file."""
    return {"logs": _lines, "metrics": _points, "traces": _spans}[signal](stack, service)


def balance(stack: Stack, *senders: SeededSender, signals: tuple[str, ...] = SIGNALS) -> dict[str, int]:
    """
    Wait until what was acknowledged has arrived, and see that nothing else did but what is not known.

    Returns:
        How many items more than once arrived, by signal.
    """
    twice: Counter[str] = Counter()
    for sender in senders:
        for signal in signals:
            account = sender.books[signal]
            found = _complete(stack, sender, signal)
            assert set(found) - account.acknowledged - account.unknown == set(), f"{signal}: refused, and there"
            twice[signal] += sum(count - 1 for count in found.values())
    return dict(twice)


def _complete(stack: Stack, sender: SeededSender, signal: str) -> Counter[int]:
    found: Counter[int] = Counter()

    def missing() -> set[int]:
        nonlocal found
        found = arrived(stack, sender.service, signal)
        return sender.books[signal].acknowledged - set(found)

    eventually(lambda: not missing(), f"the {signal} of {sender.service}", 90)
    return found


def _lines(stack: Stack, service: str) -> Counter[int]:
    # Loki's parts pass 4 MiB on to each other at most, so the padding stays there.
    query = f'{{service_name="{service}"}} | line_format "{{{{ __line__ | trunc 60 }}}}"'
    found: Counter[int] = Counter()
    start = time.time_ns() - _LOOK_BACK_NANOSECONDS
    while True:
        parameters = {"query": query, "limit": MAX_LINES, "start": start, "direction": "forward"}
        url = f"{stack.url('loki')}/loki/api/v1/query_range?{urllib.parse.urlencode(parameters)}"
        result = json.loads(get(url, timeout_seconds=QUERY_SECONDS))["data"]["result"]
        values = [value for stream in result for value in stream["values"]]
        found.update(int(text.split()[1]) for _, text in values)
        if len(values) < MAX_LINES:
            return found
        # Every item has a time of its own.
        start = max(int(at) for at, _ in values) + 1


def _points(stack: Stack, service: str) -> Counter[int]:
    # The zero that Prometheus writes at the start of a series is not the sender's.
    query = urllib.parse.urlencode({"query": f'books_items_total{{service_name="{service}"}}[24h]'})
    url = f"{stack.url('prometheus')}/api/v1/query?{query}"
    result = json.loads(get(url, timeout_seconds=QUERY_SECONDS))["data"]["result"]
    return Counter(int(value) for series in result for _, value in series["values"] if value != "0")


def _spans(stack: Stack, service: str) -> Counter[int]:
    folder = stack.places.trace_file.parent
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("traces*.jsonl"))]
    # The last line may still be on its way.
    lines = (line for text in texts for line in text[: text.rfind("\n") + 1].splitlines() if service in line)
    return Counter(int(name.split()[1]) for line in lines for name in _names(json.loads(line), service))


def _names(batch: Mapping[str, Any], service: str) -> Iterator[str]:
    for resource in batch["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            yield from (span["name"] for span in scope["spans"] if span["name"].startswith(f"{service} "))


def _attributes(values: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]
