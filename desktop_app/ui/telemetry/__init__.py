"""Telemetry: rows of channels and what is marked in them."""
