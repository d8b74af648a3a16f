"""A service whose checks do everything that a check should not keeps serving, and says each fault once."""

from __future__ import annotations

import http.client
import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

from tests.wire.programs.bad_checks import PASSWORD, PHONE
from tests.wire.running import free_port, get, poll, started
from tests.wire.serving import NO_EXPORT, ask, health_of, serving

MASKED_NAMES = ("client +34*****78", "n" * 64)
FAILING = {
    "raises": "RuntimeError",
    "unreadable": "UnreadableError",
    "exits": "SystemExit",
    "exits-later": "SystemExit",
    "interrupts-later": "KeyboardInterrupt",
    "cancels": "CancelledError",
    "cancels-later": "CancelledError",
    "leaves": "GeneratorExit",
    "hangs": "timed out after 0.05 s",
    "hangs-later": "timed out after 0.05 s",
    "blocks": "timed out after 0.01 s",
    "rubbish": "the check returned something of type str; expected None, True, False, a CheckResult or a pair of "
    "pass, warn or fail and details",
    "details": None,
    "no-function": "TypeError",
    "no-disk": "FileNotFoundError",
    "no-path": "ValueError",
    "twice": None,
    "twice_2": None,
    **dict.fromkeys(MASKED_NAMES),
}
"""What each check says as its error."""


def test_every_fault_is_one_failed_check_and_one_line() -> None:
    """All others are answered, probe after probe; neither answer nor lines hold a secret or a person."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "--port", str(port), "tests.wire.programs.bad_checks:app"]
    with started([*command, "--log-level", "warning"], NO_EXPORT, ready_url=f"{url}/health/live") as process:
        reports = [health_of(url) for _ in range(10)]
        assert get(f"{url}/runs")
        process.terminate()
        assert process.stdout is not None
        lines = process.stdout.read()

    for status, report in reports:
        assert (status, report["status"]) == (503, "unhealthy")
        assert report["checks"].pop("fine")["status"] == "pass"
        assert {name: check["status"] for name, check in report["checks"].items()} == dict.fromkeys(FAILING, "fail")
        assert {name: check["details"].get("error") for name, check in report["checks"].items()} == FAILING
    said = Counter(
        line.partition("health check ")[2].partition(": fail after pass")[0]
        for line in lines.splitlines()
        if ": fail after pass" in line
    )
    assert said == Counter(dict.fromkeys(FAILING, 1))
    for text in (lines, json.dumps(reports)):
        assert PASSWORD not in text
        assert PHONE[1:] not in text
        assert "redis.internal" not in text
        assert "Traceback" not in text


def test_thousands_of_probes_run_a_check_once() -> None:
    """They share one run, and each is answered."""

    def probe_often(url: str, count: int) -> Counter[int]:
        with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)) as connection:
            found: Counter[int] = Counter()
            for _ in range(count):
                connection.request("GET", "/storm")
                answer = connection.getresponse()
                answer.read()
                found[answer.status] += 1
            return found

    with serving("bad_checks", NO_EXPORT) as url, ThreadPoolExecutor(20) as probes:
        answers = sum(probes.map(lambda _: probe_often(url, 150), range(20)), Counter[int]())
        poll(lambda: ask(f"{url}/storm/ready")[0] == 200, 30, "the last probe")
        runs = json.loads(get(f"{url}/runs"))

    assert answers == {200: 3000}
    assert runs == {"counted": 1}
