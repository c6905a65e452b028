"""Earlier services from files: whose they are, what was done, and the file that keeps them.

What knows them is imported when it is first asked for: most commands are given no history.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.history.known import KnownHistory, known_history, with_history

__all__ = ["KnownHistory", "known_history", "with_history"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from kb.history import known  # noqa: PLC0415

    found: object = getattr(known, name)
    return found
