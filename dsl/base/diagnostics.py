"""Diagnostics as values: what was found, where, what was expected, what to write."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from dsl.base.characters import disarmed
from dsl.base.near import Nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dsl.base.source import Word

Severity = Literal["error", "warning", "note"]

CATALOGUE: dict[str, str] = {
    "P001": "a line that cannot be read",
    "P002": "a character replaced by its plain form",
    "P003": "a line that does not belong in this item",
    "P004": "an unknown kind of item",
    "P005": "text before the first item",
    "P006": "`and` and `or` mixed on one line",
    "P007": "a moving window written in other words",
    "P008": "dates written in other words",
    "P009": "a file that cannot be read",
    "P010": "a name that is not declared",
    "P011": "a name declared twice",
    "P012": "a code of a wrong shape",
    "P013": "codes of several kinds in one list",
    "P014": "a range that cannot be stepped through",
    "P015": "a date that is no date",
    "P016": "a span that ends before it starts",
    "P017": "a fact used as another kind of thing",
    "P018": "units that do not compare",
    "P019": "a fact without its owner",
    "P020": "a line that is missing",
    "P021": "a line given twice",
    "P022": "more than one duty",
    "P023": "no duty",
    "P024": "no citation",
    "P025": "a word that is not one of the choices",
    "P026": "names that define each other",
    "P027": "an overlay of something that is not there",
    "P028": "versions that overlap",
    "P029": "a role that no source fills",
    "P030": "a part of the language that is not built yet",
    "P031": "an expectation that cannot hold",
    "P032": "an outcome without a reason",
    "P033": "a number that is no number",
    "P034": "a list without codes",
    "P035": "a value without days or cases",
    "P036": "a character that is not seen, or moves what is seen",
    "P037": "a test, a chain or a list of names that is too large",
    "P038": "an address that is not of the web",
    "P039": "a link, or no file: not read",
}


Place = Literal["word", "line", "below"]
WIDEST_LINE = 400
"""Characters of a line that a message shows."""
MISSING = frozenset({"P019", "P020", "P024"})
"""Messages about a line that is not there: what to write goes below the head of the item."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message about one place of one file."""

    code: str
    message: str
    file: str
    line: int
    column: int = 1
    width: int = 1
    fix: str = ""
    """What to write instead, as text that could stand in the file."""
    severity: Severity = "error"
    source: str = ""
    """The line of the file that it is about."""
    trail: tuple[str, ...] = field(default=())
    """Titles from the policy down: ``("Epidurals (CGS)", "two-levels")``."""

    @property
    def put(self) -> Place:
        """Where the fix goes."""
        return place_of_fix(self.code, self.fix)

    def render(self) -> str:
        """The message as a person reads it, with the line underlined."""
        head = f"{disarmed(self.file)}:{self.line}  "
        shown, begin = around(self.source.replace("\t", " "), self.column - 1)
        before, meant = shown[:begin], shown[begin : begin + max(1, self.width)]
        lines = [head + disarmed(shown.lstrip(" "))]
        if shown.strip():
            indent = len(head) + len(disarmed(before.lstrip(" ")))
            width = min(self.width, len(shown) - begin)
            lines.append(" " * indent + "^" * max(1, len(disarmed(meant)), width))
        lines.append(f"  {disarmed(self.message)}")
        if self.fix:
            lines.append(f"  Write:  {disarmed(self.fix)}")
        trail = disarmed(" > ".join(self.trail))
        lines.append(f"  [{self.code}]  {trail}".rstrip())
        return "\n".join(lines)


def around(line: str, begin: int) -> tuple[str, int]:
    """A line, or of a very long one what stands about a place, and where the place is then.

    A line is shown once for each of its faults, so all of it would square with its length.
    """
    if len(line) <= WIDEST_LINE:
        return line, begin
    first = max(0, begin - WIDEST_LINE // 2)
    last = first + WIDEST_LINE
    head, tail = "..." * (first > 0), "..." * (last < len(line))
    return f"{head}{line[first:last]}{tail}", begin - first + len(head)


def place_of_fix(code: str, fix: str) -> Place:
    """Where a fix goes: for the word, for the whole line, or below the head of the item."""
    if code in MISSING:
        return "below"
    return "line" if ":" in fix or fix.startswith(("-", "|")) else "word"


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by file, line and column, each once."""
    unique: dict[tuple[str, int, int, str, str], Diagnostic] = {}
    for d in diagnostics:
        unique.setdefault((d.file, d.line, d.column, d.code, d.message), d)
    return tuple(unique[key] for key in sorted(unique))


MOST_LISTED = 60


def listed(known: Iterable[str]) -> str:
    """Names with commas between; of very many only the first, and how many more."""
    names = list(known)
    more = len(names) - MOST_LISTED
    shown = ", ".join(names[:MOST_LISTED])
    return f"{shown} and {more:,} more" if more > 0 else shown


WORDS_OF_THEIR_OWN = frozenset({"site", "sites", "minute", "minutes", "hour", "hours"})
"""Words that people mean as they write them, however near to another they are."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest of a few known words, or an empty string; of many, ``Nearest`` tells."""
    if word.lower() in WORDS_OF_THEIR_OWN:
        return ""
    return nearest(word, tuple(sorted(known)))


# One file of words that is missing makes the same few words unknown thousands of times.
@lru_cache(maxsize=1024)
def nearest(word: str, known: tuple[str, ...]) -> str:
    """The nearest of sorted words, or an empty string."""
    return Nearest(known).to(word)


@dataclass(slots=True)
class Reporter:
    """Collects the diagnostics of one file and knows its lines."""

    file: str
    lines: list[str]
    found: list[Diagnostic] = field(default_factory=list)
    trail: tuple[str, ...] = ()
    policy_title: str = ""
    """The title of the file's policy, for messages of lines that were not read yet."""

    def at(
        self,
        word: Word,
        code: str,
        message: str,
        *,
        fix: str = "",
        severity: Severity = "error",
    ) -> None:
        """Report something about a word."""
        self.found.append(
            Diagnostic(
                code=code,
                message=message,
                file=self.file,
                line=word.line,
                column=word.column,
                width=len(word.text),
                fix=fix,
                severity=severity,
                source=self.text_of(word.line),
                trail=self.trail,
            )
        )

    def text_of(self, line: int) -> str:
        """The text of a 1-based line, empty past the end."""
        return self.lines[line - 1] if 0 < line <= len(self.lines) else ""

    def within(self, *titles: str) -> Reporter:
        """The same reporter with another heading trail."""
        return replace(self, trail=tuple(t for t in titles if t))
