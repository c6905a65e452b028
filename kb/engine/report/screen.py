"""Labels and texts on a screen of one width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap

SENTENCE_END = re.compile(r"(?<=[.?!]) (?=[A-Z0-9])")
CLAUSE_END = re.compile(r"[;:] ")
ONLY_A_NAME = re.compile(r"(?:^|[.] )(?:lines? [-\d, and]+|as billed)$", re.IGNORECASE)
"""What stands before a colon and says nothing by itself."""
WIDTH = 88
OF_CLAIM = 2, 9
"""Where labels of the claim begin, and how wide they are."""
OF_LINE = 4, 8


def labelled(label: str, text: str, place: tuple[int, int] = OF_LINE) -> list[str]:
    """A label and a text beside it, wrapped below its beginning."""
    start, width = place
    head = " " * start + f"{label:<{width}}"
    if label and not head.endswith(" "):
        head += "  "
    indent = " " * (start + width)
    found = wrap(
        text,
        WIDTH,
        initial_indent=head,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return found or [head.rstrip()]


def plain(text: str, start: int = 2) -> list[str]:
    """A text without a label, wrapped."""
    indent = " " * start
    return wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def shortened(text: str, lines: int) -> str:
    """As many whole sentences as fit on so many lines without a label.

    Of the one after them as much as stands before one of its colons or semicolons and
    fits too; a first sentence without any is told whole.
    """
    if len(plain(text)) <= lines:
        return text
    ends = sorted((*beginnings(text), *clauses(text)), key=len, reverse=True)
    fitting = (told for told in ends if len(plain(told)) <= lines)
    return next(fitting, next(beginnings(text), text))


def beginnings(text: str) -> Iterator[str]:
    """The first sentence, the first two, and so on, without the last."""
    for end in SENTENCE_END.finditer(text):
        yield text[: end.start()]


def clauses(text: str) -> Iterator[str]:
    """What stands before each colon and semicolon, as a sentence.

    Not inside of brackets or quotes, and not behind the name of a line alone.
    """
    for end in CLAUSE_END.finditer(text):
        told = text[: end.start()]
        whole = told.count("(") == told.count(")") and told.count('"') % 2 == 0
        if whole and not ONLY_A_NAME.search(told):
            yield f"{told}."


def apart(left: str, right: str) -> str:
    """Two texts at both ends of a line."""
    room = WIDTH - len(right) - 2
    if len(left) > room:
        left = left[: room - 3].rstrip() + "..."
    return f"{left:<{room}}  {right}".rstrip()
