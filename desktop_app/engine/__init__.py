"""Jobs, detection, cache: what the faces share; no Qt."""
