"""Images and stamps: how they are looked at."""
