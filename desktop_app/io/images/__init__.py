"""Images, folders of frames, and sets of stamps."""
