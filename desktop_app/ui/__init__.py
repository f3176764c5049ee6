"""The window: the only part of Peculiar that knows Qt."""
