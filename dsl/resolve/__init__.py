"""Names to things: vocabulary, scopes, overlays, values, codes."""
