"""Holds what detectors find in telemetry against labels: predictions are on disk before a label is read."""
