"""What the parser expected, in a biller's words.

Lark says which terminals could have come; here that becomes a sentence, an example
and, where the mistake is a known one, the line as it should be written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lark import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from dsl.base.diagnostics import Diagnostic, Reporter, did_you_mean
from dsl.base.labels import ITEM_KINDS, LINES_OF
from dsl.suggest.repairs import head_meant, proposals, relabelled, tidy

OTHER_KINDS = {
    "list": "codes", "code-list": "codes", "definition": "define", "test": "scenario",
    "example": "scenario", "case": "scenario", "constant": "value", "document": "source",
}  # fmt: skip
"""Other words for a kind of item."""

HEADS: dict[str, str] = {
    "policy": "policy payer/name: Title",
    "exception": "exception name to rule-name: Title",
    "source": "source L39240: Title of the document",
    "code": "code 64483: What it is, in plain words",
}

EXAMPLES: dict[str, tuple[str, str]] = {
    "limit": (
        "a number, what is counted, `per` what, and a window: `in any 12 months` (moving),"
        " `in each calendar year`, `in one session`, `on one date`, `in a lifetime`",
        "limit: 4 sessions per region in any 12 months",
    ),
    "interval": (
        "`at least`, a number of days, weeks or months, `between sessions`, and `per` what",
        "interval: at least 14 days between sessions per region",
    ),
    "not with": (
        "codes or list names, then `on same date`",
        "not with: facet-injections on same date",
    ),
    "for": ("codes or names of code lists, and perhaps `except`", "for: esi except 62322"),
    "covered": ("`never` or `without a policy`", "covered: never"),
    "first day": (
        "the key of the source that states it, a comma and the passage, or `not found`",
        "first day: L39240, revision history",
    ),
    "read in": ("`version of` and its day", "read in: version of 2026-05-07"),
    "not carried": ("`by defers to`", "not carried: by defers to"),
    "bill as": ("the code that names what was done", "bill as: 64454"),
    "in force": (
        "`from` a date, and perhaps `through` a date",
        "in force: from 2026-01-01 through 2026-12-31",
    ),
    "otherwise": (
        "deny, fix, review, note, needs auth or needs evidence, then `for` a reason",
        "otherwise: deny for frequency",
    ),
    "if unknown": ("an outcome: needs evidence, review, note ...", "if unknown: needs evidence"),
    "if when unknown": ("an outcome: note, review, pass ...", "if when unknown: note"),
    "counting": (
        "`with modifier KX`, `without modifier KX`, `denied too` or `own claims`, with commas",
        "counting: with modifier KX",
    ),
    "looking at": (
        "`last`, a code list, and what must be the same",
        "looking at: last esi, same region",
    ),
    "cite": ("the key of a source, then a comma and the passage", "cite: L39240, limitations 7"),
    "include": ("codes, ranges or names of other lists, with commas", "include: 64479, 64480, zoster"),
    "exclude": ("codes, ranges or names of other lists, with commas", "exclude: 64492"),
    "claim": ("pairs of a name and a value, with commas", "claim: payer medicare-part-b, state CA, place 11, date 2026-03-10"),
    "chart": ("facts with their values, with commas", "chart: pain-duration 30 weeks, opioid-risk low"),
    "line": (
        "a code with its modifiers, then pairs, with commas: dx, units, place, date, level, rendering, "
        "authorization, or any fact",
        "line 1: 64483-RT, dx M54.16, units 2",
    ),
    "lines": (
        "a code with its modifiers for each line, in order, then the pairs that all of them have",
        "lines 1-3: 64483, 64484, 64484, dx M54.16",
    ),
    "earlier": (
        "a code with its modifiers, `on`, dates, then pairs: dx, units, level, rendering, status, claim, or any "
        "fact of an earlier procedure",
        "earlier: 64483-RT on 2025-04-02, 2025-06-10, pain-relief 60 percent",
    ),
    "expect": (
        "`line 1`, `lines 1-3, 5` or `every line`, an outcome or a status, `by` rules, `about` facts; or `counted 4`; or `next date 2026-04-02`",
        "expect: line 1 deny CO-151 by sessions-per-region",
    ),
    "states": ("two-letter states, with commas", "states: KY, OH"),
    "grade": ("primary, secondary or recalled", "grade: secondary"),
}  # fmt: skip
DATED_LABELS = (["include"], ["exclude"])
"""What labels with days behind them begin with."""
TEST_LABELS = frozenset({"when", "unless", "require", "means"})
TEST_WORDS = (
    "a test, such as `pain-duration at least 4 weeks`, `diagnosis in esi-diagnoses`, "
    "`modifier KX present`, `place in 11, 24`, or `all of` with bullets below it"
)
PLAIN_WORDS = {
    "WORD": "a name, a code or a number",
    "TEXT": "text",
    "_NL": "the end of the line",
    "_COMMA": "a comma",
    "PASSAGE": "a comma and the passage",
    "COLON": "`:`",
    "CMP": "`at least`, `at most`, `more than` or `less than`",
}


def label_of(line: str) -> str:
    """The label of a line: what stands before its colon, without numbers."""
    head = line.split(":", maxsplit=1)[0].strip().lower()
    head = re.sub(r"\s+", " ", head)
    if re.match(r"line \S+$", head):
        return "line"
    return re.sub(
        r" (from|through) .*$| by \S+$",
        lambda m: " by" if m[0].startswith(" by") and head.startswith("limit") else "",
        head,
    )


def is_label_line(line: str) -> bool:
    """Whether a line begins with a label of some item."""
    label = label_of(line)
    return any(label in labels for labels in LINES_OF.values())


def nearest_kind(word: str) -> str:
    """The kind of item that the word is near to or stands for, or nothing."""
    return OTHER_KINDS.get(word) or did_you_mean(word, ITEM_KINDS)


Readable = Callable[[str], bool]
"""Whether the item can be read on with this line in the place of the bad one."""


def fault(
    found: UnexpectedInput,
    chunk: list[str],
    first: int,
    at: int,
    start: int,
    report: Reporter,
    readable: Readable,
) -> Diagnostic:
    """The diagnostic for a parse fault at ``chunk[at]``.

    ``chunk[first]`` is the labelled line that it belongs to, ``chunk[0]`` the head.  Only
    what is ``readable`` is proposed.
    """
    line, column, width, text = position(found, chunk, at, start)
    kind = chunk[0].split()[0].lower()
    code, message, meant = say(found, chunk, first, kind, text)
    tried = (tidy(meant), *repairs_of(meant, chunk, first, at))
    return Diagnostic(
        code=code,
        message=message,
        file=report.file,
        line=line,
        column=column,
        width=width,
        fix=next((new for new in tried if new and readable(new)), ""),
        source=report.text_of(line),
        trail=trail_of(chunk, report),
    )


def repairs_of(meant: str, chunk: list[str], first: int, at: int) -> Iterator[str]:
    """The bad line mended in other ways: what is meant first of all, then as it stands."""
    if first == 0:
        return
    label = "-" if chunk[first].strip().startswith("-") else label_of(chunk[first])
    bare = chunk[at].split("#")[0].strip()
    if meant:
        yield from proposals(meant, label_of(meant))
        return
    yield from proposals(bare, label)


def trail_of(chunk: list[str], report: Reporter) -> tuple[str, ...]:
    """The policy's title and the item's name."""
    title = report.policy_title
    words = chunk[0].split(":")[0].split()
    name = words[1] if len(words) > 1 and words[0].lower() != "policy" else ""
    return tuple(part for part in (title, name) if part)


def position(
    found: UnexpectedInput, chunk: list[str], at: int, start: int
) -> tuple[int, int, int, str]:
    """Line, column, width and text of what was not expected."""
    line_text = (
        chunk[at].split("#")[0].rstrip() if "#" in chunk[at] else chunk[at].rstrip()
    )
    end = (start + at + 1, len(line_text) + 1, 1, "")
    if isinstance(found, UnexpectedToken):
        token = found.token
        if token.type in ("_NL", "$END") or token.line != start + at + 1:
            return end
        return (
            token.line,
            token.column or 1,
            len(str(token).rstrip()),
            str(token).rstrip(),
        )
    if isinstance(found, UnexpectedCharacters):
        if found.column > len(line_text):
            return end
        column, text = word_around(line_text, found.column)
        return found.line, column, len(text), text
    return end


def word_around(line: str, column: int) -> tuple[int, str]:
    """The blank-separated word that holds a column, with its own column."""
    begin = line.rfind(" ", 0, column) + 1
    match = re.match(r"[^\s,]+", line[begin:])
    return (begin + 1, match[0]) if match else (column, line[column - 1 : column])


def say(
    found: UnexpectedInput, chunk: list[str], first: int, kind: str, text: str
) -> tuple[str, str, str]:
    """Code, message and what to write for a fault."""
    written = chunk[first].strip()
    label = label_of(written)
    if first == 0:
        return (
            "P001",
            "The head of an item is its kind, its name (lower case, hyphens for blanks), "
            f"a colon and a title: `{HEADS.get(kind, f'{kind} name: Title')}`.",
            head_meant(chunk[0]),
        )
    bullet = written.startswith("-")
    strange = label not in LINES_OF[kind] and label.split()[:1] not in DATED_LABELS
    if not bullet and strange and ":" in written:
        return unknown_label(written, label, kind)
    if known := known_mistake(written, label, text):
        return known
    if not bullet and ":" not in written:
        return no_colon(written, kind)
    if bullet or label in TEST_LABELS:
        return "P001", f"I cannot read {shown(text)} here. I expected {TEST_WORDS}.", ""
    if label in EXAMPLES:
        expected, example = EXAMPLES[label]
        return (
            "P001",
            f"I cannot read {shown(text)} here. I expected {expected}, as in `{example}`.",
            "",
        )
    return (
        "P001",
        f"I cannot read {shown(text)} here. I expected {accepted(found)}.",
        "",
    )


def shown(text: str) -> str:
    """The unexpected text, or the end of the line."""
    return f"`{text}`" if text else "the end of the line"


def accepted(found: UnexpectedInput) -> str:
    """The terminals that could have come, in plain words."""
    names = getattr(found, "accepts", None) or getattr(found, "allowed", None) or set()
    words = {
        PLAIN_WORDS.get(name, f"`{name.lower()}`")
        for name in names
        if not name.startswith("__")
    }
    return " or ".join(sorted(words)) or "something else"


def unknown_label(written: str, label: str, kind: str) -> tuple[str, str, str]:
    """A label that this kind of item does not have."""
    known = LINES_OF[kind]
    near = did_you_mean(label, known)
    content = written.partition(":")[2].strip()
    message = (
        f"`{label}` is no line of {a_kind(kind)}. Its lines are: {', '.join(known)}."
    )
    meant = relabelled(label, content, kind, known)
    homes = [other for other in ITEM_KINDS if label in LINES_OF[other]]
    if homes and not near:
        message += f" (`{label}` belongs to: {', '.join(homes)}.)"
    return "P003", message, meant or (f"{near}: {content}" if near else "")


def a_kind(kind: str) -> str:
    """A kind of item with its article; what is a plural is said otherwise."""
    plural = {"codes": "a list of codes", "reasons": "a table of reasons"}
    return plural.get(kind, f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}")


def no_colon(written: str, kind: str) -> tuple[str, str, str]:
    """A line without a label."""
    words = written.split()
    for size in (3, 2, 1):
        label = " ".join(words[:size]).lower()
        if label in LINES_OF[kind]:
            rest = " ".join(words[size:])
            return "P001", f"A colon is missing after `{label}`.", f"{label}: {rest}"
    message = (
        f"I cannot tell what this line is. A line begins with its label and a colon "
        f"({', '.join(LINES_OF[kind][:6])} ...), prose with `|`, a comment with `#`."
    )
    return "P001", message, ""


LISTS = frozenset(
    {"for", "not with", "bill as", "include", "exclude", "states", "plans", "ids", "filing", "choices",
     "add-on to", "stands for", "line", "chart", "claim", "earlier"}
)  # fmt: skip
"""Labels whose content is a list."""


def known_mistake(written: str, label: str, text: str) -> tuple[str, str, str] | None:
    """Mistakes that have a message of their own."""
    lower = text.lower()
    if lower in ("rolling", "within", "every", "past", "last") and label == "limit":
        return (
            "P007",
            "I expected one of: `any` (a moving window), `each` (a calendar window), "
            "`one`, `a lifetime`.",
            "",
        )
    if (lower in ("and", "or", "&") or text[:1] == ";") and label in LISTS:
        return (
            "P001",
            f"I cannot read `{text[:3].strip()}` here. Between the parts of a list stands a comma.",
            re.sub(r"\s*(,?\s*\b(and|or)\b|[;&])\s*", ", ", written),
        )
    if label in ("include", "exclude", "for") and lower in ("to", "through", "thru"):
        return (
            "P001",
            "A range of codes is written with a hyphen: `64490-64495`.",
            re.sub(rf"\s+{text}\s+", "-", written, count=1),
        )
    if label == "interval" and lower in ("since", "after", "from"):
        return (
            "P001",
            "An interval lies between sessions of the rule's own codes: `interval: at least "
            "30 days between sessions per region`.",
            "",
        )
    if lower == "with" and re.search(r"\bsame-day \S+, with modifier\b", written):
        return (
            "P001",
            "A count of the same day asks only for what is the same: `at least 1 same-day esi, "
            "same region`. The modifiers of other lines cannot be asked for.",
            "",
        )
    if (
        not text
        and label == "limit"
        and " in " not in written
        and " on " not in written
    ):
        return (
            "P001",
            "A window is missing: in which time is counted. Write it at the end: `in any 12 "
            "months`, `in each calendar year`, `in one session`, `on one date`.",
            "",
        )
    if lower in ("until", "to", "since", "till", "starting", "effective"):
        word = "from" if lower in ("since", "starting", "effective") else "through"
        return (
            "P008",
            "Days are `from` a date and `through` a date, both included.",
            re.sub(rf"\b{text}\b", word, written, count=1),
        )
    if lower in ("and", "or") and re.search(
        r"\band\b.*\bor\b|\bor\b.*\band\b", written
    ):
        return (
            "P006",
            "A line joins its tests by `and` or by `or`, never by both. Write a bulleted "
            "group: `any of` with one bullet a test, `all of` one step deeper with `--`.",
            "",
        )
    if text[:1] in ('"', "'"):
        return (
            "P001",
            "No quote marks are needed, and none are read.",
            written.replace(text[:1], ""),
        )
    if lower == "never" and label == "require":
        return (
            "P001",
            "What is never paid is said as `covered: never`.",
            "covered: never",
        )
    return None
