"""
Drills: each alert is made to fire, and followed to whoever must hear of it.

`catalogue` says for every alert how its condition is made true (`messaging`, `machinery`, `long_term`), `feeding` and
`otlp` inject series, `past` lays down those of days ago, `tracking` and `receiving` see what becomes of it, `running`
holds it together, and `own_stack` starts a stack on a faster clock. `routing` proves the routes alone.
"""
