"""Types and numerics: numpy, scipy and astropy.time; no files, no Qt."""
