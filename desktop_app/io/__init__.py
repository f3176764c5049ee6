"""Readers, one file a format: from a file to a dataset."""
