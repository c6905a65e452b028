"""Earlier services from files: whose they are, what was done, and the file that keeps them."""

from kb.history.known import KnownHistory, known_history, with_history

__all__ = ["KnownHistory", "known_history", "with_history"]
