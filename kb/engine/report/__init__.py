"""An answer in words and in JSON."""
