"""Periodic signals: their table, the folded curve, marks in the curve, and what the session does about them."""
