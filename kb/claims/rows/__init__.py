"""Claims in tables, one service line a row."""
