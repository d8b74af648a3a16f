"""Applications that show anclora-otel at work."""
