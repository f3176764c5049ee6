"""Telling the columns of a table apart."""
