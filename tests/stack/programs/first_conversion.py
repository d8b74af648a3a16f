"""Record one conversion of a campaign that nobody has seen before."""

import anclora_otel

anclora_otel.record_conversion("appointment", None, "never-seen-before")
