"""The preview page in a real browser, on a live stack with the example's traffic."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from anclora_otel.stack import Toolbox
from anclora_otel.stack.preview import Dashboards, PreviewServer, Upstream, chart_library
from tests.dashboard_files import DASHBOARDS, FOLDER, panels
from tests.stack.dashboards.quiet import quiet_panels
from tests.stack.example import SERVICE, WORKER, Example, eventually
from tests.wire.running import free_port

PICTURES = FOLDER.parent / "build" / "preview"
"""Screenshots, kept as build output."""

WAIT_MILLISECONDS = 60_000
DRAWN = "body[data-drawn=true]"


@pytest.fixture
def said(page: Page) -> Iterator[list[str]]:
    """Gather what the browser has to complain about, and let nothing of it pass."""
    lines: list[str] = []
    page.on("console", lambda message: lines.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: lines.append(str(error)))
    page.on("requestfailed", lambda request: lines.append(f"{request.url}: {request.failure}"))
    yield lines

    assert lines == []


def _open(page: Page, server: PreviewServer, path: str) -> None:
    page.goto(f"{server.url}/{path}", timeout=WAIT_MILLISECONDS)
    page.wait_for_selector(DRAWN, timeout=WAIT_MILLISECONDS)


def _states(page: Page) -> dict[str, str]:
    """Give the state of each panel by its title."""
    found: dict[str, str] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.panel')].map((e) => [e.dataset.title, e.dataset.state]))"
    )
    return found


def _undrawn(page: Page, name: str) -> dict[str, str]:
    """Give the panels that should be drawn and are not."""
    states = _states(page)
    assert set(states) == {panel["title"] for panel in panels(DASHBOARDS[name])}
    allowed = quiet_panels(name)
    return {
        title: state
        for title, state in states.items()
        if state != "drawn" and not (state == "empty" and title in allowed)
    }


def _blank(page: Page) -> list[str]:
    """Give the panels whose charts have no stroke on them."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll('.panel[data-state=drawn]')].filter((panel) => {
          const inks = [...panel.querySelectorAll('canvas')].map((canvas) => {
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return data.some((value) => value !== 0);
          });
          return inks.some((inked) => !inked);
        }).map((panel) => panel.dataset.title)"""
    )
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("name", "theme"), [*((name, "light") for name in DASHBOARDS), ("overview", "dark")])
@pytest.mark.usefixtures("said")
def test_every_panel_is_drawn(page: Page, preview: PreviewServer, name: str, theme: str) -> None:
    """Each has something on it, none says that there is no data or that something went wrong."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    address = f"d/{DASHBOARDS[name]['uid']}?from=now-5m&refresh=off&theme={theme}"

    def drawn() -> bool:
        _open(page, preview, address)
        return not _undrawn(page, name)

    try:
        eventually(drawn, "every panel to be drawn", timeout_seconds=300)
    except AssertionError as error:
        raise AssertionError(f"{name}: {_undrawn(page, name)}") from error
    finally:
        page.screenshot(path=PICTURES / f"{name}-{theme}.png", full_page=True)

    assert _blank(page) == []
    assert page.locator("#told").inner_text() == ""
    assert "Grafana is the real thing" in page.locator("#about").inner_text()


@pytest.mark.usefixtures("said")
def test_a_chosen_service_narrows_the_panels(page: Page, preview: PreviewServer) -> None:
    """The drop-down offers both services; of a chosen one alone the series are drawn, and the address says so."""
    _open(page, preview, "d/anclora-system?from=now-5m&refresh=off")
    choice = page.locator("details[data-variable=service]")
    choice.locator("summary").click()
    offered = choice.locator(".offered label").all_inner_texts()
    assert {"All", SERVICE, WORKER} <= set(offered)

    choice.locator(".offered label", has_text=WORKER).click()
    uptime = page.locator(".panel[data-title=Uptime] .entry")

    def narrowed() -> bool:
        names = uptime.all_inner_texts()
        return bool(names) and all(each.startswith(WORKER) for each in names)

    eventually(narrowed, "the series of the worker alone")
    assert f"var-service={WORKER}" in page.url
    page.wait_for_selector(DRAWN, timeout=WAIT_MILLISECONDS)
    page.locator("#dashboards a", has_text="Queue").click()
    page.wait_for_selector(DRAWN, timeout=WAIT_MILLISECONDS)
    assert f"var-service={WORKER}" in page.url


@pytest.mark.usefixtures("said")
def test_from_a_log_line_to_its_trace(page: Page, preview: PreviewServer) -> None:
    """A line opens; its trace id leads to all lines of the trace, and to the command that shows the spans."""
    _open(page, preview, "d/anclora-overview?from=now-5m&refresh=off")
    lines = page.locator(".panel[data-title='Log lines'] details")
    traced = lines.filter(has=page.locator("dt", has_text="trace_id")).first
    traced.locator("summary").click()
    trace_id = traced.locator("button.link").inner_text()
    traced.locator("button.link").click()
    page.wait_for_selector("#trace .line", timeout=WAIT_MILLISECONDS)

    assert f"anclora-otel trace {trace_id}" in page.locator("#trace").inner_text()
    page.locator("#trace button").click()
    assert not page.locator("#trace").is_visible()


@pytest.mark.usefixtures("said")
def test_it_asks_anew_by_itself(page: Page, preview: PreviewServer) -> None:
    """As often as the drop-down says, the panels are drawn again, with other data."""
    _open(page, preview, "d/anclora-overview?from=now-5m&refresh=off")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("select[name=Refresh]").select_option("5s")

    def queries() -> int:
        page.wait_for_timeout(100)
        return sum("query_range" in url for url in asked)

    page.wait_for_selector(DRAWN, timeout=WAIT_MILLISECONDS)
    once = queries()
    assert once > 0
    eventually(lambda: queries() >= 2 * once, "a second drawing")
    assert "refresh=5s" in page.url


@pytest.mark.usefixtures("said")
def test_light_and_dark(page: Page, preview: PreviewServer) -> None:
    """The theme follows the system until one is chosen, which is remembered."""
    _open(page, preview, "d/anclora-overview?from=now-5m&refresh=off")
    root = page.locator("html")
    assert root.get_attribute("data-theme") == "light"
    page.emulate_media(color_scheme="dark")
    eventually(lambda: root.get_attribute("data-theme") == "dark", "the system's theme")
    page.locator("select[name=Theme]").select_option("light")
    eventually(lambda: root.get_attribute("data-theme") == "light", "the chosen theme")
    page.wait_for_selector(DRAWN, timeout=WAIT_MILLISECONDS)
    _open(page, preview, "d/anclora-overview?from=now-5m&refresh=off")

    assert root.get_attribute("data-theme") == "light"


@pytest.mark.usefixtures("said")
def test_hidden_in_the_legend(page: Page, preview: PreviewServer) -> None:
    """A click on a name takes its line away, another one brings it back."""
    _open(page, preview, "d/anclora-queue?from=now-5m&refresh=off")
    name = page.locator(".panel[data-title='Processing time P50, P95, P99'] .entry", has_text="P99")
    name.click()
    assert name.get_attribute("aria-pressed") == "false"
    name.click()
    assert name.get_attribute("aria-pressed") == "true"


def test_an_unknown_type_says_so(page: Page, example: Example, toolbox: Toolbox, tmp_path: Path) -> None:
    """A panel that is not drawn here says which type it has, and where it is drawn; the others are drawn."""
    document = json.loads(json.dumps(DASHBOARDS["overview"]))
    panels(document)[0]["type"] = "canvas"
    (tmp_path / "overview.json").write_text(json.dumps(document))
    upstreams = tuple(Upstream(kind, example.stack.url(kind)) for kind in ("prometheus", "loki"))
    with PreviewServer(Dashboards(tmp_path), upstreams, chart_library(toolbox), port=0) as server:
        _open(page, server, "d/anclora-overview?from=now-5m&refresh=off")
        title = panels(document)[0]["title"]
        panel = page.locator(f".panel[data-title='{title}']")

        assert panel.get_attribute("data-state") == "unknown"
        assert "canvas is not drawn here: look at it in Grafana" in panel.inner_text()
        assert "drawn" in _states(page).values()


def test_a_data_source_that_went_away(page: Page, example: Example, toolbox: Toolbox) -> None:
    """Each of its panels says who does not answer and what helps; those of the other one are drawn."""
    gone = f"http://127.0.0.1:{free_port()}"
    upstreams = (Upstream("prometheus", example.stack.url("prometheus")), Upstream("loki", gone))
    with PreviewServer(Dashboards(FOLDER), upstreams, chart_library(toolbox), port=0) as server:
        _open(page, server, "d/anclora-overview?from=now-5m&refresh=off")
        lines = page.locator(".panel[data-title='Log lines']")

        assert lines.get_attribute("data-state") == "error"
        assert re.search(rf"Loki at {re.escape(gone)} does not answer .*--loki", lines.inner_text())
        assert _states(page)["Active conversations"] == "drawn"
