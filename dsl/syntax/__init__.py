"""Text to nodes: grammar, parser, builder."""
