"""Holds what detectors find against a table of what is known: predictions first, labels only afterwards."""
