"""FITS files at their border: headers, HDUs and tables, bounded and guarded."""
