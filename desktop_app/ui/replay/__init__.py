"""The live replay of telemetry in the window."""
