"""The dashboards of the demo, on a page of this machine; without it the demo does its work all the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from anclora_otel.errors import AncloraOtelError
from anclora_otel.stack import Stack, Toolbox
from anclora_otel.stack.ports import is_free
from anclora_otel.stack.preview import PORT, Dashboards, PreviewServer, Upstream, chart_library


@contextmanager
def served_dashboards(stack: Stack) -> Iterator[str]:
    """
    Serve the dashboards with the data of a stack and give their address, or the reason why they are not served.

    Args:
        stack: a stack that is up.

    """
    try:
        server = _server(stack)
        server.start()
    except AncloraOtelError as error:
        yield f"not served: {error}"
        return
    try:
        yield server.url
    finally:
        server.stop()


def _server(stack: Stack) -> PreviewServer:
    places = stack.places
    upstreams = tuple(Upstream(kind, stack.url(kind)) for kind in ("prometheus", "loki"))
    library = chart_library(Toolbox(places.tools, places.project))
    # Two demos may run side by side: the second one takes any free port.
    port = PORT if is_free(PORT) else 0
    return PreviewServer(Dashboards(places.project / "dashboards"), upstreams, library, port=port)
