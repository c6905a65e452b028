"""Many claims judged at once: rules over columns."""
