"""
The dashboards in Python, from which `anclora-otel dashboards render` writes ``dashboards/*.json``.

`model` has the types, `selectors` writes queries over the catalogue, each dashboard is a module of its own, `checks`
finds what cannot work, and `rendering` alone needs grafana-foundation-sdk (Python 3.11 and later).
"""
