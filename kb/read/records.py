"""What the readers of the knowledge base hand out: frozen records, days as text.

A day is ``YYYY-MM-DD``; ``None`` is open.  ``prose_html`` is safe to put in a page as
it is, every other text is plain and must be escaped there.  ``file`` and ``line`` say
where the item stands among the policy files.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dsl.ir.rule import Rule as Tree

Json = dict[str, Any]
Day = str | None


@dataclass(frozen=True, slots=True)
class Source:
    """A document that rules stand on."""

    id: str
    title: str
    publisher: str
    url: str
    version: str
    grade: str
    read_on: Day
    review_by: Day
    prose_html: str
    file: str
    line: int
    citations: int
    """How many rules and policies cite it."""


@dataclass(frozen=True, slots=True)
class Citation:
    """One passage of one source, with what a reader wants to know of the source."""

    source: str
    passage: str
    quote: str
    title: str
    url: str
    grade: str
    read_on: Day


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays; the counts leave out shared texts."""

    id: str
    title: str
    line_of_business: str
    prose_html: str
    file: str
    line: int
    policies: int
    rules: int


@dataclass(frozen=True, slots=True)
class Contractor:
    """Who decides for a payer in some states."""

    id: str
    title: str
    payer: str
    prose_html: str
    file: str
    line: int
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one policy, without its rules."""

    id: str
    """``path@first-day``."""
    policy: str
    """Its path, the same for all versions."""
    title: str
    payer: str
    """Empty for any payer and for a shared text."""
    payer_title: str
    any_payer: bool
    contractor: str
    contractor_title: str
    status: str
    based_on: str
    defers_to: str
    delegated_to: str
    """Who decides approvals in the payer's place; empty when it does so itself."""
    decides: str
    """``coverage`` or ``billing``."""
    from_day: Day
    through_day: Day
    clock: str
    ended: bool
    states: tuple[str, ...]
    plans: tuple[str, ...]
    rules: int
    gaps: int
    prose_html: str
    file: str
    line: int
    end_line: int
    first_day_source: str = ""
    """Key of the source that states the first day; empty where none is named."""
    first_day_passage: str = ""
    first_day_grade: str = ""
    stand_in: bool = False
    """Whether the first day stands in for one that was not found."""
    read_in: Day = None
    """Day of the version whose text was read, where that is a later one."""
    carried: bool = True
    """Whether a payer that defers to this one's follows it."""


@dataclass(frozen=True, slots=True)
class Member:
    """One code of a set, or of a rule's scope, with its days there."""

    code: str
    label: str
    from_day: Day
    through_day: Day


@dataclass(frozen=True, slots=True)
class CodeSet:
    """A list of codes."""

    id: str
    name: str
    title: str
    kind: str
    sha256: str
    prose_html: str
    file: str
    line: int
    members: tuple[Member, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """One dated amount of a value; ``amount`` is the number as written."""

    amount: str
    unit: str
    in_case: str
    """The fact or definition in whose case it holds; empty: in every other."""
    from_day: Day
    through_day: Day


@dataclass(frozen=True, slots=True)
class Value:
    """A number with dates that rules use by its name."""

    name: str
    title: str
    prose_html: str
    file: str
    line: int
    amounts: tuple[Amount, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the chart may say, where it is found and how to ask for it."""

    id: str
    title: str
    kind: str
    scope: str
    where_found: str
    ask: str
    prose_html: str
    file: str
    line: int
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleException:
    """A way out of a rule, or out of another exception (``of``)."""

    name: str
    title: str
    of: str
    sentence: str
    text: str
    prose_html: str
    file: str
    line: int
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A rule as cards say it, on the days on which its words stay."""

    sentence: str
    condition: str


@dataclass(frozen=True)
class Rule:
    """One rule or gap with all that belongs to it but its codes."""

    id: str
    policy_version: str
    position: int
    name: str
    title: str
    kind: str
    """``rule`` or ``gap``."""
    duty: str
    from_day: Day
    through_day: Day
    code_set: str
    """Id of the set that it is for; empty: every line of the policy's claims."""
    outcome: str
    reason: str
    carc: str
    rarc: tuple[str, ...]
    fix: str
    grade: str
    sentence: str
    text: str
    prose_html: str
    ir: Json
    ir_sha256: str
    origin: str
    """Path of the policy whose file holds the text."""
    file: str
    line: int
    end_line: int
    citations: tuple[Citation, ...]
    facts: tuple[str, ...]
    """Ids of the facts that it may ask for."""
    exceptions: tuple[RuleException, ...]
    said: tuple[Said, ...] = ()
    """As people read it, first days first; nothing of a shared text."""

    @cached_property
    def tree(self) -> Tree:
        """The compiled rule, read when it is first asked for: most pages need none."""
        from dsl.ir.codec import decode_rule  # noqa: PLC0415  (as seldom as the tree)

        return decode_rule(self.ir)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A worked claim and what must come out of it."""

    id: str
    position: int
    name: str
    title: str
    claim: Json
    expect: tuple[Json, ...]
    prose_html: str
    origin: str
    file: str
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class PayerDetail:
    """Everything about one payer but the rules of its policies."""

    payer: Payer
    names: tuple[str, ...]
    """Other names, normalised: lower case, letters and digits."""
    identifiers: tuple[str, ...]
    filing: tuple[str, ...]
    citations: tuple[Citation, ...]
    contractors: tuple[Contractor, ...]
    policies: tuple[Policy, ...]
    """Every version of its own policies and of those for any payer."""


@dataclass(frozen=True, slots=True)
class PolicyContent:
    """What one policy version says: enough for its quick reference."""

    policy: Policy
    citations: tuple[Citation, ...]
    code_sets: tuple[CodeSet, ...]
    """Its own, and those elsewhere that its rules name."""
    rules: tuple[Rule, ...]
    facts: tuple[Fact, ...]
    """Every fact that its rules may ask for: the documentation checklist."""


@dataclass(frozen=True, slots=True)
class PolicyDetail(PolicyContent):
    """Everything about one policy version."""

    versions: tuple[Policy, ...]
    """All versions of the policy, this one too, first to last."""
    changed: tuple[str, ...]
    """Items of the text it is based on that it changes."""
    dropped: tuple[str, ...]
    values: tuple[Value, ...]
    scenarios: tuple[Scenario, ...]
    text: str
    """Its lines of the policy file."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code of any kind; ``label`` is empty when we have no words of our own."""

    id: str
    kind: str
    label: str
    imaging: str
    sides: str
    global_days: str
    prose_html: str
    file: str
    line: int
    """0 (and ``file`` empty) for a code that only lists and rules name."""


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """A group to which a code belongs, as its spinal region."""

    code_grouping: str
    title: str
    code_group: str
    from_day: Day
    through_day: Day


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of a deciding policy, or of no policy, that holds a code."""

    id: str
    name: str
    title: str
    kind: str
    policy_version: str
    policy: str
    policy_title: str
    from_day: Day
    through_day: Day


@dataclass(frozen=True, slots=True)
class CodeRule:
    """A rule that has to do with a code."""

    rule: Rule
    policy: Policy
    use: str
    """``for``: the code is in its scope; ``every``: it is for every line; else how it
    names the code: ``diagnosis``, ``earlier``, ``same-day``, ``not-with``, ``bill-as``, ``last``,
    ``modifier``, ``unless-modifier``, or a claim field."""
    from_day: Day
    """First and last day on which that holds."""
    through_day: Day


@dataclass(frozen=True, slots=True)
class CodeDetail:
    """Everything about one code across payers."""

    code: Code
    citations: tuple[Citation, ...]
    add_on_to: tuple[Code, ...]
    add_ons: tuple[Code, ...]
    """Codes that are billed on top of this one."""
    groups: tuple[CodeGroup, ...]
    lists: tuple[CodeList, ...]
    rules: tuple[CodeRule, ...]
    """In order of payer, contractor, policy, version and place in it."""


@dataclass(frozen=True, slots=True)
class SourceDetail:
    """One source with what stands on it."""

    source: Source
    policies: tuple[Policy, ...]
    rules: tuple[PolicyRule, ...]


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """A rule with its policy version."""

    rule: Rule
    policy: Policy


@dataclass(frozen=True, slots=True)
class FactDetail:
    """One fact with the rules that may ask for it."""

    fact: Fact
    rules: tuple[PolicyRule, ...]
