"""The map of objects: what looks alike lies together."""
