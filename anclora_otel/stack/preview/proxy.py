"""
What of Prometheus and Loki the page may ask: reading, by the few paths that dashboards use.

The server asks for the page, so that a browser needs no exception from its rule of one origin.
"""

from __future__ import annotations

import http.client
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anclora_otel.errors import StackError

_TIMEOUT_SECONDS = 60.0
_MAX_ANSWER_BYTES = 32 * 1024 * 1024

_READABLE: Mapping[str, Mapping[re.Pattern[str], frozenset[str]]] = {
    "prometheus": {
        re.compile("/api/v1/query"): frozenset({"query", "time"}),
        re.compile("/api/v1/query_range"): frozenset({"query", "start", "end", "step"}),
        re.compile("/api/v1/query_exemplars"): frozenset({"query", "start", "end"}),
        re.compile("/api/v1/label/[A-Za-z_][A-Za-z0-9_]*/values"): frozenset({"match[]", "start", "end"}),
    },
    "loki": {
        re.compile("/loki/api/v1/query_range"): frozenset({"query", "start", "end", "step", "limit"}),
    },
}
"""By data source: a path, and the parameters that it may have."""


class RefusedError(Exception):
    """
    Raised by `Upstream.read` for what the page has no business to ask.

    Args:
        status: of HTTP.
        reason: one line.

    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """Hold the status and the body that a data source gave."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Upstream:
    """
    A data source of the page.

    Args:
        kind: ``prometheus`` or ``loki``.
        address: its address, ``http://host:port`` with or without a path.

    Raises:
        StackError: the address is none.

    """

    kind: str
    address: str

    def __post_init__(self) -> None:
        """Refuse what cannot be asked."""
        option = f"--{self.kind}"
        try:
            parts = urllib.parse.urlsplit(self.address)
            readable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            readable = False
        if not readable:
            raise StackError(f"{option} is {self.address!r}: expected an address such as http://127.0.0.1:9090")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise StackError(f"{option} has a user name, a query or a fragment in it: none of them is supported")

    def read(self, path: str, query: str) -> Answer:
        """
        Ask for what the page wants to know.

        Args:
            path: the path at the data source.
            query: the query string, as the page sent it.

        Raises:
            RefusedError: it is none of the readable paths, or has other parameters.
            StackError: the data source does not answer.

        """
        return self._get(path, urllib.parse.urlencode(self._allowed(path, query)))

    def check(self) -> None:
        """
        Make sure that the data source answers queries.

        Raises:
            StackError: it does not.

        """
        name = self.kind.title()
        path, query = ("/api/v1/query", "query=1") if self.kind == "prometheus" else ("/loki/api/v1/labels", "")
        answer = self._get(path, query)
        if answer.status != http.client.OK:
            raise StackError(f"{self.address} answers {answer.status} to a query: expected {name}, see --{self.kind}")

    def _allowed(self, path: str, query: str) -> list[tuple[str, str]]:
        known = next((allowed for readable, allowed in _READABLE[self.kind].items() if readable.fullmatch(path)), None)
        if known is None:
            raise RefusedError(403, f"{path} is no path that dashboards read at {self.kind.title()}")
        parameters = urllib.parse.parse_qsl(query, keep_blank_values=True)
        foreign = sorted({name for name, _ in parameters} - known)
        if foreign:
            raise RefusedError(
                400, f"{', '.join(foreign)}: no parameter of {path}; expected {', '.join(sorted(known))}"
            )
        return parameters

    def _get(self, path: str, query: str) -> Answer:
        parts = urllib.parse.urlsplit(self.address)
        secure = parts.scheme == "https"
        kind: Any = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(parts.hostname, parts.port, timeout=_TIMEOUT_SECONDS)
        target = f"{parts.path.rstrip('/')}{path}"
        try:
            connection.request("GET", f"{target}?{query}" if query else target)
            response = connection.getresponse()
            body = response.read(_MAX_ANSWER_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
            raise StackError(
                f"{self.kind.title()} at {self.address} does not answer ({reason}): "
                f"start it (anclora-otel stack up), or name another by --{self.kind}"
            ) from None
        finally:
            connection.close()
        if len(body) > _MAX_ANSWER_BYTES:
            raise StackError(f"{self.kind.title()} answered with more than {_MAX_ANSWER_BYTES >> 20} MiB: ask for less")
        return Answer(response.status, body)
