"""Detectors of sets of cut-outs: how strange each stamp is among the others."""
