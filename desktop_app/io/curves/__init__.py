"""Light curves out of FITS products and surveys, and what their times count from."""
