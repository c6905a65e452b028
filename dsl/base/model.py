"""The checked model: what a set of policy files means, ready to be stored.

Everything here is a frozen dataclass over plain values.  Names are resolved,
overlays are flattened, ranges are expanded, dated values are inlined.  A rule's
meaning is its ``tree``; the JSON that it is stored as is told in ``docs/ir.md`` and
published in ``dsl/ir/rule.schema.json``.  The model knows no database and no claim.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

from dsl.ir.codec import encode_rule
from dsl.ir.parts import Amount
from dsl.ir.rule import Rule as Tree

Json = dict[str, Any]

CodeKind = Literal["procedure", "diagnosis", "place", "modifier", "word"]
Grade = Literal["primary", "secondary", "recalled", "example"]
Status = Literal["active", "draft", "shared"]
Decides = Literal["coverage", "billing"]
FactKind = Literal["yes-no", "duration", "percent", "number", "choice", "date", "text"]
FactScope = Literal["patient", "claim", "line", "procedure"]
DutyKind = str
"""The name of a form of `dsl.ir.forms.DUTIES`, or ``gap``."""
Clock = Literal["service", "received", "requested"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands in its file: 1-based lines, both inclusive."""

    file: str
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which something holds, both inclusive; ``None`` is open."""

    start: date | None = None
    end: date | None = None
    clock: Clock = "service"
    ended: bool = False
    """True when the author says that nothing takes over after ``end``."""


@dataclass(frozen=True, slots=True)
class Member:
    """One code of a set with the days on which it belongs to it."""

    code: str
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class CodeSet:
    """A named or anonymous list of codes, expanded, in code order.

    ``key`` is unique in a model: ``medicare/noridian/esi@2021-12-05#esi`` for a
    named list of a policy, ``...#rule-name/for`` for the list written inside a
    rule, ``shared#name`` for a list of a file without a policy.
    """

    key: str
    name: str
    title: str
    kind: CodeKind
    members: tuple[Member, ...]
    sha256: str
    place: Place
    citations: tuple[Citation, ...] = ()
    prose: str = ""
    inside: bool = False
    """Whether another list of the policy names it, to take its codes in or out."""


@dataclass(frozen=True, slots=True)
class Citation:
    """One ``cite:`` line: the source's key, the passage, and a short quote."""

    source: str
    passage: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A document that rules stand on."""

    key: str
    title: str
    publisher: str
    url: str
    version: str
    grade: Grade
    read_on: date | None
    review_by: date | None
    prose: str
    place: Place


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, and how a claim names it."""

    key: str
    title: str
    line_of_business: str
    identifiers: tuple[str, ...]
    """Payer ids as sent in the claim (X12 NM109 of the payer loop)."""
    filing: tuple[str, ...]
    """Claim filing indicators (X12 SBR09) that name this payer by themselves."""
    also_called: tuple[str, ...]
    """Other names, compared without case, punctuation and spacing."""
    citations: tuple[Citation, ...]
    prose: str
    place: Place


@dataclass(frozen=True, slots=True)
class Contractor:
    """Who decides for a payer in some states (a MAC for Medicare)."""

    key: str
    title: str
    payer: str
    states: tuple[str, ...]
    citations: tuple[Citation, ...]
    prose: str
    place: Place


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the chart may say, with how to find it and how to ask for it."""

    key: str
    title: str
    kind: FactKind
    scope: FactScope
    choices: tuple[str, ...]
    where: str
    ask: str
    prose: str
    place: Place


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One code's group in a grouping, with its days."""

    group: str
    code: str
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Grouping:
    """A way to sort procedures into groups, such as spinal regions."""

    key: str
    title: str
    members: tuple[GroupMember, ...]
    prose: str
    place: Place


@dataclass(frozen=True, slots=True)
class Code:
    """What is known of one procedure code, in our own words."""

    code: str
    label: str
    add_on_to: tuple[str, ...]
    imaging: Literal["", "included", "not-included"]
    sides: Literal["", "paired", "single"]
    """``paired``: a right and a left exist, so a line without RT, LT or 50 has an
    unknown side; ``single``: side has no meaning for it."""
    global_days: str
    """Days after the service that its fee covers, as the fee schedule writes them: ``000``,
    ``010``, ``090``, ``XXX`` (none), ``ZZZ`` (its primary's); empty when not known."""
    citations: tuple[Citation, ...]
    prose: str
    place: Place


@dataclass(frozen=True, slots=True)
class Reason:
    """The CARC and RARC that a payer uses for a kind of reason."""

    line_of_business: str
    kind: str
    carc: str
    rarc: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatedAmount:
    """One amount of a value, with its days and its own citations."""

    amount: Amount
    """Without days: those are ``span``."""
    span: Span
    case: str = ""
    """Name of the fact or definition in whose case it holds; empty: in every other."""


@dataclass(frozen=True, slots=True)
class Value:
    """A number with dates, used by rules by its name."""

    name: str
    title: str
    amounts: tuple[DatedAmount, ...]
    citations: tuple[Citation, ...]
    prose: str
    place: Place


@dataclass(frozen=True, slots=True)
class Exception_:  # noqa: N801
    """A dated, cited way out of a rule, or out of another exception."""

    name: str
    title: str
    of: str
    """Name of the rule or exception that it weakens."""
    sentence: str
    citations: tuple[Citation, ...]
    text: str
    prose: str
    place: Place


@dataclass(frozen=True)
class Rule:
    """One duty with one outcome, or a declared gap."""

    name: str
    title: str
    duty: DutyKind
    span: Span
    scope: str | None
    """Key of the code set it is for; ``None``: every line of the policy's claims."""
    outcome: str
    reason: str
    carc: str
    rarc: tuple[str, ...]
    fix: str
    grade: Grade
    citations: tuple[Citation, ...]
    exceptions: tuple[Exception_, ...]
    sentence: str
    """The compiled meaning in one plain sentence."""
    text: str
    """The rule's own text, as formatted."""
    prose: str
    place: Place
    origin: str
    """Path of the policy whose file holds the text (the base's for an inherited
    rule)."""
    tree: Tree
    carried: bool = True
    """Whether a payer that defers to this one's follows it."""

    @cached_property
    def ir(self) -> Json:
        """The tree as the JSON of ``docs/ir.md``, made when it is first asked for."""
        return encode_rule(self.tree)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A worked claim with what must come out of it.

    ``claim`` is the claim in the JSON form of ``payerkb schema claim``;
    ``expect`` is a list of expectations in the shape that ``docs/ir.md`` tells.
    """

    name: str
    title: str
    claim: Json
    expect: tuple[Json, ...]
    prose: str
    place: Place
    origin: str


@dataclass(frozen=True, slots=True)
class FirstDay:
    """What is known of a policy's first day, apart from the version that was read."""

    stated: Citation | None = None
    """Where a source states it."""
    grade: Grade | Literal[""] = ""
    """The grade of that source."""
    found: bool = True
    """False: the day stands in for one that nobody found."""
    read_in: date | None = None
    """Day of the version that was read, where that is not the first one."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one policy, flattened: what it inherits is in it."""

    path: str
    version: str
    """``path@first-day``: unique in a model."""
    title: str
    payer: str
    """Key of its payer, ``any``, or empty for a shared text."""
    contractor: str
    states: tuple[str, ...]
    """States where it holds; empty: everywhere."""
    plans: tuple[str, ...]
    """Plan kinds that it is for; empty: every plan of the payer."""
    status: Status
    based_on: str
    defers_to: str
    """Key of the payer whose policies hold for its claims too; empty for none."""
    delegated_to: str
    """Who decides approvals in the payer's place; empty when it does so itself."""
    decides: Decides
    """Whether its silence lets a line pass (``coverage``) or only objects (``billing``)."""
    span: Span
    citations: tuple[Citation, ...]
    code_sets: tuple[CodeSet, ...]
    values: tuple[Value, ...]
    rules: tuple[Rule, ...]
    scenarios: tuple[Scenario, ...]
    dropped: tuple[str, ...]
    """Names of inherited items that the overlay drops."""
    changed: tuple[str, ...]
    prose: str
    text: str
    place: Place
    first_day: FirstDay = FirstDay()
    carried: bool = True
    """Whether a payer that defers to this one's follows it."""


@dataclass(frozen=True, slots=True)
class File:
    """A policy file as read."""

    path: str
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Alias:
    """A word or phrase of staff for something that the policies name otherwise."""

    word: str
    """As its author wrote it."""
    kind: str
    """``payer``, ``family``, ``codes``, ``topic`` ...: see ``dsl.load.words``."""
    target: str
    """The key of what it stands for; several codes are parted by spaces."""
    place: Place


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that a set of files means."""

    files: tuple[File, ...] = ()
    sources: tuple[Source, ...] = ()
    payers: tuple[Payer, ...] = ()
    contractors: tuple[Contractor, ...] = ()
    reasons: tuple[Reason, ...] = ()
    facts: tuple[Fact, ...] = ()
    groupings: tuple[Grouping, ...] = ()
    codes: tuple[Code, ...] = ()
    code_sets: tuple[CodeSet, ...] = field(default=())
    """Code sets of files without a policy."""
    policies: tuple[Policy, ...] = ()
    words: tuple[Alias, ...] = ()
    """What staff call things, from the files of words."""
