"""Record the first sale of a fresh system, one above the high-value limit."""

import anclora_otel

anclora_otel.record_conversion("sale", 6_000_000, "none")
