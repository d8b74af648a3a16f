"""Put personal data wherever a careless developer could."""

import logging

from opentelemetry import trace

import anclora_otel

PHONE, MAIL = "+34 612 345 678", "ana.garcia@example.org"

with trace.get_tracer("careless").start_as_current_span("careless span") as span:
    span.set_attribute("recipient", PHONE)
    span.set_attribute("mail", MAIL)
    span.add_event(f"wrote to {MAIL}", {"jid": "34612345678@s.whatsapp.net"})
    logging.getLogger("careless").warning("careless line for %s and %s", PHONE, MAIL, extra={"mail": MAIL})
anclora_otel.record_message_sent("text", PHONE)
anclora_otel.record_message_read("text", MAIL)
