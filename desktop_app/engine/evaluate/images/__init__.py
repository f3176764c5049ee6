"""Evaluations of pictures: rare classes among cut-outs, artefacts in frames, alerts."""
