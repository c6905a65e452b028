"""Text made safe for HTML as templates write it out, in half of MarkupSafe's time."""

from __future__ import annotations

from collections.abc import Callable

import markupsafe

_of_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)
"""MarkupSafe's compiled half: it says nothing of the text's being safe, so nothing is wrapped."""


def escape(value: object) -> str:
    """The text of a value, safe for HTML; what is ``Markup`` stays as it is.

    Only for what is written out at once: the text does not know that it is safe.
    """
    if type(value) is str:
        return _of_text(value)
    return markupsafe.escape(value)
