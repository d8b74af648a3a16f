"""Log lines of the example's processes: telemetry writes them to the console and exports them."""

from __future__ import annotations

import logging

import anclora_otel


def show_logs() -> None:
    """Start telemetry, if the wrapper has not, and leave out what the API client's own lines say better."""
    anclora_otel.configure()
    # httpx writes a line for each request.
    logging.getLogger("httpx").setLevel(logging.WARNING)
