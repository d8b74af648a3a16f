"""
Write dashboards as classic JSON of Grafana, schema version 42, by the builders of grafana-foundation-sdk.

Its types know every field of Grafana; only what it leaves out is put in afterwards: the choice of a data source
variable and the identity of rows.
"""

from __future__ import annotations

import json
from typing import Any

from grafana_foundation_sdk.builders import dashboard as sdk
from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models

from dashboards.builders.drawing import panel_builder, reference
from dashboards.builders.layout import Place, placed
from dashboards.builders.links import TAG
from dashboards.builders.model import Annotation, Dashboard, Panel, Source, Variable

SCHEMA_VERSION = 42
REFRESH = "30s"


def render(dashboard: Dashboard) -> str:
    """Write a dashboard as the text of its file."""
    builder = (
        sdk.Dashboard(dashboard.title)
        .uid(dashboard.uid)
        .description(dashboard.description)
        .tags([TAG])
        .readonly()
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .time(dashboard.since, "now")
        .refresh(REFRESH)
        .timezone("browser")
        .link(_dropdown())
    )
    for source in dashboard.sources:
        builder = builder.with_variable(_source(source))
    for variable in dashboard.variables:
        builder = builder.with_variable(_variable(variable))
    for annotation in dashboard.annotations:
        builder = builder.annotation(_annotation(annotation))
    for number, (part, place) in enumerate(placed(dashboard), start=1):
        position = _position(place)
        if isinstance(part, Panel):
            builder = builder.with_panel(panel_builder(part).id(number).grid_pos(position))
        else:
            builder = builder.with_row(sdk.Row(part.title).id(number).grid_pos(position))
    return _finished(json.loads(json.dumps(builder.build(), cls=JSONEncoder)), dashboard)


def _finished(document: dict[str, Any], dashboard: Dashboard) -> str:
    document["schemaVersion"] = SCHEMA_VERSION
    # Grafana gives its own; a number in the file would point to somebody else's dashboard.
    document.pop("id", None)
    document["version"] = 1
    for number, ((_, place), panel) in enumerate(zip(placed(dashboard), document["panels"], strict=True), start=1):
        panel["id"] = number
        panel["gridPos"] = {"h": place.height, "w": place.width, "x": place.x, "y": place.y}
    for part in (*document["annotations"]["list"], *document["links"]):
        # The library hides them in a menu; they are meant to be seen.
        part.pop("placement")
    for variable in document["templating"]["list"]:
        # Of variables of another type: Grafana's own types refuse them here.
        for foreign in ("auto", "auto_count", "auto_min"):
            variable.pop(foreign, None)
        if variable["type"] == "datasource":
            uid = variable["query"]
            variable["current"] = {"selected": True, "text": uid.title(), "value": uid}
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _position(place: Place) -> models.GridPos:
    return models.GridPos(h=place.height, w=place.width, x=place.x, y=place.y)


def _dropdown() -> sdk.DashboardLink:
    return (
        sdk.DashboardLink("Anclora")
        .type(models.DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(True)
        .include_vars(True)
        .keep_time(True)
        .icon("external link")
        .tooltip("The other dashboards, with the same time range and variables")
    )


def _source(source: Source) -> sdk.DatasourceVariable:
    return sdk.DatasourceVariable(source.variable).label(f"{source.value.title()} data source").type(source.value)


def _variable(variable: Variable) -> sdk.QueryVariable:
    return (
        sdk.QueryVariable(variable.name)
        .label(variable.name.title())
        .datasource(reference(Source.PROMETHEUS))
        .query({"query": variable.query, "refId": f"variable-{variable.name}"})
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(variable.every)
        .current(models.VariableOption(selected=True, text=["All"], value=["$__all"]))
    )


def _annotation(annotation: Annotation) -> sdk.AnnotationQuery:
    return (
        sdk.AnnotationQuery()
        .name(annotation.name)
        .datasource(reference(Source.PROMETHEUS))
        .enable(True)
        .icon_color(annotation.colour)
        .target(prometheus.Dataquery().expr(annotation.text).ref_id("Anno").interval("60s").range())
        .title_format(annotation.title)
        .use_value_for_time(annotation.by_value)
    )
