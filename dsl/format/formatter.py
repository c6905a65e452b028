"""One style for policy files, with proofs that nothing but the style has changed.

An item's head stands at the left edge, its lines two spaces in, bullets four, six and
eight; a list goes on four spaces in; one empty line stands between items.  Before a
text is given back it is proved that it parses to the same tree, keeps every comment,
and formats to itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from textwrap import wrap

from dsl.base.characters import unix_ends, without_mark
from dsl.base.labels import TEXT_LABELS
from dsl.errors import PayerkbError
from dsl.suggest.expectations import label_of
from dsl.syntax import nodes as n
from dsl.syntax.parser import HEAD, TO_PLAIN, lower_label, parse

WIDTH = 88
BULLET = re.compile(r"(-{1,3})[ \t]*(.*)")
LABELLED = re.compile(r"([^:]*?)[ \t]*:[ \t]*(.*)")
SIGNS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}


class FormatError(PayerkbError):
    """A text that cannot be formatted: it has faults, or a proof failed."""


@dataclass(slots=True)
class Logical:
    """A line with its continuation, and the comments that stand in and behind it."""

    text: str
    comment: str = ""
    inner: list[str] = field(default_factory=list)
    """Comments that stood between the parts of a list."""


def format_text(text: str, path: str = "policy text") -> str:
    """The text in the one style.

    Raises ``FormatError`` when the text has errors (``payerkb check`` shows them), or
    when formatting would change a tree or lose a comment: then nothing may be written.
    """
    before = parse(text, path)
    faults = [d for d in before.diagnostics if d.severity == "error"]
    if faults:
        errors = f"{len(faults)} error{'s' if len(faults) != 1 else ''}"
        raise FormatError(f"{path} has {errors}, which `payerkb check` shows.")
    once = in_style(text)
    prove(before.document, text, once, path)
    return once


def prove(before: n.Document, text: str, once: str, path: str) -> None:
    """The proofs: same tree, same comments, stable."""
    after = parse(once, path)
    if n.meaning(before.items) != n.meaning(after.document.items) or after.diagnostics:
        raise FormatError(f"{path}: formatting would change what it says.")
    if before.prose.split() != after.document.prose.split():
        raise FormatError(f"{path}: formatting would change its first words.")
    if comments_of(text) != comments_of(once):
        raise FormatError(f"{path}: formatting would lose a comment.")
    if in_style(once) != once:
        raise FormatError(f"{path}: formatting it twice would change it again.")


def plain_lines(text: str) -> list[str]:
    """The text's lines with plain characters and labels in lower case."""
    plain = without_mark(unix_ends(text)).translate(TO_PLAIN)
    return [lower_label(line).strip() for line in plain.split("\n")]


def comments_of(text: str) -> list[str]:
    """Every comment of a text, in order."""
    found = []
    for line in plain_lines(text):
        _content, comment = split_comment(line)
        if comment:
            found.append(comment)
    return found


def is_free_text(line: str) -> bool:
    """Whether what follows the line's colon is free text, where ``#`` is text."""
    return bool(HEAD.match(line)) or label_of(line) in TEXT_LABELS


def split_comment(line: str) -> tuple[str, str]:
    """A line without its comment, and the comment from its ``#`` on."""
    if line.startswith("#"):
        return "", "# " + line.lstrip("#").strip() if line.strip("#") else "#"
    if line.startswith("|") or is_free_text(line) or "#" not in line:
        return line, ""
    content, _mark, comment = line.partition("#")
    return content.rstrip(), ("# " + comment.strip()).rstrip()


def in_style(text: str) -> str:
    """The text in the one style, not proved."""
    blocks: list[list[str]] = [[]]
    waiting: list[str] = []
    lines = plain_lines(text)
    at = 0
    while at < len(lines):
        line = lines[at]
        if HEAD.match(line):
            blocks.append([*waiting, one_space(line)])
            waiting = []
            at += 1
        elif line.startswith("#") or not line:
            if line:
                waiting.append(split_comment(line)[1])
            elif waiting and waiting[-1]:
                waiting.append("")
            at += 1
        else:
            blocks[-1] += [shifted(comment) for comment in waiting if comment]
            waiting = []
            logical, at = read_logical(lines, at)
            blocks[-1] += styled(logical, inside=len(blocks) > 1)
    if any(waiting):
        blocks.append(waiting)
    return joined([trim(block) for block in blocks if any(block)])


def joined(blocks: list[list[str]]) -> str:
    """Items with an empty line between; heads alone of one kind stand together."""
    text = ""
    for before, block in zip([[], *blocks], blocks, strict=False):
        if before:
            together = len(before) == len(block) == 1 and kind_of(before) == kind_of(
                block
            )
            text += "\n" if together and kind_of(block) else "\n\n"
        text += "\n".join(block)
    return text + "\n"


def kind_of(block: list[str]) -> str:
    """The kind of the item that a block begins with; empty for comments and prose."""
    match = HEAD.match(block[0])
    return match[1].lower() if match else ""


def trim(block: list[str]) -> list[str]:
    """A block without empty lines at its ends."""
    while block and not block[-1]:
        block = block[:-1]
    return block


def shifted(comment: str) -> str:
    """A comment inside an item."""
    return f"  {comment}"


def one_space(head: str) -> str:
    """A head with single blanks before its title, its kind in lower case."""
    match = LABELLED.fullmatch(head)
    if not match:
        return head
    kind, *names = match[1].split()
    return f"{' '.join([kind.lower(), *names])}: {match[2].rstrip()}"


def read_logical(lines: list[str], at: int) -> tuple[Logical, int]:
    """The line at ``at`` with its continuation, and where the next one begins."""
    content, comment = split_comment(lines[at])
    logical = Logical(content, comment)
    at += 1
    free = content.startswith("|") or is_free_text(content)
    while not free and logical.text.endswith(",") and at < len(lines):
        more, behind = split_comment(lines[at])
        at += 1
        if logical.comment and (more or behind):
            logical.inner.append(logical.comment)
            logical.comment = ""
        if more:
            logical.text += " " + more
        logical.comment = behind or logical.comment
    return logical, at


def styled(logical: Logical, *, inside: bool) -> list[str]:
    """A logical line in the one style, its inner comments above it."""
    text = logical.text
    if text.startswith("|"):
        prose = "| " + text[1:].removeprefix(" ")
        return [("  " if inside else "") + prose.rstrip()]
    above = [shifted(comment) for comment in logical.inner]
    bullet = BULLET.fullmatch(text)
    if bullet:
        depth = len(bullet[1])
        indent = " " * (2 + 2 * depth)
        return above + folded(
            f"{bullet[1]} {spaced(bullet[2])}", indent, logical.comment
        )
    match = LABELLED.fullmatch(text)
    if match and label_of(text) in TEXT_LABELS:
        return [f"  {' '.join(match[1].split())}: {match[2].rstrip()}"]
    if match and label_of(text) == "cite":
        ref, comma, passage = match[2].partition(",")
        cited = f"cite: {ref.strip()}" + (f", {passage.strip()}" if comma else "")
        return [*above, with_comment(f"  {cited}", logical.comment)]
    body = (
        f"{' '.join(match[1].split())}: {spaced(match[2])}" if match else spaced(text)
    )
    return above + folded(body.rstrip(), "  ", logical.comment)


def spaced(content: str) -> str:
    """Structured content with single blanks, commas and signs written out."""
    text = re.sub(r"\s*,\s*", ", ", content)
    text = re.sub(r"(?<![<>=])(>=|<=|>|<)(?![<>=])", lambda m: f" {SIGNS[m[0]]} ", text)
    return re.sub(r"\s+", " ", text).strip()


def folded(text: str, indent: str, comment: str) -> list[str]:
    """A line, folded after commas when it is too long."""
    whole = indent + text
    if len(whole) <= WIDTH or ", " not in text:
        return [with_comment(whole, comment)]
    glued = re.sub(r"(?<!,) ", "\0", text)
    parts = wrap(
        glued,
        WIDTH - len(indent),
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    lines = [indent + part.replace("\0", " ") for part in parts]
    lines[-1] = with_comment(lines[-1], comment)
    return lines


def with_comment(line: str, comment: str) -> str:
    """A line with its comment two blanks behind it."""
    return f"{line}  {comment}" if comment else line
