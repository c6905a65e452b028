"""The scenarios of a policy file moved into a file beside it, proved to change nothing."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.format.formatter import FormatError, comments_of, format_text
from dsl.syntax import nodes as n
from dsl.syntax.parser import parse


@dataclass(frozen=True, slots=True)
class Parted:
    """A policy file without its scenarios, and these by themselves; both in style."""

    policy: str
    scenarios: str


def part(text: str, held: str = "", path: str = "policy text") -> Parted:
    """The policy and its scenarios apart; ``held`` is what the file beside it holds already.

    A comment above a scenario goes with it.  Raises ``FormatError`` when the text has
    errors, or when something of it would be lost.
    """
    styled = format_text(text, path)
    lines = styled.split("\n")
    items = parse(styled, path).document.items
    own, moved = items_apart(items)
    ends = [0, *(item.end_line for item in items)]
    blocks = {
        item.name: lines[end : item.end_line]
        for item, end in zip(items, ends, strict=False)
    }
    moving = [line for item in moved for line in blocks[item.name]]
    taken = {item.name for item in moved}
    staying = [
        line for item in items if item.name not in taken for line in blocks[item.name]
    ]
    staying += lines[ends[-1] :]
    found = Parted(
        format_text("\n".join(staying), path),
        format_text("\n".join([*moving, "", held]), path) if moving else held,
    )
    prove(styled, held, own, moved, found, path)
    return found


def items_apart(items: tuple[n.Item, ...]) -> tuple[list[n.Item], list[n.Item]]:
    """What stays in a policy file, and its scenarios; all stays where there is no policy."""
    if not any(item.kind == "policy" for item in items):
        return list(items), []
    own = [item for item in items if item.kind != "scenario"]
    return own, [item for item in items if item.kind == "scenario"]


def prove(
    text: str,
    held: str,
    own: list[n.Item],
    moved: list[n.Item],
    found: Parted,
    path: str,
) -> None:
    """The proof: both files hold the items of before, in their order, and each comment."""
    policy = parse(found.policy).document
    scenarios = parse(found.scenarios).document
    prose = parse(text).document.prose
    before = (prose, n.meaning((*own, *moved, *parse(held).document.items)))
    after = (policy.prose, n.meaning((*policy.items, *scenarios.items)))
    told = [*comments_of(text), *comments_of(held)]
    kept = [*comments_of(found.policy), *comments_of(found.scenarios)]
    if before != after or sorted(told) != sorted(kept):
        raise FormatError(f"{path}: moving the scenarios would change what it says.")
