"""Tables of text, VOTable and parquet, and what their columns are."""
