"""Checking a claim in the browser and by HTTP: nothing of it is kept, logged or sent on."""
