"""A local page that draws the committed dashboards with live data, for those who have no Grafana at hand."""

from __future__ import annotations

from anclora_otel.stack.preview.charts import CHARTS, chart_library
from anclora_otel.stack.preview.files import Dashboards
from anclora_otel.stack.preview.proxy import Upstream
from anclora_otel.stack.preview.server import PORT, PreviewServer

__all__ = ["CHARTS", "PORT", "Dashboards", "PreviewServer", "Upstream", "chart_library"]
