"""Hands ``briefcase.toml`` to Briefcase, which by itself reads ``pyproject.toml`` alone."""
