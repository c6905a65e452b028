"""The one style, and colours."""
