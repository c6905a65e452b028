"""Labels and texts on a screen of one width."""

from __future__ import annotations

import re
from textwrap import wrap

SENTENCE_END = re.compile(r"(?<=[.?!]) (?=[A-Z0-9])")
LITTLE = 30
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


def shortened(text: str, lines: int, *, whole: bool = False) -> str:
    """The text as far as it fits on so many lines without a label; in sentences if asked.

    A sentence of which less than half would stand is left out.
    """
    if len(plain(text)) <= lines:
        return text
    sentences, rest = whole_sentences(text, lines)
    cut = cut_off(text, lines)
    shown = len(cut) - len(sentences)
    if sentences and (whole or 2 * shown < len(rest)):
        return sentences
    clause, _, end = cut.rpartition("; ")
    # Where little is lost it ends with a clause, not in the middle of one.
    return f"{clause}." if len(end) <= LITTLE and clause else f"{cut} ..."


def whole_sentences(text: str, lines: int) -> tuple[str, str]:
    """As many sentences as fit on so many lines, and the one after them."""
    sentences = SENTENCE_END.split(text)
    fitting = 0
    while len(plain(" ".join(sentences[: fitting + 1]))) <= lines:
        fitting += 1
    return " ".join(sentences[:fitting]), sentences[fitting]


def cut_off(text: str, lines: int) -> str:
    """As many words as fit on so many lines with dots behind them."""
    words = text.split()
    while len(plain(" ".join([*words, "..."]))) > lines:
        del words[-1]
    return " ".join(words)


def apart(left: str, right: str) -> str:
    """Two texts at both ends of a line."""
    room = WIDTH - len(right) - 2
    if len(left) > room:
        left = left[: room - 3].rstrip() + "..."
    return f"{left:<{room}}  {right}".rstrip()
