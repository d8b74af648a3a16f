"""A scaled stack of the drills' own, with a past where drills need one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from anclora_otel.catalogue.routes import OFFICE_HOURS, TimeInterval
from anclora_otel.drills.model import Drill
from anclora_otel.drills.past import past_text, write_blocks
from anclora_otel.drills.running import Target
from anclora_otel.stack import Alerting, Places, Ports, Stack, Toolbox
from anclora_otel.stack import tools as stack_tools
from anclora_otel.stack.ports import HOST

SCALE = 15.0
"""An export interval of 15 s becomes one of 1 s, a ``for`` of 15 minutes one of a minute."""

ANY_HOUR = TimeInterval(OFFICE_HOURS.name, "sunday:saturday", "00:00", "24:00")
"""Business alerts are sent while drilled, whatever the clock says."""


def scaled_stack(
    project: Path, state: Path, environment: Mapping[str, str], *, scale: float = SCALE, ports: Ports | None = None
) -> Stack:
    """
    Give a stack on a faster clock, with free ports and the stand-ins for receivers; it is not started.

    Args:
        project: the checkout.
        state: its folder.
        environment: for `ANCLORA_TOOLS_DIR` and what the stack takes from it.
        scale: the factor.
        ports: ports of a stack that is there already.

    """
    places = Places.choose(project, environment, state=state)
    own = {name: value for name, value in environment.items() if not name.startswith(("SENTRY_", "ANCLORA_STACK_"))}
    return Stack(places, ports or Ports.free(), own, Alerting(scale=scale, office_hours=ANY_HOUR))


def target_of(stack: Stack, *, stand_ins: bool = True) -> Target:
    """Give a stack as the target of drills."""
    return Target(
        stack.url("prometheus"),
        stack.url("alertmanager"),
        f"http://{HOST}:{stack.ports.otlp_http}",
        stack.places.notifications_file if stand_ins else None,
        stack.stop,
        stack.start,
    )


@contextmanager
def running_stack(
    stack: Stack, drills: Iterable[Drill], say: Callable[[str], None], scale: float = SCALE
) -> Iterator[Target]:
    """
    Lay the past of drills down, start a stack, and stop it in the end.

    Args:
        stack: one that never ran.
        drills: what will be run on it.
        say: is told what goes on.
        scale: the stack's factor.

    Raises:
        DrillError: the past cannot be laid down.
        StackError: the stack does not start.

    """
    chosen = [drill for drill in drills if drill.past is not None]
    if chosen:
        promtool = Toolbox(stack.places.tools, stack.places.project).executable(stack_tools.PROMETHEUS, "promtool")
        write_blocks(promtool, past_text(chosen, time.time(), scale), stack.places.state / "prometheus")
        say(f"the past of {len(chosen)} alerts is laid down")
    try:
        if chosen:
            # First, so that it finds the end of the past as fresh as after a restart.
            stack.start("prometheus")
        stack.up()
        say(f"a stack of its own is up, {scale:g} times as fast as the clock; its state is in {stack.places.state}")
        yield target_of(stack)
    finally:
        stack.down()
