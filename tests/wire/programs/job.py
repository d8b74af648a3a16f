"""A short job: one span, one log line, one metric, then the end."""

import logging

from opentelemetry import metrics, trace

with trace.get_tracer("job").start_as_current_span("work"):
    logging.getLogger("job").info("work is done")
    metrics.get_meter("job").create_counter("job.runs").add(1)
