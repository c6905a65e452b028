"""The tree of a policy file: items, their lines, their tests.  Frozen dataclasses.

A node says what was written and where; it does not know yet whether ``64483`` is a
code or ``esi`` a list.  That is found out by ``dsl.compile.compiler``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Literal

from dsl.base.source import Word as Word  # noqa: PLC0414  (a word is a node too)
from dsl.ir.parts import Cmp
from dsl.syntax.scenario_nodes import (
    Billed as Billed,  # noqa: PLC0414  (nodes are asked for here, wherever they stand)
)
from dsl.syntax.scenario_nodes import EarlierLine as EarlierLine  # noqa: PLC0414
from dsl.syntax.scenario_nodes import Expect as Expect  # noqa: PLC0414
from dsl.syntax.scenario_nodes import Pair as Pair  # noqa: PLC0414
from dsl.syntax.scenario_nodes import Pairs as Pairs  # noqa: PLC0414

Words = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class SpanNode:
    """``from D through D``, ``by received``, ``then ended``."""

    start: Word | None
    end: Word | None
    clock: Word | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class AmountNode:
    """``4 weeks``, ``50 percent``, ``3`` or the name of a value."""

    number: Word
    unit: Word | None


@dataclass(frozen=True, slots=True)
class Joined:
    """Tests joined by ``and`` or by ``or`` on one line."""

    by: Literal["and", "or"]
    parts: tuple[Test, ...]


GroupKind = Literal["all", "any", "none", "at-least"]


@dataclass(frozen=True, slots=True)
class Group:
    """A bulleted group: all of, any of, none of, at least n of."""

    kind: GroupKind
    count: Word | None
    parts: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Yes:
    """A yes-no fact or a defined name, or its opposite."""

    name: Word
    negated: bool


@dataclass(frozen=True, slots=True)
class Documented:
    """``fact is documented``."""

    name: Word


@dataclass(frozen=True, slots=True)
class OneOf:
    """``fact is high``, ``place in 11, 24`` and their negations."""

    name: Word
    values: Words
    negated: bool


@dataclass(frozen=True, slots=True)
class Compare:
    """``fact at least 4 weeks``; ``cmp`` is ``>=``, ``<=``, ``>`` or ``<``."""

    name: Word
    cmp: Cmp
    amount: AmountNode


@dataclass(frozen=True, slots=True)
class DateTest:
    """``date before 2026-01-01``; ``cmp`` is ``<`` or ``>``."""

    name: Word
    cmp: Literal["<", ">"]
    day: Word


@dataclass(frozen=True, slots=True)
class ElapsedTest:
    """``received at most 90 days after service``; ``side`` is ``after`` or ``before``."""

    name: Word
    cmp: Cmp
    amount: AmountNode
    side: Literal["after", "before"]


@dataclass(frozen=True, slots=True)
class WithinTest:
    """``imaging-date within 24 months``: a dated fact no older than that."""

    name: Word
    number: Word
    unit: Word


@dataclass(frozen=True, slots=True)
class DiagnosisTest:
    """``diagnosis in``, ``primary diagnosis in``, ``no diagnosis in``."""

    which: Literal["any", "primary", "no"]
    words: Words


@dataclass(frozen=True, slots=True)
class ModifierTest:
    """``modifier KX present`` or ``absent``."""

    modifier: Word
    present: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A test that is words only, ``billed once``, by the name of its rule of the grammar.

    Such a form needs neither a node nor a method of the builder of its own.
    """

    form: str
    words: Words


@dataclass(frozen=True, slots=True)
class Count:
    """``no``, ``at least n``, ``at most n``, ``exactly n``."""

    kind: Literal["no", "at-least", "at-most", "exactly"]
    number: Word | None


@dataclass(frozen=True, slots=True)
class WindowNode:
    """``in any 12 months``, ``in each calendar year``, ``in a lifetime``, ``in one session``."""

    kind: Literal["rolling", "calendar", "lifetime", "one"]
    words: Words


EachTest = Yes | OneOf | Compare


@dataclass(frozen=True, slots=True)
class Earlier:
    """A count of earlier sessions of a list."""

    count: Count
    of: Word
    same: Words
    window: WindowNode | None
    apart: AmountNode | None
    before: AmountNode | None
    modifier: Word | None
    without: Word | None
    each: tuple[EachTest, ...]


@dataclass(frozen=True, slots=True)
class SameDay:
    """A count of other lines of the day."""

    count: Count
    of: Word
    same: Words


Test = (
    Joined
    | Group
    | Yes
    | Documented
    | OneOf
    | Compare
    | DateTest
    | WithinTest
    | ElapsedTest
    | DiagnosisTest
    | ModifierTest
    | Written
    | Earlier
    | SameDay
)


@dataclass(frozen=True, slots=True)
class WordsLine:
    """``label: word, word``."""

    label: str
    words: Words


@dataclass(frozen=True, slots=True)
class TextLine:
    """``label: free text``."""

    label: str
    text: Word


@dataclass(frozen=True, slots=True)
class InForce:
    """``in force: span``."""

    span: SpanNode


@dataclass(frozen=True, slots=True)
class Cite:
    """``cite: REF, passage``."""

    ref: Word
    passage: str


@dataclass(frozen=True, slots=True)
class FirstDay:
    """``first day: REF, passage``, or ``first day: not found`` without a reference."""

    ref: Word | None
    passage: str = ""


@dataclass(frozen=True, slots=True)
class NotCarried:
    """``not carried: by defers to``."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown after ``|``."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Members:
    """``include:`` or ``exclude:``, perhaps with days."""

    action: Literal["include", "exclude"]
    span: SpanNode | None
    words: Words


@dataclass(frozen=True, slots=True)
class GroupLine:
    """``name [span]: words`` in a grouping or a table of reasons."""

    name: Word
    span: SpanNode | None
    words: Words


@dataclass(frozen=True, slots=True)
class AmountLine:
    """``80 percent from 2021-04-25``, ``2 weeks when radiculopathy``, ``4 weeks otherwise``."""

    amount: AmountNode
    span: SpanNode | None
    case: Word | None = None
    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class For:
    """``for: words except words``."""

    words: Words
    excepted: Words


@dataclass(frozen=True, slots=True)
class LookingAt:
    """``looking at: last esi, same region, without modifier KX``."""

    of: Word
    same: Words
    modifier: Word | None = None
    without: Word | None = None


@dataclass(frozen=True, slots=True)
class TestLine:
    """``when``, ``unless``, ``require`` or ``means`` with a test."""

    label: Literal["when", "unless", "require", "means"]
    test: Test


@dataclass(frozen=True, slots=True)
class Never:
    """``covered: never``."""


@dataclass(frozen=True, slots=True)
class Covers:
    """``covered: without a policy``."""


@dataclass(frozen=True, slots=True)
class BillAs:
    """``bill as: 64454``."""

    words: Words


@dataclass(frozen=True, slots=True)
class Limit:
    """``limit: 4 sessions per region in any 12 months``."""

    number: Word
    unit: Word
    per: Words
    window: WindowNode


@dataclass(frozen=True, slots=True)
class LimitBy:
    """``limit by fact:`` with one limit a choice."""

    fact: Word
    cases: tuple[tuple[Word, Limit], ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """``interval: at least 14 days between sessions per region``."""

    least: AmountNode
    between: Word
    per: Words


@dataclass(frozen=True, slots=True)
class Counting:
    """``counting: with modifier KX, denied too``: which earlier services count."""

    with_modifiers: Words
    without_modifiers: Words
    denied: bool
    own: bool


@dataclass(frozen=True, slots=True)
class NotWith:
    """``not with: words on same date and same region, allowed with modifier 59``."""

    words: Words
    same: Words
    allowed: Words


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """``otherwise: deny for frequency CO-151, N362``, ``if unknown:`` and the like."""

    label: Literal["otherwise", "if unknown", "if when unknown"]
    verb: str
    reason: Word | None
    codes: Words
    at: Word
    """The first word of the outcome, for messages."""


DutyLine = Never | Covers | BillAs | Limit | LimitBy | Interval | NotWith
"""What a rule may have as its duty, besides a test that is required."""


Line = (
    WordsLine
    | TextLine
    | InForce
    | Cite
    | Prose
    | Members
    | GroupLine
    | AmountLine
    | For
    | LookingAt
    | TestLine
    | FirstDay
    | NotCarried
    | DutyLine
    | Counting
    | OutcomeLine
    | Pairs
    | Billed
    | EarlierLine
    | Expect
)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a file: its kind, name, title and lines.

    ``broken`` is true when lines were lost to errors: what is missing in it is then
    not reported as missing.
    """

    kind: str
    name: Word
    title: Word
    lines: tuple[Line, ...]
    to: Word | None = None
    """The rule or exception that an exception weakens."""
    line: int = 0
    end_line: int = 0
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: prose before the first item, and its items in order."""

    path: str
    prose: str
    items: tuple[Item, ...]


def meaning(node: object) -> object:
    """A tree without the places of its words."""
    if isinstance(node, Word):
        return node.text
    if isinstance(node, Prose):
        return ("prose", node.text)
    if isinstance(node, Item):
        to = node.to.text if node.to else None
        lines = meaning(node.lines)
        return (node.kind, node.name.text, node.title.text, to, lines)
    if isinstance(node, tuple):
        return tuple(meaning(part) for part in node)
    if is_dataclass(node):
        parts = (meaning(getattr(node, f.name)) for f in fields(node))
        return (type(node).__name__, *parts)
    return node
