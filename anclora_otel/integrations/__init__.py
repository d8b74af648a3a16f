"""One module for each framework that anclora-otel plugs into."""
