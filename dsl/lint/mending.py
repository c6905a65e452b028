"""Findings that can be mended without asking: what is written says the same afterwards.

Only wording and needless items are mended.  What would change an answer stays with the
author, and so does what was written on purpose and is not used yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from dsl.base.diagnostics import Diagnostic
from dsl.lint.review_days import spread_day
from dsl.syntax.parser import HEAD

Mend = Callable[[list[str], int], None]
ISO_DAY = len("2026-01-31")


def without_period(lines: list[str], at: int) -> None:
    """The title without its period."""
    lines[at] = lines[at].rstrip().removesuffix(".")


def without_item(lines: list[str], at: int) -> None:
    """The file without the item that begins there, up to the next one's comments."""
    end = at + 1
    while end < len(lines) and not HEAD.match(lines[end]):
        end += 1
    while end > at + 1 and lines[end - 1].startswith("#"):
        end -= 1
    del lines[at:end]


def without_line(lines: list[str], at: int) -> None:
    """The item without the line; a comment behind it stays."""
    comment = lines[at].partition("#")[2].strip()
    lines[at : at + 1] = [f"  # {comment}"] if comment else []


def spread_review(lines: list[str], at: int) -> None:
    """The source's review day where its key spreads it to; its comment stays."""
    key = lines[at].removeprefix("source ").partition(":")[0].strip()
    end = next((n for n in range(at + 1, len(lines)) if HEAD.match(lines[n])), None)
    found = {
        label: n
        for n in range(at + 1, end or len(lines))
        for label in ("read on", "review by")
        if lines[n].strip().startswith(f"{label}:")
    }
    read_on = lines[found["read on"]].partition(":")[2].strip()[:ISO_DAY]
    day = spread_day(key, date.fromisoformat(read_on))
    before, _, written = lines[found["review by"]].partition(":")
    lines[found["review by"]] = f"{before}: {day}{written.strip()[ISO_DAY:]}"


MENDERS: dict[str, Mend] = {
    "L009": spread_review,
    "L029": without_item,
    "L038": without_line,
    "L052": without_period,
}


def mended(found: Iterable[Diagnostic], texts: dict[str, str]) -> dict[str, str]:
    """The texts of the files that change, by path; ``texts`` has each file's text."""
    by_file: dict[str, list[Diagnostic]] = defaultdict(list)
    for diagnostic in found:
        if diagnostic.code in MENDERS:
            by_file[diagnostic.file].append(diagnostic)
    return {file: mend(texts[file], of_file) for file, of_file in by_file.items()}


def mend(text: str, found: list[Diagnostic]) -> str:
    """One text mended from the last line up, so that places stay true."""
    lines = text.split("\n")
    for diagnostic in sorted(found, key=lambda d: -d.line):
        MENDERS[diagnostic.code](lines, diagnostic.line - 1)
    return "\n".join(lines).rstrip("\n") + "\n"
