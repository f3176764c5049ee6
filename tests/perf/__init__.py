"""Tests of Peculiar."""
