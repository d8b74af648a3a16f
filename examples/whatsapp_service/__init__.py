"""A WhatsApp service with queue, worker and stand-in API, as anclora-otel sees it."""
