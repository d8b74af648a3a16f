"""
Measure what redaction costs per record.

Run with ``python benchmarks/redaction.py``; prints microseconds per call, the best of five rounds.
"""

from __future__ import annotations

import sys
import timeit
from collections.abc import Callable

from anclora_otel.redaction import redact_attributes, redact_text

ROUNDS = 5
CALLS = 5_000

CASES: dict[str, Callable[[], object]] = {
    "text, nothing to look at": lambda: redact_text("worker took a job from the queue and sent it"),
    "text with a time and ids": lambda: redact_text(
        "2026-11-24T00:02:13.123+01:00 INFO job 4711 done in 0.123 s trace=4bf92f3577b34da6a3ce929d0e0e4736"
    ),
    "text with a phone number": lambda: redact_text("sent to +34 600 111 222 in 23 ms"),
    "text with an e-mail address": lambda: redact_text("lead from ana.lopez@example.com captured"),
    "text of 10 kB, no finding": lambda: redact_text("2026-11-24 00:02:13 job 4711 done in 0.123 s " * 220),
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
        sys.stdout.write(f"{name:30} {best_seconds / calls * 1e6:10.2f} us\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
