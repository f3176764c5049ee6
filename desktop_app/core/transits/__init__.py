"""Periodic and single transits: the search, the fit, and what speaks for and against a planet."""
