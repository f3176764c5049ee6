"""Target pixel files."""
