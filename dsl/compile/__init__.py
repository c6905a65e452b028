"""Nodes to the compiled model."""
