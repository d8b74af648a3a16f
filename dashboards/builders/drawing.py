"""How each kind of panel is drawn."""

from __future__ import annotations

from typing import Any

from grafana_foundation_sdk.builders import bargauge, gauge, heatmap, logs, loki, prometheus, stat, table, timeseries
from grafana_foundation_sdk.builders import common as sdk_common
from grafana_foundation_sdk.builders import dashboard as sdk
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models import prometheus as prometheus_models

from dashboards.builders import links
from dashboards.builders.model import Kind, Limits, Panel, Query, Source

_ABOVE_THE_LINE = 1.25
"""How far an axis goes on above the first threshold."""

_REF_IDS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def panel_builder(panel: Panel) -> Any:
    """Give the builder of a panel, without its place."""
    builder: Any = _BUILDERS[panel.kind](panel)
    builder = builder.title(panel.title).description(panel.description).datasource(reference(panel.queries[0].source))
    if panel.kind is not Kind.LOGS:
        builder = builder.unit(panel.unit).thresholds(_thresholds(panel.limits))
    for setter, value in (("min", panel.minimum), ("max", panel.maximum), ("decimals", panel.decimals)):
        if value is not None:
            builder = getattr(builder, setter)(value)
    if panel.since:
        builder = builder.time_from(panel.since)
    if panel.timed:
        builder = builder.data_links([_link(*links.traces()), _link(*links.log_lines())])
    for letter, query in zip(_REF_IDS, panel.queries, strict=False):
        builder = builder.with_target(_target(query, panel.kind).ref_id(letter))
    return builder


def _time_series(panel: Panel) -> timeseries.Panel:
    builder = (
        timeseries.Panel()
        .line_width(1)
        .fill_opacity(25 if panel.stacked else 5)
        .show_points(common.VisibilityMode.NEVER)
        .legend(
            sdk_common.VizLegendOptions()
            .display_mode(common.LegendDisplayMode.LIST)
            .placement(common.LegendPlacement.BOTTOM)
            .show_legend(True)
        )
        .tooltip(sdk_common.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI).sort(common.SortOrder.DESCENDING))
        .color_scheme(sdk.FieldColor().mode(dashboard.FieldColorModeId.PALETTE_CLASSIC))
    )
    if panel.stacked:
        builder = builder.stacking(sdk_common.StackingConfig().mode(common.StackingMode.NORMAL).group("A"))
    if panel.limits.steps:
        style = sdk_common.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED)
        # The first line is always seen, also while values are far below it.
        builder = builder.thresholds_style(style).axis_soft_max(panel.limits.steps[0][0] * _ABOVE_THE_LINE)
    return builder


def _stat(_: Panel) -> stat.Panel:
    return (
        stat.Panel()
        .reduce_options(_last())
        .graph_mode(common.BigValueGraphMode.AREA)
        .color_mode(common.BigValueColorMode.VALUE)
    )


def _gauge(_: Panel) -> gauge.Panel:
    return gauge.Panel().reduce_options(_last()).show_threshold_labels(False).show_threshold_markers(True)


def _bars(_: Panel) -> bargauge.Panel:
    return (
        bargauge.Panel()
        .reduce_options(_last())
        .orientation(common.VizOrientation.HORIZONTAL)
        .display_mode(common.BarGaugeDisplayMode.BASIC)
    )


def _heatmap(panel: Panel) -> heatmap.Panel:
    return heatmap.Panel().calculate(False).show_legend().y_axis(heatmap.YAxisConfig().unit(panel.unit))


def _table(_: Panel) -> table.Panel:
    hidden = {"excludeByName": {"Time": True, "Value": True}}
    return table.Panel().with_transformation(dashboard.DataTransformerConfig(id_val="organize", options=hidden))


def _logs(_: Panel) -> logs.Panel:
    return (
        logs.Panel()
        .show_time(True)
        .wrap_log_message(True)
        .enable_log_details(True)
        .sort_order(common.LogsSortOrder.DESCENDING)
    )


_BUILDERS = {
    Kind.TIME_SERIES: _time_series,
    Kind.STAT: _stat,
    Kind.GAUGE: _gauge,
    Kind.BARS: _bars,
    Kind.HEATMAP: _heatmap,
    Kind.TABLE: _table,
    Kind.LOGS: _logs,
}


def _last() -> sdk_common.ReduceDataOptions:
    return sdk_common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)


def _thresholds(limits: Limits) -> sdk.ThresholdsConfig:
    steps = [dashboard.Threshold(value=None, color=limits.base)]
    steps += [dashboard.Threshold(value=value, color=colour) for value, colour in limits.steps]
    return sdk.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(steps)


def _target(query: Query, kind: Kind) -> Any:
    if query.source is Source.LOKI:
        target: Any = loki.Dataquery().expr(query.text).query_type("range")
    else:
        target = prometheus.Dataquery().expr(query.text).exemplar(query.exemplars)
        target = target.instant() if query.instant else target.range()
        if kind is Kind.HEATMAP:
            target = target.format(prometheus_models.PromQueryFormat.HEATMAP)
        elif kind is Kind.TABLE:
            target = target.format(prometheus_models.PromQueryFormat.TABLE)
    target = target.datasource(reference(query.source))
    return target.legend_format(query.legend) if query.legend else target


def _link(title: str, address: str) -> sdk.DashboardLink:
    return sdk.DashboardLink(title).url(address).target_blank(True)


def reference(source: Source) -> common.DataSourceRef:
    """Refer to the data source that a variable chooses."""
    return common.DataSourceRef(type_val=source.value, uid=f"${{{source.variable}}}")
