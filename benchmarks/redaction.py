"""
Measure what redaction costs per record.

Run with ``python benchmarks/redaction.py``; prints microseconds per call, the best of five rounds.
"""

from __future__ import annotations

import sys
import timeit
from collections.abc import Callable

from anclora_otel.redaction import redact_attributes, redact_event, redact_text

ROUNDS = 5
CALLS = 5_000

_STACK_TRACE = '  File "/app/worker.py", line 88, in send\n    answer = client.post(url, json=body)\n' * 20
_LOG_LINE = (
    '{"timestamp": "2026-11-24T00:02:13.123Z", "level": "info", "message": "job 4711 done in 0.123 s", '
    '"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "process_id": 4711}'
)
_FRAME = {"filename": "/app/worker.py", "lineno": 88, "vars": {"url": "http://localhost/send", "attempt": 2}}
_EVENT = {
    "event_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    "exception": {"values": [{"type": "ValueError", "value": "no", "stacktrace": {"frames": [_FRAME] * 10}}]},
    "tags": {"queue": "messages"},
}

CASES: dict[str, Callable[[], object]] = {
    "text, nothing to look at": lambda: redact_text("worker took a job from the queue and sent it"),
    "text with a time and ids": lambda: redact_text(
        "2026-11-24T00:02:13.123+01:00 INFO job 4711 done in 0.123 s trace=4bf92f3577b34da6a3ce929d0e0e4736"
    ),
    "text with a phone number": lambda: redact_text("sent to +34 600 111 222 in 23 ms"),
    "text with an e-mail address": lambda: redact_text("lead from ana.lopez@example.com captured"),
    "text of a request, name=value": lambda: redact_text("Worker started: queue=messages concurrency=10"),
    "text with a card number": lambda: redact_text("paid 1.250,00 € with 4111 1111 1111 1111 today"),
    "text of 10 kB, no finding": lambda: redact_text("2026-11-24 00:02:13 job 4711 done in 0.123 s " * 220),
    "text of 10 kB, a finding a line": lambda: redact_text("2026-11-24 00:02:13 sent to +34600111222 in 2 ms\n" * 210),
    "stack trace of 40 lines": lambda: redact_text(_STACK_TRACE),
    "JSON log line": lambda: redact_text(_LOG_LINE),
    "event for Sentry": lambda: redact_event(_EVENT),
    "eight span attributes": lambda: redact_attributes(
        {
            "http.request.method": "POST",
            "http.route": "/messages",
            "http.response.status_code": 202,
            "url.scheme": "http",
            "server.port": 3000,
            "messaging.system": "bullmq",
            "messaging.destination.name": "messages",
            "messaging.message.id": "4711",
        }
    ),
}
"""What is measured, by the name that is printed."""


def main() -> int:
    """Measure each case and write one line for it."""
    for name, call in CASES.items():
        best_seconds = min(timeit.repeat(call, number=CALLS // (100 if "kB" in name else 1), repeat=ROUNDS))
        calls = CALLS // (100 if "kB" in name else 1)
        sys.stdout.write(f"{name:34} {best_seconds / calls * 1e6:10.2f} us\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
