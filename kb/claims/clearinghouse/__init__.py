"""Professional claims in the JSON in which clearinghouses take an 837P."""
