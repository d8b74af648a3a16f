"""Which files of other programs the collector is told to read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from anclora_otel.errors import StackError
from anclora_otel.stack.collector_configuration import FILE
from anclora_otel.stack.components import COLLECTOR_GATES
from anclora_otel.stack.places import Places
from anclora_otel.stack.tailed_files import (
    OWN_LOG,
    TAILED_FILES,
    TAILED_FILES_SERVICE,
    TAILED_FILES_TIMEZONE,
    tailed_environment,
    tailed_globs,
)

PROJECT = Path(__file__).parents[3]
CONFIGURATION = (PROJECT / FILE).read_text()
RECEIVER: dict[str, Any] = yaml.safe_load(CONFIGURATION)["receivers"]["file_log"]


def _places(state: Path) -> Places:
    return Places.choose(PROJECT, {}, state=state)


def test_only_the_folder_of_the_stack_is_read_unasked(tmp_path: Path) -> None:
    """Without the variable the folder `tailed` of the stack's state is read, with the rotated files in it."""
    environment = tailed_environment(_places(tmp_path), {}, Path("/"))
    folder = f"{tmp_path.resolve()}/tailed"

    assert f"{folder}/*.log,{folder}/*.log[.-]*[0-9],{folder}/*.log.1.gz" == environment[TAILED_FILES]
    assert f"{tmp_path.resolve()}/logs/collector*.log" == environment[OWN_LOG]


def test_several_globs_can_be_named(tmp_path: Path) -> None:
    """Globs are separated by commas, relative ones are meant from here, and one that ends with a star is whole."""
    environment = {TAILED_FILES: "/srv/a/*.log, logs/b.log*,,"}

    assert tailed_globs(_places(tmp_path), environment, Path("/here")) == ("/srv/a/*.log", "/here/logs/b.log*")
    given = tailed_environment(_places(tmp_path), environment, Path("/here"))[TAILED_FILES]
    assert given == "/srv/a/*.log,/srv/a/*.log[.-]*[0-9],/srv/a/*.log.1.gz,/here/logs/b.log*"


def test_service_and_time_zone_are_passed_on(tmp_path: Path) -> None:
    """What the user says of names and zones reaches the collector; what is empty does not."""
    environment = {TAILED_FILES_SERVICE: "/srv/(?P<service>[^/]+)/", TAILED_FILES_TIMEZONE: ""}
    given = tailed_environment(_places(tmp_path), environment, Path("/"))

    assert given[TAILED_FILES_SERVICE] == "/srv/(?P<service>[^/]+)/"
    assert TAILED_FILES_TIMEZONE not in given


def test_state_folder_with_special_characters_is_escaped(tmp_path: Path) -> None:
    """Characters that a glob would read are taken for what they are; a comma is refused with the remedy."""
    assert tailed_globs(_places(tmp_path / "a[1]"), {}, Path("/"))[0].endswith(r"a\[1\]/tailed/*.log")
    with pytest.raises(StackError, match=f"has a comma in its name: set {TAILED_FILES}"):
        tailed_globs(_places(tmp_path / "a,b"), {}, Path("/"))


def test_a_named_pipe_is_refused(tmp_path: Path) -> None:
    """A pipe among the files is told, since the collector would wait for it and read nothing else."""
    os.mkfifo(tmp_path / "pipe.log")

    with pytest.raises(StackError, match=r"pipe\.log is a named pipe"):
        tailed_environment(_places(tmp_path / "state"), {TAILED_FILES: f"{tmp_path}/*.log"}, Path("/"))


def test_nothing_is_lost_by_the_reader() -> None:
    """Files are read from their beginning, offsets are kept on disk, and a refusal is tried again for ever."""
    retry = RECEIVER["retry_on_failure"]

    assert (RECEIVER["start_at"], RECEIVER["storage"]) == ("beginning", "file_storage")
    assert (retry["enabled"], retry["max_elapsed_time"]) == (True, "0s")
    assert COLLECTOR_GATES == "--feature-gates=stanza.synchronousLogEmitter"


def test_no_operator_holds_lines_in_memory() -> None:
    """Lines are joined by the reader, which keeps no offset before they are sent, and not by recombine."""
    types = {operator["type"] for operator in RECEIVER["operators"]}

    assert "recombine" not in types


@pytest.mark.parametrize("name", [TAILED_FILES, TAILED_FILES_SERVICE, TAILED_FILES_TIMEZONE, OWN_LOG])
def test_the_configuration_reads_what_the_stack_passes(name: str) -> None:
    """The collector's configuration reads each variable, and its page of settings explains it."""
    assert f"${{env:{name}:-" in CONFIGURATION
    assert f"`{name}`" in (PROJECT / "collector" / "README.md").read_text()
