"""Detectors of telemetry, one file each: every measured channel by itself."""
