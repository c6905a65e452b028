"""The only writer of the database: a model to rows to one file."""
