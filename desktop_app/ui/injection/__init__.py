"""The recovery of injected signals in the window."""
