"""Logging of the standard library, taken along without touching its handlers."""

from anclora_otel.logs.bridge import LogSink, bridge_logging, unbridge_logging

__all__ = ["LogSink", "bridge_logging", "unbridge_logging"]
