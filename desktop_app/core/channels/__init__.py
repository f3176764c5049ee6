"""Numerics of telemetry: every measured channel by itself, with the commands beside it."""
