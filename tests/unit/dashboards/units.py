"""Units of Grafana that the dashboards may use; from `valueFormats/categories.ts` of Grafana."""

from __future__ import annotations

UNITS = frozenset(
    {
        "none",
        "short",
        "locale",
        "percent",
        "percentunit",
        "bytes",
        "decbytes",
        "Bps",
        "s",
        "ms",
        "cps",
        "ops",
        "reqps",
        "currencyEUR",
    }
)
