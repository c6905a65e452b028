"""Claims in X12 837P."""
