"""How each table is laid out in CMS's files: a module a table."""
