"""What the README and the pages of docs/ show works as it stands."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from anclora_otel import environment_variables
from anclora_otel.cli.main import COMMANDS
from tests.unit.public import PUBLIC_MODULES, public_names
from tests.wire.running import environment

PROJECT = Path(__file__).parents[2]
PAGES = [PROJECT / "README.md", PROJECT / "collector" / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
SNIPPET_LINES = 10
"""Lines that a snippet may have; a longer one is a program and belongs under examples/."""


def blocks(page: Path, language: str) -> list[str]:
    """Give the fenced blocks of a language on a page."""
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def named(page: Path) -> str:
    """Name a page as a reader would."""
    return page.relative_to(PROJECT).as_posix()


SNIPPETS = [
    pytest.param(code, id=f"{named(page)}-{number}")
    for page in PAGES
    for number, code in enumerate(blocks(page, "python"), 1)
]


@pytest.mark.parametrize("code", SNIPPETS)
def test_python_runs(code: str, tmp_path: Path) -> None:
    """Each snippet is short, runs in a process of its own and ends well, with or without a collector."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert len(code.splitlines()) <= SNIPPET_LINES
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("module", PUBLIC_MODULES)
def test_every_public_function_is_shown(module: str) -> None:
    """Each is in a snippet, which runs."""
    shown = "\n".join(code for page in PAGES for code in blocks(page, "python"))
    loaded = importlib.import_module(module)
    functions = [name for name in public_names(module) if inspect.isfunction(getattr(loaded, name))]

    assert [name for name in functions if not re.search(rf"\b{name}\b", shown)] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_exists(page: Path) -> None:
    """The commands and the targets of make that are shown are there."""
    shell = "\n".join(blocks(page, "sh"))
    commands = set(re.findall(r"anclora-otel ([a-z][a-z-]*)", shell))
    targets = set(re.findall(r"\bmake ([a-z][a-z-]*)", shell))
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")

    assert commands <= set(COMMANDS)
    assert {target for target in targets if f"\n{target}:" not in makefile} == set()
    assert [block for block in blocks(page, "sh") if len(block.splitlines()) > SNIPPET_LINES] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_variable_exists(page: Path) -> None:
    """A variable that a page names is one that is read."""
    known = environment_variables.known_names()
    mentioned = set(re.findall(r"\b(?:ANCLORA|OTEL)_[A-Z0-9_]+[A-Z0-9]\b", page.read_text(encoding="utf-8")))

    assert {
        name for name in mentioned - known if not name.startswith((*environment_variables.OPEN_PREFIXES, COLLECTOR))
    } == set()


COLLECTOR = "ANCLORA_COLLECTOR_"
"""Beginning of the variables that only the collector's configuration reads."""


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    """A relative link names a file of the project, and an anchor a heading of it."""
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(#[^)]+)?\)", page.read_text(encoding="utf-8")):
        linked = page.parent / target if target else page
        assert linked.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor[1:] in {slug(heading) for heading in headings}, anchor


def slug(heading: str) -> str:
    """Give the anchor of a heading, as the common renderers of Markdown make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_page_is_in_the_index() -> None:
    """The index of the documentation names every page."""
    index = (PROJECT / "docs" / "README.md").read_text(encoding="utf-8")

    assert [page.name for page in PAGES if page.parent.name == "docs" and f"({page.name})" not in index] == [
        "README.md"
    ]
