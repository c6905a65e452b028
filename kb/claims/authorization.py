"""Authorization numbers: what a payer may have issued, and what is only a word about one."""

from __future__ import annotations

import re

_SAYS_NONE = re.compile(
    r"(?<!\S)(N/?A|NONE|NPR|NOT|PEND(ING)?|REQUESTED|REQUIRED|APPLIED|VERBAL|WAITING"
    r"|TBD|UNKNOWN|SUBMITTED|EXEMPT|WAIVED)(?![^\s.:])"
)


def may_be_issued(text: str) -> bool:
    """Whether a payer may have issued it: a digit in it, and not a word about one."""
    signs = set(text) - set(" -./")
    return (
        len(signs) > 1
        and any(sign.isdigit() and sign != "0" for sign in signs)
        and _SAYS_NONE.search(text.upper()) is None
    )
