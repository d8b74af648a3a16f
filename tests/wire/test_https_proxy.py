"""HTTPS in front of all pages: the real proxy with the committed configuration and a certificate by file."""

from __future__ import annotations

import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from anclora_otel.stack import Places, Toolbox, tools
from anclora_otel.stack.compose.files import load_project
from anclora_otel.stack.compose.secret_files import make_secrets, read_secret
from tests.wire.running import answers, free_port, started

PROJECT = Path(__file__).parents[2]
PLACES = Places.choose(PROJECT, os.environ)
DOMAIN = "monitoring.example.com"
PAGES = ("service", "grafana", "prometheus", "alertmanager")


class _Page(BaseHTTPRequestHandler):
    """Answers with its own name and with what it was asked."""

    def do_GET(self) -> None:
        name = self.server.server_name_of_the_page  # type: ignore[attr-defined]
        body = f"{name} {self.path} {'Authorization' in self.headers}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the name that the library looks for

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@dataclass(frozen=True)
class Proxy:
    """The running proxy: its port, what its certificate is checked by, and the password that it asks for."""

    port: int
    certificate: Path
    password: str

    def ask(self, page: str, path: str, *, method: str = "GET", known: bool = False) -> httpx.Response:
        """Ask a page over TLS."""
        host = f"{page}.{DOMAIN}"
        context = ssl.create_default_context(cafile=str(self.certificate))
        with httpx.Client(verify=context, trust_env=False) as client:
            return client.request(
                method,
                f"https://127.0.0.1:{self.port}{path}",
                headers={"Host": host},
                auth=("admin", self.password) if known else None,
                extensions={"sni_hostname": host},
            )


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Run the proxy in front of four pages."""
    folder = tmp_path_factory.mktemp("proxy")
    make_secrets(folder, with_https=True)
    certificate, key = _self_signed(folder)
    servers = {name: _serve(name) for name in PAGES}
    port, health = free_port(), free_port()
    variables = {
        **load_project(PLACES, ("https",))["services"]["proxy"]["environment"],
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "HTTPS_PORT": str(port),
        "HEALTH_PORT": str(health),
        "HTTPS_CERTIFICATE": str(certificate),
        "HTTPS_KEY": str(key),
        "HTTPS_USERS": str(folder / "https_users"),
        **{f"UPSTREAM_{name.upper()}": f"127.0.0.1:{server.server_port}" for name, server in servers.items()},
    }
    program = Toolbox(PLACES.tools, PROJECT).executable(tools.CADDY)
    command = [str(program), "run", "--config", str(PROJECT / "compose" / "caddy" / "Caddyfile")]
    with started(command, variables, ready_url=f"http://127.0.0.1:{health}/"):
        assert answers(f"http://127.0.0.1:{health}/")
        yield Proxy(port, certificate, read_secret(folder / "https_password"))
    for server in servers.values():
        server.shutdown()
        server.server_close()


def _serve(name: str) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    server.server_name_of_the_page = name  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _self_signed(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "1", "-subj", "/CN=test"]
    subprocess.run([*command, "-addext", f"subjectAltName=DNS:*.{DOMAIN}"], check=True, capture_output=True)
    return certificate, key


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_behind_https(proxy: Proxy, page: str) -> None:
    """Each page answers below its own name by a checked certificate, and browsers are told to stay with HTTPS."""
    answer = proxy.ask(page, "/some/path", known=True)

    assert answer.status_code == 200
    assert answer.text.startswith(f"{page} /some/path ")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Server" not in answer.headers


@pytest.mark.parametrize("page", ["prometheus", "alertmanager"])
def test_pages_without_users_ask_for_the_password(proxy: Proxy, page: str) -> None:
    """Prometheus and Alertmanager are shown to who knows the made password alone, which is not passed on."""
    stranger, known = proxy.ask(page, "/"), proxy.ask(page, "/", known=True)

    assert stranger.status_code == 401
    assert stranger.text == ""
    assert known.text == f"{page} / False"


@pytest.mark.parametrize(
    ("page", "path"),
    [
        ("service", "/metrics"),
        ("service", "/test/errors"),
        ("prometheus", "/-/reload"),
        ("prometheus", "/api/v1/otlp/v1/metrics"),
        ("prometheus", "/api/v1/admin/tsdb/delete_series"),
        ("alertmanager", "/-/reload"),
    ],
)
def test_what_is_for_the_inside_stays_there(proxy: Proxy, page: str, path: str) -> None:
    """Metrics, trials, writing and reloading are not reached from outside, not even with the password."""
    assert proxy.ask(page, path, method="POST", known=True).status_code == 404


def test_other_names_reach_nothing(proxy: Proxy) -> None:
    """A name that is none of the pages gets no page."""
    with pytest.raises(httpx.ConnectError, match="SSL"):
        proxy.ask("other.other", "/")


def test_plain_http_is_refused(proxy: Proxy) -> None:
    """The port of HTTPS speaks nothing else."""
    with httpx.Client(trust_env=False) as client:
        answer = client.get(f"http://127.0.0.1:{proxy.port}/", headers={"Host": f"service.{DOMAIN}"})

    assert answer.status_code == 400
