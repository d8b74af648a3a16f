"""What the demo shows: a board that is redrawn on a terminal, and plain lines elsewhere."""

from __future__ import annotations

from typing import TextIO

from examples.whatsapp_service.arrivals import FIGURES, SERVICE, WORKER, Arrivals

_WIDTH = 34


class Board:
    """
    Show arrivals.

    Args:
        output: where to write; a terminal is redrawn in place.
    """

    def __init__(self, output: TextIO) -> None:
        self._output = output
        self._redraws = output.isatty()
        self._lines_drawn = 0

    def say(self, text: str) -> None:
        """Write a line that stays."""
        self._lines_drawn = 0
        self._output.write(text + "\n")
        self._output.flush()

    def show(self, elapsed_seconds: float, arrivals: Arrivals) -> None:
        """Show the state of things while the demo runs."""
        if self._redraws:
            self._redraw([f"arrived after {elapsed_seconds:.0f} s", *_table(arrivals)])
        else:
            self.say(f"{elapsed_seconds:5.0f} s  {_one_line(arrivals)}")

    def show_final(self, arrivals: Arrivals) -> None:
        """Show the last state as a table that stays."""
        if self._redraws:
            self._redraw([])
        for line in ["", "arrived at the end", *_table(arrivals)]:
            self.say(line)

    def _redraw(self, lines: list[str]) -> None:
        back = f"\x1b[{self._lines_drawn}A\x1b[J" if self._lines_drawn else ""
        self._output.write(back + "".join(f"{line}\n" for line in lines))
        self._output.flush()
        self._lines_drawn = len(lines)


def _table(arrivals: Arrivals) -> list[str]:
    rows = [(figure.name, _number(arrivals.figures[figure.name]), "Prometheus") for figure in FIGURES]
    services = (SERVICE, WORKER)
    rows += [(f"log lines of {name}", _number(arrivals.log_lines.get(name)), "Loki") for name in services]
    rows += [(f"spans of {name}", _number(arrivals.spans.get(name)), "trace file") for name in services]
    lines = [f"  {name:<{_WIDTH}} {value:>10}  {where}" for name, value, where in rows]
    if arrivals.complete_trace:
        lines.append(f"  one whole trace: anclora-otel trace {arrivals.complete_trace}")
    return lines


def _one_line(arrivals: Arrivals) -> str:
    shown = (
        ("accepted", "messages accepted"),
        ("processed", "messages processed"),
        ("failed", "messages failed"),
        ("waiting", "messages waiting"),
        ("sent", "messages sent"),
        ("delivered", "messages delivered"),
        ("read", "messages read"),
        ("API calls", "WhatsApp API calls"),
        ("P99 s", "processing P99 (s)"),
    )
    parts = [f"{short} {_number(arrivals.figures[name])}" for short, name in shown]
    parts.append(f"log lines {sum(arrivals.log_lines.values())}")
    parts.append(f"spans {sum(arrivals.spans.values())}")
    return "  ".join(parts)


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.3f}"
