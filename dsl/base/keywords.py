"""Keywords of the grammars end where words end.

Lark reads a keyword such as ``deny`` wherever its letters stand, so that ``denyfor`` would
be two keywords.  Here each is made to stop only where no word goes on.
"""

from __future__ import annotations

import re

from lark.lexer import PatternRE, PatternStr, TerminalDef

GOES_ON = r"[A-Za-z0-9$%._/*'@-]"
"""What may stand in a word after its first letter, in either grammar."""


def end_where_words_end(terminal: TerminalDef) -> None:
    """Make a keyword match whole words only; Lark calls this for each terminal."""
    pattern = terminal.pattern
    if isinstance(pattern, PatternStr) and pattern.value[-1].isalnum():
        terminal.pattern = PatternRE(rf"{re.escape(pattern.value)}(?!{GOES_ON})")
        # Before the terminal of all words, which matches a keyword as well.
        terminal.priority = 1
