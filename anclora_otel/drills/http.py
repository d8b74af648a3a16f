"""Requests to this machine's own services, past any proxy."""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping

_NO_HEADERS: Mapping[str, str] = {}
_TIMEOUT_SECONDS = 10.0
_MAX_ANSWER_BYTES = 64 * 1024 * 1024


def ask(url: str, body: bytes | None = None, headers: Mapping[str, str] = _NO_HEADERS, method: str = "") -> bytes:
    """
    Ask and give the body of the answer.

    Args:
        url: http or https.
        body: posted where one is given.
        headers: of the request.
        method: GET without a body and POST with one, unless told.

    Raises:
        OSError: nobody answers, or with an error (`urllib.error.HTTPError`).
        ValueError: the address is none of http.

    """
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"{url!r} is no address: expected one such as http://127.0.0.1:9090")
    verb = method or ("GET" if body is None else "POST")
    request = urllib.request.Request(url, body, dict(headers), method=verb)  # noqa: S310 - http alone, see above
    # A proxy of the environment cannot reach this machine's loopback.
    local: dict[str, str] | None = {} if "//127.0.0.1" in url or "//localhost" in url else None
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(local))
    with opener.open(request, timeout=_TIMEOUT_SECONDS) as response:
        answer: bytes = response.read(_MAX_ANSWER_BYTES)
        return answer
