"""Record more campaigns and more queues than their budgets allow, export, and print what /metrics would say."""

import sys

import anclora_otel
from anclora_otel.catalogue.labels import Priority

CAMPAIGNS, QUEUES, EVENTS = 600, 60, 2


class Depth:
    """A reading of a queue."""

    dead_letter = 0

    def __init__(self, active: int) -> None:
        self.waiting: dict[Priority, int] = {}
        self.active = active


class Source:
    """A queue that never changes."""

    def __init__(self, number: int) -> None:
        self.queue = f"q-{number}"
        self._active = number

    def read(self) -> Depth:
        """Read the queue."""
        return Depth(self._active)


telemetry = anclora_otel.configure()
for number in range(QUEUES):
    anclora_otel.observe_queue(Source(number))
for _ in range(EVENTS):
    for number in range(CAMPAIGNS):
        anclora_otel.record_message_sent("text", f"c-{number}")
anclora_otel.record_message_delivered("text", "c-599")
anclora_otel.flush(20)
sys.stdout.write(telemetry.render_metrics()[1].decode())
