"""Call every recorder once, export, and print what /metrics would say."""

import sys

import anclora_otel
from anclora_otel.catalogue.labels import Priority


class Depth:
    """A reading of a queue."""

    active = 2
    dead_letter = 5

    def __init__(self) -> None:
        self.waiting: dict[Priority, int] = {"normal": 3, "high": 1}


class Source:
    """A queue that never changes."""

    queue = "q"

    def read(self) -> Depth:
        """Read the queue."""
        return Depth()


class Pool:
    """A pool that never changes."""

    max_connections = 10

    def in_use(self) -> int:
        """Give the connections in use."""
        return 4


telemetry = anclora_otel.configure()
anclora_otel.record_queue_message("high", "text", queue="q")
anclora_otel.record_queue_processed("high", "text", 0.12, queue="q")
anclora_otel.record_queue_failed("low", "image", "timeout", duration_seconds=3, queue="q")
anclora_otel.record_queue_wait("bulk", "video", 12, queue="q")
anclora_otel.record_bulk_operation(70, queue="q")
anclora_otel.observe_queue(Source())
anclora_otel.record_message_sent("text", "spring")
anclora_otel.record_message_received("audio")
anclora_otel.record_message_delivered("text", "spring")
anclora_otel.record_message_read("text", "spring")
anclora_otel.record_conversion("sale", 6_000_000, "spring")
anclora_otel.record_response_time(42)
anclora_otel.record_handoff("complaint")
anclora_otel.conversation_started()
anclora_otel.record_whatsapp_api_call("/message/sendText/{instance}", "POST", 429, 0.3)
anclora_otel.record_rate_limit_hit("main")
anclora_otel.record_webhook("messages.update", "main")
anclora_otel.set_active_instances(2)
anclora_otel.record_redis_operation("get", "success", 0.002)
anclora_otel.observe_redis_pool("cache", Pool())
anclora_otel.record_intent("visit", 0.85)
anclora_otel.record_automated_response("greeting", "welcome")
anclora_otel.record_lead("web", "hot")
anclora_otel.record_appointment("viewing", "web")
anclora_otel.record_property_inquiry(750_000)
anclora_otel.set_sales_pipeline("offer", 3)
anclora_otel.record_queue_message("not a priority", "text", queue="q")  # type: ignore[arg-type]
anclora_otel.flush(5)
sys.stdout.write(telemetry.render_metrics(sys.argv[1])[1].decode())
