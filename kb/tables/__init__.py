"""CMS's own tables: editions imported whole, looked up by code and day."""
