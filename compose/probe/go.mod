module anclora-otel/probe

go 1.26
