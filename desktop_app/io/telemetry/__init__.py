"""Telemetry in arrays, tables, HDF5 and FITS, and its labels."""
