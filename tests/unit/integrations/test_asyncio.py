"""Event loops are watched without a changed line, however they come to run."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.wire.running import environment

BEGINNING = """\
import asyncio, gc, json, os, sys, threading, time
import anclora_otel
from anclora_otel.recorders.event_loop_lag import event_loop_lag
off = dict(traces="none", metrics="none", logs="none")

def block():
    time.sleep(0.6)

async def late():
    await asyncio.sleep(0.01)
    block()
    await asyncio.sleep(0.3)

def say(**found):
    sys.stdout.write(json.dumps(found) + "\\n")
    sys.stdout.flush()

def lag():
    return event_loop_lag.largest_seconds()
"""

WAYS = {
    "asyncio.run": "anclora_otel.configure(**off); asyncio.run(late())",
    "configured inside the loop": """
async def main():
    anclora_otel.configure(**off)
    await late()
asyncio.run(main())
""",
    "uvloop, imported before": "import uvloop; anclora_otel.configure(**off); uvloop.run(late())",
    "uvloop, imported after": "anclora_otel.configure(**off); import uvloop; uvloop.run(late())",
    "uvloop, configured inside the loop": """
import uvloop
async def main():
    anclora_otel.configure(**off)
    await late()
uvloop.run(main())
""",
    "uvloop as the policy of a thread": """
anclora_otel.configure(**off)
import uvloop
def thread():
    loop = uvloop.new_event_loop()
    loop.run_until_complete(late())
    loop.close()
started = threading.Thread(target=thread); started.start(); started.join()
""",
    "a loop in a thread": """
anclora_otel.configure(**off)
started = threading.Thread(target=lambda: asyncio.run(late())); started.start(); started.join()
""",
    "asyncio.run, again and again": """
anclora_otel.configure(**off)
for _ in range(20):
    asyncio.run(asyncio.sleep(0))
asyncio.run(late())
""",
    "a loop that ends while it is blocked": """
anclora_otel.configure(**off)
async def main():
    block()
asyncio.run(main())
""",
}


def run(code: str) -> list[dict[str, Any]]:
    """Run a program and give what it said."""
    done = subprocess.run(
        [sys.executable, "-c", BEGINNING + code],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("code", WAYS.values(), ids=WAYS)
def test_a_late_loop_is_seen(code: str) -> None:
    """Whichever way a loop is run, a callback that holds it up shows."""
    found = run(f"{code}\nsay(lag=lag())")

    assert found[0]["lag"] > 0.2


def test_a_process_without_a_loop_has_no_lag() -> None:
    """Nothing is measured where nothing runs."""
    found = run("anclora_otel.configure(**off)\nsay(lag=lag())")

    assert found == [{"lag": None}]


def test_time_between_two_runs_is_no_lag() -> None:
    """A loop that is kept and run again now and then was not late in between."""
    found = run("""
anclora_otel.configure(**off)
loop = asyncio.new_event_loop()
loop.run_until_complete(asyncio.sleep(0.01))
time.sleep(3)
loop.run_until_complete(asyncio.sleep(0.3))
loop.close()
say(lag=lag())
""")

    assert found[0]["lag"] < 2.5


def test_configuring_again_changes_nothing() -> None:
    """A loop is watched once, and the result of running it stays what it was."""
    found = run("""
anclora_otel.configure(**off)
anclora_otel.shutdown()
anclora_otel.configure(**off)
async def answer():
    return 42
say(answer=asyncio.run(answer()), wraps=hasattr(asyncio.BaseEventLoop.run_forever.__wrapped__, "__wrapped__"))
""")

    assert found == [{"answer": 42, "wraps": False}]


def test_what_a_loop_raises_is_raised() -> None:
    """The watch stands in nobody's way."""
    found = run("""
anclora_otel.configure(**off)
async def broken():
    raise KeyError("mine")
try:
    asyncio.run(broken())
except KeyError as error:
    say(error=str(error))
""")

    assert found == [{"error": "'mine'"}]


def test_a_forked_child_has_its_own_values() -> None:
    """Forked inside a running loop, a child begins with no lag, no collections and no CPU time; its own loop counts."""
    found = run("""
from anclora_otel.recorders import runtime
anclora_otel.configure(**off)

async def main():
    await late()
    for _ in range(5):
        gc.collect()
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass
    parent = runtime.start_time_seconds()
    time.sleep(0.1)
    child = os.fork()
    if not child:
        time.sleep(0.4)
        collector = runtime.garbage_collector
        say(lag=lag(), collections=collector.collections()[2], pause=collector.pause_seconds, cpu=time.process_time(),
            later=runtime.start_time_seconds() - parent)
        threading.Thread(target=lambda: asyncio.run(late()), daemon=False).run()
        say(lag=lag())
        os._exit(0)
    os.waitpid(child, 0)
    collector = runtime.garbage_collector
    say(lag=lag(), collections=collector.collections()[2], pause=collector.pause_seconds)

asyncio.run(main())
""")

    child, child_later, parent = found
    assert (child["lag"], child["collections"]) == (None, 0)
    assert child["pause"] < parent["pause"]
    assert child["cpu"] < 0.3
    assert child["later"] > 0.5
    assert child_later["lag"] > 0.2
    assert parent["lag"] > 0.2
    assert parent["collections"] >= 5
