"""The only reader of the database for pages and commands: typed records."""
