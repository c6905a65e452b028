"""Draws the grammar: ``docs/language/grammar.md`` and a picture of each of its rules.

Run it as ``python -m docs.diagrams`` after a change of ``dsl/syntax/policy.lark``; a test
fails while the pictures are behind.
"""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from lark import Tree
from lark.grammar import NonTerminal as NonTerminalName
from lark.grammar import Terminal as TerminalName
from lark.load_grammar import load_grammar
from railroad import (
    DEFAULT_STYLE,
    Choice,
    Diagram,
    DiagramItem,
    NonTerminal,
    OneOrMore,
    Optional,
    Sequence,
    Skip,
    Terminal,
    ZeroOrMore,
)

from kb.whole_files import write_whole

HERE = Path(__file__).parent
GRAMMAR = HERE.parent / "dsl" / "syntax" / "policy.lark"
PAGE = HERE / "language" / "grammar.md"
PICTURES = HERE / "language" / "grammar"

MEANT = {
    "WORD": "name, code, number or date",
    "TEXT": "text to the end of the line",
    "CMP": ">= <= > <",
    "PASSAGE": ", passage",
    "PROSE": "| prose",
    "_B1": "-",
    "_B2": "--",
    "_B3": "---",
    "_COMMA": ",",
}
"""What the terminals are to a reader; the end of a line is not drawn."""
HEADINGS = {
    "start": "A file is items", "policy": "Who, and where from", "fact": "Words that rules use",
    "rule": "Rules", "test_block": "Tests", "in_force": "Shared by items", "scenario": "Scenarios",
}  # fmt: skip
INTRODUCTION = """\
# The grammar in pictures

Drawn from `dsl/syntax/policy.lark` by `python -m docs.diagrams`. Follow a line from left to right;
what stands in a round box is written as it is, what stands in a square box is drawn further
below.
Indentation has no meaning, a list goes on in the next line after a comma.
"""


def drawn(node: Any) -> DiagramItem:  # noqa: ANN401  (lark types its trees loosely)
    """A part of the grammar as a part of a diagram."""
    if isinstance(node, Tree):
        return SHAPES[str(node.data)](node)
    if isinstance(node, TerminalName):
        shown = "" if node.name == "_NL" else MEANT.get(node.name, node.name)
        return Terminal(shown) if shown else Skip()
    if isinstance(node, NonTerminalName):
        return NonTerminal(title(str(node.name)))
    raise TypeError(f"the grammar has a part that has no picture: {node!r}")


def choice(node: Tree[Any]) -> DiagramItem:
    """Alternatives, one below the other."""
    parts = [drawn(part) for part in node.children]
    return parts[0] if len(parts) == 1 else Choice(0, *parts)


def sequence(node: Tree[Any]) -> DiagramItem:
    """One part after another; words of one line stand in one box."""
    parts = [
        part for child in node.children if not isinstance(part := drawn(child), Skip)
    ]
    return parts[0] if len(parts) == 1 else Sequence(*parts or [Skip()])


def repeated(node: Tree[Any]) -> DiagramItem:
    """An optional or repeated part."""
    part = drawn(node.children[0])
    if isinstance(part, Skip):
        return part
    return {"?": Optional, "*": ZeroOrMore, "+": OneOrMore}[str(node.children[1])](part)


def literal(node: Tree[Any]) -> DiagramItem:
    """A word that is written as it is."""
    return Terminal(str(node.children[0]).strip('"'))


SHAPES: dict[str, Callable[[Tree[Any]], DiagramItem]] = {
    "expansions": choice,
    "expansion": sequence,
    "alias": lambda node: drawn(node.children[0]),
    "expr": repeated,
    "value": lambda node: drawn(node.children[0]),
    "literal": literal,
}


def title(name: str) -> str:
    """A rule's name for people."""
    return name.lstrip("?!_").replace("_", " ").replace("atom", "single test")


def picture(tree: Tree[Any]) -> str:
    """The SVG of one rule."""
    into = StringIO()
    Diagram(drawn(tree), css=DEFAULT_STYLE).writeStandalone(into.write)
    return into.getvalue() + "\n"


def pages() -> dict[Path, str]:
    """The page and the pictures, by the place where they belong."""
    grammar, _used = load_grammar(  # type: ignore[no-untyped-call]
        GRAMMAR.read_text("utf-8"), GRAMMAR.name, [], global_keep_all_tokens=False
    )
    found: dict[Path, str] = {}
    page = [INTRODUCTION]
    for name, _parameters, tree, _options in grammar.rule_defs:
        rule = str(name)
        if rule in HEADINGS:
            page.append(f"## {HEADINGS[rule]}\n")
        found[PICTURES / f"{rule}.svg"] = picture(tree)
        page.append(f"### {title(rule)}\n\n![{title(rule)}](grammar/{rule}.svg)\n")
    found[PAGE] = "\n".join(page)
    return found


def main() -> None:
    """Write the page and the pictures, and take away those of rules that are gone."""
    PICTURES.mkdir(exist_ok=True)
    made = pages()
    for old in set(PICTURES.glob("*.svg")) - set(made):
        old.unlink()
    for place, text in made.items():
        write_whole(place, text)


if __name__ == "__main__":
    main()
