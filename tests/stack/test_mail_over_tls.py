"""Mail as it is sent in production: over TLS, with a user and a password from a file."""

from __future__ import annotations

import os
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from anclora_otel.alertmanager import Alertmanager, render_configuration, write_folder
from anclora_otel.stack import Places, Ports, Toolbox
from anclora_otel.stack.alerting import TEMPLATES
from anclora_otel.stack.golang import find_go, go_environment
from anclora_otel.stack.receivers import Receivers
from anclora_otel.stack.tools import ALERTMANAGER
from tests.stack.alerting import ANNOTATIONS, PATIENCE_SECONDS, PROJECT, SCALE, labels_of, series_sum
from tests.stack.example import eventually
from tests.wire.running import started

PLACES = Places.choose(PROJECT, os.environ)
PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate for this machine that signs itself, by Go's own program."""
    folder = tmp_path_factory.mktemp("certificate")
    go = find_go(PLACES.tools, lambda _: None)
    variables = go_environment(go)
    root = subprocess.run([go, "env", "GOROOT"], env=variables, capture_output=True, text=True, check=True).stdout
    program = Path(root.strip()) / "src" / "crypto" / "tls" / "generate_cert.go"
    subprocess.run(
        [go, "run", str(program), "--host", "127.0.0.1", "--ca"],
        cwd=folder,
        env=variables,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def ports() -> Ports:
    """Pick free ports."""
    return Ports.free()


@pytest.fixture
def receivers(ports: Ports, certificate: Path) -> Iterator[Receivers]:
    """Run the stand-ins, whose mail server offers STARTTLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with Receivers(ports.receivers, ports.receivers_smtp, tls=context, login=("mailer", PASSWORD)) as running:
        yield running


@pytest.mark.parametrize(
    ("trusted", "password", "arrives"), [(True, PASSWORD, True), (True, "guess", False), (False, PASSWORD, False)]
)
def test_mail_over_tls(
    receivers: Receivers,
    ports: Ports,
    certificate: Path,
    tmp_path: Path,
    *,
    trusted: bool,
    password: str,
    arrives: bool,
) -> None:
    """Mail goes over TLS to a server whose certificate is trusted and that takes the password, and to no other."""
    settings = replace(receivers.settings, smtp_require_tls=True, smtp_username="mailer", smtp_password=password)
    write_folder(tmp_path, render_configuration(settings, folder=str(tmp_path), scale=SCALE), PROJECT / TEMPLATES)
    url = f"http://127.0.0.1:{ports.alertmanager}"
    command = [
        str(Toolbox(PLACES.tools, PROJECT).executable(ALERTMANAGER)),
        f"--config.file={tmp_path / 'alertmanager.yml'}",
        f"--storage.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{ports.alertmanager}",
        "--cluster.listen-address=",
    ]
    variables = {"SSL_CERT_FILE": str(certificate / "cert.pem")} if trusted else {}
    with started(command, variables, ready_url=f"{url}/-/ready"):
        Alertmanager(url).post_alerts([{"labels": labels_of("Sealed", "warning"), "annotations": ANNOTATIONS}])
        eventually(lambda: receivers.inbox.all("slack"), "the message", PATIENCE_SECONDS)
        counter = f"alertmanager_notification_requests{'' if arrives else '_failed'}_total"
        eventually(lambda: series_sum(url, counter, integration="email"), "the attempt", PATIENCE_SECONDS)
        if arrives:
            eventually(lambda: receivers.inbox.all("email"), "the mail", PATIENCE_SECONDS)

    assert [each.title for each in receivers.inbox.all("email")] == (
        ["WARNING Sealed · worker · production"] if arrives else []
    )
