"""
For tests: capture what recorders write, and receive real OTLP over a socket.

`capture_metrics` swaps the instruments in use for a block, so nothing global is touched. `OtlpReceiver` is a real HTTP
server that decodes what exporters send, and can be slow or refuse on request.
"""

from anclora_otel.testing.metrics import CapturedMetrics, Point, capture_metrics
from anclora_otel.testing.receiver import OtlpReceiver, Received, ReceiverMode, plain_attributes, plain_value

__all__ = [
    "CapturedMetrics",
    "OtlpReceiver",
    "Point",
    "Received",
    "ReceiverMode",
    "capture_metrics",
    "plain_attributes",
    "plain_value",
]
