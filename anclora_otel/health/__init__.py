"""The health of a service, from checks that run side by side."""
