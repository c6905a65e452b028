"""What a reader asks of the rules, without Datasette: quick reference, matrix, audit."""
