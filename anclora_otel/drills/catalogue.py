"""Every drill: one for each alert, and for each severity of those of an objective."""

from __future__ import annotations

import difflib

from anclora_otel.drills.long_term import LONG_TERM
from anclora_otel.drills.machinery import REDIS, SALES, SYSTEM, TELEMETRY
from anclora_otel.drills.messaging import ANALYTICS, QUEUE, SLO, WHATSAPP
from anclora_otel.drills.model import Drill
from anclora_otel.errors import DrillError

DRILLS: tuple[Drill, ...] = (*QUEUE, *ANALYTICS, *WHATSAPP, *REDIS, *SYSTEM, *SALES, *LONG_TERM, *SLO, *TELEMETRY)
"""Every drill."""

BY_TITLE = {drill.title: drill for drill in DRILLS}
"""Every drill by its title."""


def drills_named(name: str) -> tuple[Drill, ...]:
    """
    Give the drills of an alert, or the one of a title such as ``QueueSuccessBudgetBurn/warning``.

    Raises:
        DrillError: there is none.

    """
    found = tuple(drill for drill in DRILLS if name in (drill.alert, drill.title))
    if found:
        return found
    close = difflib.get_close_matches(name, [drill.alert for drill in DRILLS], n=1)
    hint = f"did you mean {close[0]}?" if close else "see `anclora-otel drill --list`"
    raise DrillError(f"{name} is no alert: {hint}")
