"""What a file is made of, whatever it holds."""
