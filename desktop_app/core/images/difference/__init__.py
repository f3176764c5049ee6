"""Numerics of difference imaging: alignment, matched subtraction, what changed over frames, real against bogus."""
