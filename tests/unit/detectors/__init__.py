"""Tests of the detectors, one file each."""
