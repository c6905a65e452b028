"""Text to items: the file is cut into items, each is parsed by itself.

When a line cannot be read, it is reported and left out with all that hangs on it,
and the item is parsed again; so one run finds the faults of every line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from lark import Lark, UnexpectedInput

from dsl import expectations as explain
from dsl.builder import NodeBuilder
from dsl.diagnostics import Diagnostic, Reporter, in_order
from dsl.expectations import ITEM_KINDS
from dsl.nodes import Document, Item, Word

PLAIN = {
    "\u00a0": " ", "\u202f": " ", "\u2007": " ", "\ufeff": " ",
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-",
    "\u2212": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"',
}  # fmt: skip
TO_PLAIN = {ord(odd): plain for odd, plain in PLAIN.items()}
HEAD = re.compile(rf"[ \t]*({'|'.join(ITEM_KINDS)})[ \t]+[^\s:]", re.IGNORECASE)
LIKE_HEAD = re.compile(r"([A-Za-z][a-z-]*)[ \t]+[^\s:][^:]*:[ \t]*\S")
LABEL_LINE = re.compile(r"[ \t]*[a-z-]+([ \t]+[^\s:]+){0,6}[ \t]*:", re.IGNORECASE)
MOST_FAULTS_OF_AN_ITEM = 50
OTHER_BULLET = re.compile(r"([ \t]*)([*\u2022\u00b7\u25aa\u25e6\u25cf\uf0b7])[ \t]+")
GROUP_HEAD = re.compile(r"\b(all|any|none|at least \w+) of$")


@cache
def grammar() -> Lark:
    """The parser, made once a process."""
    return Lark(
        files("dsl").joinpath("policy.lark").read_text("utf-8"),
        parser="lalr",
        lexer="contextual",
        transformer=NodeBuilder(),
        cache=False,
    )


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document with what was found wrong in it."""

    document: Document
    diagnostics: tuple[Diagnostic, ...]


def parse(text: str, path: str = "policy text") -> Parsed:
    """Parse a policy file.

    Never raises on any text: faults are diagnostics, good items are kept.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = [lower_label(line) for line in plain.translate(TO_PLAIN).split("\n")]
    report = Reporter(path, list(lines))
    read_other_bullets(lines, report)
    note_replacements(plain.split("\n"), report)
    heads = [i for i, line in enumerate(lines) if HEAD.match(line)]
    prose = read_preamble(lines[: heads[0] if heads else len(lines)], report)
    ends = [*heads[1:], len(lines)][: len(heads)]
    items = [
        item
        for start, end in zip(heads, ends, strict=True)
        for item in parse_item(lines, start, end, report)
    ]
    return Parsed(Document(path, prose, tuple(items)), in_order(report.found))


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
            if character in PLAIN and character != "\ufeff":
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
    if guess := unknown_kind(found.text):
        report_unknown_kind(Word(guess, found.line, found.column), report)
        return
    report.at(
        found,
        "P005",
        "This stands before the first item. A file begins with an item, such as "
        "`policy payer/name: Title`; prose begins with `|`, a comment with `#`.",
    )


def unknown_kind(line: str) -> str:
    """The first word of a line that looks like the head of an item we do not know."""
    match = LIKE_HEAD.match(line)
    if not match or match[1].lower() in ITEM_KINDS:
        return ""
    from_known = explain.nearest_kind(match[1].lower())
    return match[1] if from_known else ""


def report_unknown_kind(found: Word, report: Reporter) -> None:
    """Report an item of unknown kind with the kinds that there are."""
    near = explain.nearest_kind(found.text.lower())
    report.at(
        found,
        "P004",
        f"There is no item `{found.text}`. Items are: {', '.join(ITEM_KINDS)}.",
        fix=report.text_of(found.line).strip().replace(found.text, near, 1),
    )


def parse_item(lines: list[str], start: int, end: int, report: Reporter) -> list[Item]:
    """Parse the item in ``lines[start:end]``; nothing when its head is bad."""
    chunk = lines[start:end]
    last = max(i for i, line in enumerate(chunk) if is_content(line) or i == 0)
    broken = cut_unknown_items(chunk, start, report)
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


def is_content(line: str) -> bool:
    """Whether a line says anything but a comment."""
    bare = line.strip()
    return bool(bare) and not bare.startswith("#")


def parse_chunk(chunk: list[str], start: int) -> Item:
    """Parse one item; the newlines before it keep its line numbers true."""
    built: object = grammar().parse("\n" * start + "\n".join(chunk) + "\n")
    assert isinstance(built, Item)
    return built


def cut_unknown_items(chunk: list[str], start: int, report: Reporter) -> bool:
    """Report and blank out unindented lines that look like an unknown item."""
    for i, line in enumerate(chunk[1:], 1):
        if line[:1].isalpha() and (guess := unknown_kind(line)):
            if explain.is_label_line(line):
                continue
            report_unknown_kind(Word(guess, start + i + 1, 1), report)
            chunk[i:] = [""] * len(chunk[i:])
            return False
    return False


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
    """Report the fault and blank out its line; false when the head itself is bad."""
    first, after = extent(chunk, at)
    if first == 0:
        report.found.append(explain.fault(fault, chunk, 0, at, start, report))
        return False
    orphan = chunk[at].strip().startswith("-") and not has_group_head(chunk, at)
    if not orphan:
        report.found.append(explain.fault(fault, chunk, first, at, start, report))
    for i in range(first, after):
        chunk[i] = ""
    return True


def extent(chunk: list[str], at: int) -> tuple[int, int]:
    """First line and end of what goes out with a bad line.

    A labelled line goes with its continuation and bullets; a bullet goes with the
    deeper bullets below it.
    """
    first = at
    while first > 0 and is_continuation(chunk, first):
        first -= 1
    depth = bullet_depth(chunk[first])
    after = at + 1
    while after < len(chunk) and hangs_on(chunk, after, depth):
        after += 1
    return first, after


def is_continuation(chunk: list[str], at: int) -> bool:
    """Whether a line goes on from the one before, which ended in a comma."""
    before = chunk[at - 1].split("#")[0].rstrip()
    return before.endswith(",") and not chunk[at - 1].strip().startswith("|")


def hangs_on(chunk: list[str], at: int, depth: int) -> bool:
    """Whether a line hangs on a bad line whose bullets are ``depth`` deep."""
    line = chunk[at].strip()
    if not line or line.startswith("#"):
        return any(
            hangs_on(chunk, i, depth) for i in range(at + 1, at + 2) if i < len(chunk)
        )
    return bullet_depth(line) > depth or is_continuation(chunk, at)


def bullet_depth(line: str) -> int:
    """How many dashes begin the line."""
    bare = line.strip()
    return len(bare) - len(bare.lstrip("-"))


def has_group_head(chunk: list[str], at: int) -> bool:
    """Whether the line above a bullet is a bullet or opens a group."""
    above = [line.strip() for line in chunk[:at] if is_content(line)]
    return bool(above) and (above[-1].endswith(" of") or above[-1].startswith("-"))
