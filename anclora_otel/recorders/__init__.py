"""
Recorder functions: one for each thing that happens, two or three lines each.

They take what happened in the order in which users of the Node.js module know it, never raise, and write to the
instruments in use (`anclora_otel.instruments.current`).
"""
