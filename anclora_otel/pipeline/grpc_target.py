"""What the gRPC exporters want to know of a target."""

from __future__ import annotations

from typing import TypedDict

import grpc

from anclora_otel.settings import OtlpTarget


class GrpcArguments(TypedDict):
    """The arguments that the gRPC exporters of all signals share."""

    endpoint: str
    insecure: bool
    headers: tuple[tuple[str, str], ...]
    timeout: float
    compression: grpc.Compression


def grpc_arguments(target: OtlpTarget) -> GrpcArguments:
    """Translate a target; TLS is used for ``https`` and only for it."""
    compressions = {"gzip": grpc.Compression.Gzip, "deflate": grpc.Compression.Deflate}
    return {
        "endpoint": target.endpoint,
        "insecure": target.endpoint.startswith("http://"),
        "headers": tuple((key.lower(), value) for key, value in target.headers.items()),
        "timeout": target.timeout_seconds,
        "compression": compressions.get(target.compression, grpc.Compression.NoCompression),
    }
