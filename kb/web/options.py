"""The options of a choice as HTML, made once: every page has some hundred of them."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup, escape

Entries = tuple[tuple[str, str], ...]
"""Values with what is shown for each."""


def options(entries: Entries, chosen: str = "") -> Markup:
    """The options, the one of the ``chosen`` value selected."""
    found = _all_of(entries)
    if not chosen:
        return found
    value = f'value="{escape(chosen)}"'
    return Markup(str(found).replace(value, f"{value} selected", 1))  # noqa: S704  (escaped)


@lru_cache(maxsize=64)
def _all_of(entries: Entries) -> Markup:
    option = Markup('<option value="{}">{}</option>')
    return Markup().join(option.format(value, title) for value, title in entries)
