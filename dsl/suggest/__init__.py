"""What to say to a fault: expectations in words, and the line as it should be."""
