"""Make as many traces and log lines as asked for, each with its number, and say what became of them."""

import logging
import sys

from opentelemetry import trace

import anclora_otel

count, mark = int(sys.argv[1]), sys.argv[2]
tracer, log = trace.get_tracer("outage"), logging.getLogger("outage")
for number in range(count):
    with tracer.start_as_current_span(f"{mark} {number}"):
        log.warning("%s %d", mark, number)
    if number % 200 == 199:
        anclora_otel.flush(60)
report = anclora_otel.flush(60)
counts = anclora_otel.shutdown(60).signals
sys.stdout.write(f"{report.finished} {counts['traces'].exported} {counts['logs'].exported}\n")
