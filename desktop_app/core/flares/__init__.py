"""Flares: their shapes, matched filters that find candidates, and what is measured of those that are real."""
