"""The page reads what dashboards read, and nothing else."""

from __future__ import annotations

import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack.preview.proxy import RefusedError, Upstream
from tests.wire.running import free_port

REFUSED = [
    ("prometheus", "/api/v1/admin/tsdb/delete_series", "match[]=up", 403),
    ("prometheus", "/api/v1/status/config", "", 403),
    ("prometheus", "/-/quit", "", 403),
    ("prometheus", "/-/reload", "", 403),
    ("prometheus", "/api/v1/query/../admin/tsdb/snapshot", "", 403),
    ("prometheus", "/api/v1/label/a/b/values", "", 403),
    ("prometheus", "//elsewhere/api/v1/query", "query=up", 403),
    ("prometheus", "/api/v1/query", "query=up&timeout=1h", 400),
    ("loki", "/loki/api/v1/push", "", 403),
    ("loki", "/loki/api/v1/delete", "query={a=`b`}", 403),
    ("loki", "/loki/api/v1/tail", "query={a=`b`}", 403),
    ("loki", "/flush", "", 403),
    ("loki", "/api/v1/query", "query=up", 403),
]

ADDRESSES = {
    "no address": ("localhost", "expected an address such as http://127.0.0.1:9090"),
    "another protocol": ("file:///etc/passwd", "expected an address such as"),
    "no port": ("http://127.0.0.1:none", "expected an address such as"),
    "a password": ("http://user:secret@127.0.0.1:9090", "has a user name, a query or a fragment in it"),
}


@pytest.mark.parametrize(("kind", "path", "query", "status"), REFUSED)
def test_what_it_may_not_ask(kind: str, path: str, query: str, status: int) -> None:
    """Administration, writing, other paths and other parameters are refused before anybody is asked."""
    upstream = Upstream(kind, f"http://127.0.0.1:{free_port()}")
    with pytest.raises(RefusedError) as caught:
        upstream.read(path, query)

    assert caught.value.status == status


@pytest.mark.parametrize("name", ADDRESSES)
def test_addresses_that_are_none(name: str) -> None:
    """The option is named with what was expected; a password is not repeated."""
    address, expected = ADDRESSES[name]
    with pytest.raises(StackError) as caught:
        Upstream("prometheus", address)

    assert "--prometheus" in str(caught.value)
    assert expected in str(caught.value)
    assert "secret" not in str(caught.value)


def test_nobody_answers() -> None:
    """The address, the reason and what helps, in one line."""
    address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(StackError) as caught:
        Upstream("prometheus", address).check()

    assert str(caught.value) == (
        f"Prometheus at {address} does not answer (Connection refused): "
        "start it (anclora-otel stack up), or name another by --prometheus"
    )
