"""The pages of the linter's checks: avoid, prefer, why."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path

from dsl.lint import CHECKS


def pages_folder() -> Path:
    """Where the pages are: in the wheel, or in the documents of a checkout."""
    packed = Path(str(files("kb"))) / "shipped" / "messages"
    return packed if packed.is_dir() else packed.parents[2] / "docs" / "messages"


@cache
def message_page(code: str) -> str:
    """The page of a check as Markdown, its examples as plain code.

    Raises ``KeyError`` when there is no such check.
    """
    if code not in CHECKS:
        raise KeyError(code)
    text = (pages_folder() / f"{code}.md").read_text("utf-8")
    return re.sub(
        r"^```(policy|words) (avoid|prefer)$", r"```\1", text, flags=re.MULTILINE
    )
