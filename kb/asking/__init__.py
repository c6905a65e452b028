"""Questions in one's own words: read without a grammar, answered from the cards."""
