"""Training a network on telemetry, in the window."""
