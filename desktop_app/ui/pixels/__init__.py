"""Target pixels: frames, apertures, a film."""
