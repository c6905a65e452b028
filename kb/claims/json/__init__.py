"""Claims in JSON."""
