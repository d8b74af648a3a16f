"""
A stack with the example's traffic, for the tests of queries and of the page that draws them.

It is one of its own, on a clock that is ten times as fast: a delivery rate is known only when deliveries could have
been heard of, four minutes later.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from anclora_otel.stack import Places, Ports, Stack, Toolbox
from anclora_otel.stack.alerting import Alerting
from anclora_otel.stack.preview import Dashboards, PreviewServer, Upstream, chart_library
from tests.dashboard_files import FOLDER
from tests.stack.dashboards.browser import launch
from tests.stack.example import Example

PROJECT = FOLDER.parent
FASTER = 10


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start a stack on a faster clock."""
    places = Places.choose(PROJECT, os.environ, state=tmp_path_factory.mktemp("dashboards"))
    own = Stack(places, Ports.free(), alerting=Alerting(scale=FASTER))
    own.up()
    yield own
    own.down()


@pytest.fixture(scope="package")
def example(stack: Stack) -> Iterator[Example]:
    """Run the example on the stack, with traffic for as long as the tests ask."""
    running, enough = Example(stack), threading.Event()

    def send() -> None:
        for seed in range(1, 1000):
            if enough.is_set():
                return
            running.traffic(40, seed, rate=10)

    sender = threading.Thread(target=send)
    try:
        running.start()
        sender.start()
        yield running
    finally:
        enough.set()
        sender.join()
        running.stop()


@pytest.fixture(scope="package")
def toolbox(tmp_path_factory: pytest.TempPathFactory) -> Toolbox:
    """Give the built tools."""
    return Toolbox(Places.choose(PROJECT, os.environ, state=tmp_path_factory.mktemp("tools")).tools, PROJECT)


@pytest.fixture(scope="package")
def preview(example: Example, toolbox: Toolbox) -> Iterator[PreviewServer]:
    """Serve the committed dashboards with the data of the stack."""
    upstreams = tuple(Upstream(kind, example.stack.url(kind)) for kind in ("prometheus", "loki"))
    with PreviewServer(Dashboards(FOLDER), upstreams, chart_library(toolbox), port=0) as server:
        yield server


@pytest.fixture(scope="package")
def browser(toolbox: Toolbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start a headless Chromium."""
    with sync_playwright() as playwright:
        started = launch(playwright, toolbox, tmp_path_factory.mktemp("browser"))
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open an empty page that is as wide as a screen."""
    opened = browser.new_page(viewport={"width": 1600, "height": 1000}, color_scheme="light")
    yield opened
    opened.close()
