"""
Measure what budgets cost a recorder.

Run with ``python -m benchmarks.label_budgets``; prints nanoseconds per call, the best of several rounds that take
turns, and the ratio to instruments without budgets. A known series must cost the same: budgets are asked only about
series that are seen for the first time.
"""

from __future__ import annotations

import itertools
import logging
import sys
import timeit
from collections.abc import Callable

from opentelemetry.metrics import NoOpMeter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from anclora_otel.budgets import Budgets
from anclora_otel.catalogue.analytics import ANALYTICS_MESSAGES_SENT
from anclora_otel.instruments import Counter, Instruments

ROUNDS = 15
CALLS = 20_000
MISSES = 2_000
NO_LIMIT = 10**9


def counter(budgets: Budgets, *, sdk: bool) -> Counter:
    """Make a counter; without the SDK, so that what stands before it shows, or with it."""
    if not sdk:
        return Instruments(NoOpMeter("benchmark"), budgets=budgets).counter(ANALYTICS_MESSAGES_SENT)
    provider = MeterProvider(metric_readers=[InMemoryMetricReader()], shutdown_on_exit=False)
    return Instruments(provider.get_meter("benchmark"), budgets=budgets).counter(ANALYTICS_MESSAGES_SENT)


def known(add: Callable[..., None]) -> Callable[[], object]:
    """Record in a series that is known."""
    return lambda: add(1, "text", "spring")


def beyond(add: Callable[..., None]) -> Callable[[], object]:
    """Record a campaign that was never seen and has no place."""
    numbers = itertools.count()
    return lambda: add(1, "text", f"c-{next(numbers)}")


def cases(*, sdk: bool) -> dict[str, tuple[Callable[[], object], int]]:
    """Give what is measured, by name, with the number of calls; the first is what the others are compared with."""
    without = counter(Budgets(NO_LIMIT, {"campaign_id": NO_LIMIT}), sdk=sdk)
    within = counter(Budgets(), sdk=sdk)
    full = counter(Budgets(label_budgets={"campaign_id": 1}), sdk=sdk)
    for each in (without, within, full):
        each.add(1, "text", "spring")
        each.add(1, "text", "summer")
    return {
        "known series, no budgets": (known(without.add), CALLS),
        "known series, within its budget": (known(within.add), CALLS),
        "known series, budget used up": (known(full.add), CALLS),
        "new series, budget used up": (beyond(full.add), MISSES),
    }


def main() -> int:
    """Measure without the SDK and with it."""
    # What it says of budgets that are used up is known here.
    logging.getLogger("anclora_otel").setLevel(logging.ERROR)
    for sdk in (False, True):
        print("with the SDK behind" if sdk else "without an SDK behind")
        measured = cases(sdk=sdk)
        best = dict.fromkeys(measured, float("inf"))
        for _, (name, (call, calls)) in itertools.product(range(ROUNDS), measured.items()):
            best[name] = min(best[name], timeit.timeit(call, number=calls) / calls)
        first = next(iter(best.values()))
        for name, seconds in best.items():
            print(f"  {name:34} {seconds * 1e9:8.0f} ns  {seconds / first:6.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
