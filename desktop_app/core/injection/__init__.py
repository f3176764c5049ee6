"""Signals of known truth in a user's own light curve: how far what is found can be trusted."""
