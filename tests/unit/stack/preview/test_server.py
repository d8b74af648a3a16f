"""The server of the page over a real socket."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack.preview import Dashboards, PreviewServer, Upstream
from tests.dashboard_files import FOLDER
from tests.wire.running import free_port


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PreviewServer]:
    """Serve the committed dashboards, with data sources that do not answer."""
    library = tmp_path / "echarts.mjs"
    library.write_text("export const version = '0';")
    upstreams = tuple(Upstream(kind, f"http://127.0.0.1:{free_port()}") for kind in ("prometheus", "loki"))
    with PreviewServer(Dashboards(FOLDER), upstreams, library, port=0, grafana="http://127.0.0.1:3001/") as started:
        yield started


def _ask(
    server: PreviewServer, path: str, method: str = "GET", host: str | None = None
) -> tuple[http.client.HTTPResponse, str]:
    port = urllib.parse.urlsplit(server.url).port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, headers={"Host": host} if host else {})
        response = connection.getresponse()
        return response, response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/", "/d/anclora-queue", "/d/anclora-queue/a-title?from=now-1h"])
def test_the_page_under_grafanas_addresses(server: PreviewServer, path: str) -> None:
    """A link to a dashboard of Grafana works here too."""
    response, text = _ask(server, path)

    assert response.status == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "Grafana is the real thing" in text


@pytest.mark.parametrize("path", ["/", "/page/main.mjs", "/charts/echarts.mjs", "/api/dashboards", "/nowhere"])
def test_every_answer_has_the_policy(server: PreviewServer, path: str) -> None:
    """Own scripts and styles alone, no frame, nothing guessed, nothing kept."""
    response, _ = _ask(server, path)
    policy = response.headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"


def test_dashboards_and_sources(server: PreviewServer) -> None:
    """The list begins with the overview; each is given as it is committed; the sources have addresses."""
    listed = json.loads(_ask(server, "/api/dashboards")[1])
    queue = json.loads(_ask(server, "/api/dashboards/anclora-queue")[1])
    sources = json.loads(_ask(server, "/api/sources")[1])

    assert listed["dashboards"][0]["uid"] == "anclora-overview"
    assert queue == json.loads((FOLDER / "queue.json").read_text())
    assert sources["grafana"] == "http://127.0.0.1:3001"


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/page/../server.py", "/page/%2e%2e/server.py", "/page/types.d.ts", "/api/dashboards/none", "/d/"],
)
def test_what_is_not_there(server: PreviewServer, path: str) -> None:
    """No file but those of the page is given."""
    response, text = _ask(server, path)

    assert response.status == 404
    assert "error" in json.loads(text)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_only_reads(server: PreviewServer, method: str) -> None:
    """There is no other method than GET."""
    assert _ask(server, "/api/prometheus/api/v1/query?query=up", method)[0].status == 501


def test_a_name_that_was_made_to_lead_here(server: PreviewServer) -> None:
    """Another site's name for this address is turned away; localhost is not."""
    assert _ask(server, "/api/dashboards", host="evil.example")[0].status == 421
    assert _ask(server, "/api/dashboards", host="localhost:3002")[0].status == 200


def test_refused_and_unanswered_queries(server: PreviewServer) -> None:
    """What may not be asked is 403, who does not answer is 502; both with one line."""
    refused, why = _ask(server, "/api/prometheus/api/v1/status/config")
    gone, reason = _ask(server, "/api/prometheus/api/v1/query?query=up")

    assert (refused.status, gone.status) == (403, 502)
    assert "is no path that dashboards read" in json.loads(why)["error"]
    assert "does not answer" in json.loads(reason)["error"]


def test_a_taken_port(server: PreviewServer) -> None:
    """The owner and the option are named."""
    port = urllib.parse.urlsplit(server.url).port or 0
    second = PreviewServer(server.dashboards, tuple(server.upstreams.values()), server.library, port=port)
    with pytest.raises(StackError, match=rf"port {port} is taken by .*: stop it, or choose another by --port"):
        second.start()


def test_an_address_that_is_not_ours(server: PreviewServer) -> None:
    """An address of another machine cannot be listened on."""
    other = PreviewServer(server.dashboards, (), server.library, port=0, host="192.0.2.1")
    with pytest.raises(StackError, match=r"192\.0\.2\.1:0 cannot be opened .*: see --host"):
        other.start()
