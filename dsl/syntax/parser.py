"""Text to items: the file is cut into items, each is parsed by itself.

When a line cannot be read, it is reported and left out with all that hangs on it,
and the item is parsed again; so one run finds the faults of every line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from lark import Lark, UnexpectedInput

from dsl.base.characters import HIDDEN, name_of, unix_ends, without_mark
from dsl.base.diagnostics import Diagnostic, Reporter, in_order
from dsl.base.grammars import parser_of
from dsl.base.labels import ITEM_KINDS
from dsl.suggest import expectations as explain
from dsl.suggest.repairs import head_meant
from dsl.syntax.builder import NodeBuilder
from dsl.syntax.nodes import Document, Item, Word

PLAIN = {
    "\u00a0": " ", "\u202f": " ", "\u2007": " ",
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-",
    "\u2212": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"',
}  # fmt: skip
TO_PLAIN = {ord(odd): plain for odd, plain in PLAIN.items()}
HEAD = re.compile(rf"[ \t]*({'|'.join(ITEM_KINDS)})[ \t]+[^\s:]", re.IGNORECASE)
LIKE_HEAD = re.compile(r"([A-Za-z][a-z-]*)[ \t]+[^\s:][^:]*:")
MOST_FAULTS_OF_AN_ITEM = 50
OTHER_BULLET = re.compile(r"([ \t]*)([*\u2022\u00b7\u25aa\u25e6\u25cf\uf0b7])[ \t]+")
GROUP_HEAD = re.compile(r"\b(all|any|none|at least \w+) of$")


@cache
def grammar() -> Lark:
    """The parser, made once a process."""
    return parser_of("policy.lark", NodeBuilder())


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document with what was found wrong in it."""

    document: Document
    diagnostics: tuple[Diagnostic, ...]


def parse(text: str, path: str = "policy text") -> Parsed:
    """Parse a policy file.

    Never raises on any text: faults are diagnostics, good items are kept.
    """
    written = without_mark(unix_ends(text)).split("\n")
    report = Reporter(path, [lower_label(line.translate(TO_PLAIN)) for line in written])
    report.policy_title = first_policy_title(report.lines)
    take_hidden(written, report)
    lines = [lower_label(line.translate(TO_PLAIN)) for line in written]
    read_other_bullets(lines, report)
    note_replacements(written, report)
    renamed = name_unknown_items(lines, report)
    heads = [i for i, line in enumerate(lines) if HEAD.match(line)]
    prose = read_preamble(lines[: heads[0] if heads else len(lines)], report)
    ends = [*heads[1:], len(lines)][: len(heads)]
    items = [
        item
        for start, end in zip(heads, ends, strict=True)
        for item in parse_item(lines, start, end, report, broken=start in renamed)
    ]
    return Parsed(Document(path, prose, tuple(items)), in_order(report.found))


def first_policy_title(lines: list[str]) -> str:
    """The title behind the head of the first policy, however well that can be read."""
    heads = (line for line in lines if line[:7].lower() == "policy ")
    return next(heads, "").partition(":")[2].strip()


def take_hidden(lines: list[str], report: Reporter) -> None:
    """Report what is hidden in the lines and take it out, so that they can be read on."""
    for number, line in enumerate(lines, 1):
        if found := HIDDEN.search(line):
            bare = HIDDEN.sub("", line)
            more = len(line) - len(bare) - 1
            others = f", and {more} more such in this line" if more else ""
            report.at(
                Word(found[0], number, found.start() + 1),
                "P036",
                f"{name_of(found[0])}{others}: a policy has no characters that are not seen "
                "or that move what is seen. Remove it.",
            )
            lines[number - 1] = bare


def read_other_bullets(lines: list[str], report: Reporter) -> None:
    """Read ``*`` and pasted bullets as the dashes they stand for, and say how to write them.

    A bullet right below the head of a group is one deeper than the head, any other as deep
    as the bullet above it.
    """
    depth = 0
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        if found := OTHER_BULLET.match(line):
            above = lines[number - 2].strip() if number > 1 else ""
            depth = (
                bullet_depth(above) + 1
                if GROUP_HEAD.search(above)
                else max(1, bullet_depth(above) or depth)
            )
            dashes = "-" * min(depth, 3)
            written = f"{dashes} {line[found.end() :].strip()}"
            report.at(
                Word(found[2], number, found.start(2) + 1),
                "P001",
                "A bullet is a dash; a deeper one has two or three.",
                fix=written,
            )
            lines[number - 1] = found[1] + written
        elif bare.startswith("-"):
            depth = bullet_depth(bare)


def lower_label(line: str) -> str:
    """The line with its label in lower case: ``For:`` is read as ``for:``."""
    label, colon, content = line.partition(":")
    if colon and label != label.lower() and explain.is_label_line(line):
        return label.lower() + colon + content
    return line


def note_replacements(lines: list[str], report: Reporter) -> None:
    """Tell once a file that typographic characters were read as plain ones."""
    odd = ((i, line) for i, line in enumerate(lines, 1) if not line.isascii())
    for number, line in odd:
        for column, character in enumerate(line, 1):
            if character in PLAIN:
                report.at(
                    Word(" ", number, column),
                    "P002",
                    f"I read U+{ord(character):04X} as `{PLAIN[character]}`, here and "
                    "wherever this file has such characters.",
                    severity="note",
                )
                return


def read_preamble(lines: list[str], report: Reporter) -> str:
    """The prose before the first item; anything else there is reported."""
    prose: list[str] = []
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        if bare.startswith("|"):
            prose.append(bare[1:].removeprefix(" "))
        elif bare and not bare.startswith("#"):
            report_stray(Word(bare, number, line.index(bare) + 1), report)
    return "\n".join(prose)


def report_stray(found: Word, report: Reporter) -> None:
    """Report a line that stands before any item."""
    report.at(
        found,
        "P005",
        "This stands before the first item. A file begins with an item, such as "
        "`policy payer/name: Title`; prose begins with `|`, a comment with `#`.",
    )


def name_unknown_items(lines: list[str], report: Reporter) -> set[int]:
    """Report items of unknown kind, and read them on as of the kind that is near.

    Gives the places of their heads.
    """
    found: set[int] = set()
    for at, line in enumerate(lines):
        kind = unknown_kind(line)
        if not kind or explain.is_label_line(line):
            continue
        lines[at] = head_meant(
            line.replace(kind, explain.nearest_kind(kind.lower()), 1)
        )
        found.add(at)
        report.at(
            Word(kind, at + 1, 1),
            "P004",
            f"There is no item `{kind}`. Items are: {', '.join(ITEM_KINDS)}.",
            fix=lines[at],
        )
    return found


def unknown_kind(line: str) -> str:
    """The first word of a line that looks like the head of an item we do not know."""
    match = LIKE_HEAD.match(line)
    if not match or match[1].lower() in ITEM_KINDS:
        return ""
    titled = line.partition(":")[2].strip() or match[1].lower() in explain.OTHER_KINDS
    return match[1] if titled and explain.nearest_kind(match[1].lower()) else ""


def parse_item(
    lines: list[str], start: int, end: int, report: Reporter, *, broken: bool
) -> list[Item]:
    """Parse the item in ``lines[start:end]``; nothing when its head is bad."""
    chunk = lines[start:end]
    last = max(i for i, line in enumerate(chunk) if is_content(line) or i == 0)
    for _attempt in range(MOST_FAULTS_OF_AN_ITEM):
        try:
            built = parse_chunk(chunk, start)
        except UnexpectedInput as fault:
            at = fault_line(fault, chunk, start)
            if not report_fault(fault, chunk, start, at, report):
                return []
            broken = True
            continue
        line, end_line = start + 1, start + 1 + last
        return [replace(built, line=line, end_line=end_line, broken=broken)]
    return []


def head_above(lines: list[str], at: int) -> int:
    """Where the head of the item stands that holds a line."""
    heads = (i for i in range(min(at, len(lines) - 1), -1, -1) if HEAD.match(lines[i]))
    return next(heads, 0)


def is_content(line: str) -> bool:
    """Whether a line says anything but a comment."""
    bare = line.strip()
    return bool(bare) and not bare.startswith("#")


def parse_chunk(chunk: list[str], start: int) -> Item:
    """Parse one item that stands in its file below ``start`` lines."""
    reading = grammar().parse_interactive("\n".join(chunk) + "\n")
    # Counted, not read: lexing the lines above again for each item squares with the file.
    assert reading.lexer_thread.state
    reading.lexer_thread.state.line_ctr.line = start + 1
    built: object = reading.resume_parse()  # type: ignore[no-untyped-call]
    assert isinstance(built, Item)
    return built


def reads(lines: list[str]) -> bool:
    """Whether these lines are an item without a fault."""
    try:
        parse_chunk(lines, 0)
    except UnexpectedInput:
        return False
    return True


def fault_line(fault: UnexpectedInput, chunk: list[str], start: int) -> int:
    """Index in the chunk of the line that the fault is about."""
    line = getattr(fault, "line", -1)
    at = line - 1 - start if isinstance(line, int) and line > 0 else len(chunk) - 1
    at = min(max(at, 0), len(chunk) - 1)
    while at > 0 and not is_content(chunk[at]):
        at -= 1
    return at


def report_fault(
    fault: UnexpectedInput, chunk: list[str], start: int, at: int, report: Reporter
) -> bool:
    """Report the fault and take its line out; false when the item cannot be read on.

    A bad head is read on as it should be written.
    """
    first, after = extent(chunk, at)

    def readable(new: str) -> bool:
        if first == 0:
            return reads([new])
        return reads(alone([*chunk[:at], new, *chunk[at + 1 :]], first, after))

    orphan = chunk[at].strip().startswith("-") and not has_group_head(chunk, at)
    if first == 0 or not orphan:
        found = explain.fault(fault, chunk, first, at, start, report, readable)
        report.found.append(found)
        if first == 0:
            chunk[0] = found.fix
            return bool(found.fix)
    for i in range(first, after):
        chunk[i] = ""
    return True


def alone(chunk: list[str], first: int, after: int) -> list[str]:
    """A labelled line, or a bullet below the head of a group, as all that its item has."""
    kind = chunk[0].split()[0].lower()
    head = f"{kind} a{' to b' if kind == 'exception' else ''}: A"
    held = chunk[first:after]
    depth = bullet_depth(chunk[first])
    if not depth:
        return [head, *held]
    above = (line.strip() for line in reversed(chunk[:first]) if not bullet_depth(line))
    group = next((line for line in above if is_content(line)), "")
    choices = group.lower().startswith("limit by")
    held = [line.strip().removeprefix("-" * (depth - 1)) for line in held]
    return [
        head,
        group if choices else "means: any of" if kind == "define" else "when: any of",
        *held,
    ]


def extent(chunk: list[str], at: int) -> tuple[int, int]:
    """First line and end of what goes out with a bad line.

    A labelled line goes with its continuation and bullets; a bullet goes with the
    deeper bullets below it.  Comments and empty lines go only between such lines.
    """
    first = at
    while first > 0 and is_continuation(chunk, first):
        first -= 1
    depth = bullet_depth(chunk[first])
    after = at + 1
    for i in range(after, len(chunk)):
        if not is_content(chunk[i]):
            continue
        if bullet_depth(chunk[i]) <= depth and not is_continuation(chunk, i):
            break
        after = i + 1
    return first, after


def is_continuation(chunk: list[str], at: int) -> bool:
    """Whether a line goes on from the one before, which ended in a comma."""
    before = chunk[at - 1].split("#")[0].rstrip()
    return before.endswith(",") and not chunk[at - 1].strip().startswith("|")


def bullet_depth(line: str) -> int:
    """How many dashes begin the line."""
    bare = line.strip()
    return len(bare) - len(bare.lstrip("-"))


def has_group_head(chunk: list[str], at: int) -> bool:
    """Whether the line above a bullet is a bullet or opens a group."""
    above = (line.strip() for line in reversed(chunk[:at]) if is_content(line))
    nearest = next(above, "")
    return nearest.endswith(" of") or nearest.startswith("-")
