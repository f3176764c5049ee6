"""The name under which an installed bundle starts: ``python -m peculiar``."""
