"""
From settings to providers and exporters, one module a signal.

Together with `anclora_otel.testing` this is the only place that imports the OpenTelemetry SDK and its exporters.
"""

from anclora_otel.pipeline.assembly import Pipeline, build_pipeline
from anclora_otel.pipeline.deadline import SideBySide

__all__ = ["Pipeline", "SideBySide", "build_pipeline"]
