"""Numerics of pictures: sources, cut-outs, what they look like, what is strange among them."""
