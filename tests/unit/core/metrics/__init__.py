"""Tests of what answers are worth."""
