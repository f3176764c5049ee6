"""Detectors of pictures: what in them does not belong, and where."""
