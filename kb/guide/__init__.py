"""The guide as plain files: the same pages, a search and the claim check, for any file server."""
