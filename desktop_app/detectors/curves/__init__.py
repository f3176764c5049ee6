"""Detectors of light curves, one file each."""
