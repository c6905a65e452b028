"""The compiled rule."""
