"""The bot: what it understands, how sure it is, what it answers."""

from __future__ import annotations

from anclora_otel.catalogue import bot as m
from dashboards.builders.model import Kind, Panel, Query, Row
from dashboards.builders.selectors import per_second, quantile


def row() -> Row:
    """Give the row of the bot."""
    return Row(
        "Bot",
        (
            Panel(
                Kind.TIME_SERIES,
                "Intents",
                "Intents detected per second.",
                "cps",
                (Query(per_second(m.BOT_INTENTS_DETECTED, "intent"), "{{intent}}"),),
                8,
                stacked=True,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Confidence P10, P50",
                "Confidence of detected intents, from 0 to 1: a falling P10 means that the bot guesses.",
                "percentunit",
                (
                    Query(quantile(0.1, m.BOT_INTENT_CONFIDENCE), "P10"),
                    Query(quantile(0.5, m.BOT_INTENT_CONFIDENCE), "P50"),
                ),
                8,
                minimum=0,
                maximum=1,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Automated responses",
                "Answers that the bot gave by itself, per second and flow.",
                "cps",
                (Query(per_second(m.BOT_AUTOMATED_RESPONSES, "flow"), "{{flow}}"),),
                8,
                stacked=True,
                minimum=0,
            ),
        ),
    )
