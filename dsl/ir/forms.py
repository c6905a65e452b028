"""The registry of forms: every test and duty is declared here once.

A form's fields and their roles stand in its dataclass; here stand its name in the JSON,
what it means, when it is unknown, and an example as authors write it.  The JSON, the
schema, cross-references, the tables of ``docs/ir.md`` and the walks come from it;
``tests/dsl/ir/test_registries.py`` proves that no reader of rules lacks a form.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.parts import Role


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form."""

    name: str
    key: str
    """Its key in the JSON."""
    role: Role
    optional: bool
    """No key in the JSON where it is ``None``."""
    schema: str
    """A narrower definition of the schema than its role's; empty for that."""


@dataclass(frozen=True, slots=True)
class Form:
    """A test or a duty as it is declared."""

    name: str
    """Value of ``op`` (of a duty: of ``duty``) in the JSON."""
    kind: type
    """Its dataclass."""
    meaning: str
    unknown_when: str
    example: str
    """A line of a rule that has it."""
    short: str = ""
    """Of a duty: a few words for pages."""
    statuses: tuple[str, ...] = ("met", "not-met")
    """Of a duty: the statuses that a line can show of it, where all is known."""
    words: str = ""
    """Of a test whose words are those of its fields: its sentence, ``modifier {modifier}
    present``.  It needs no other words then, for authors, for staff or as a reason."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its fields with their roles, in order."""
        return parts_of(self.kind)

    def say(self, test: object) -> str:
        """A test of the form in its words, its fields without their dashes."""
        values = {p.name: getattr(test, p.name) for p in self.parts}
        said = {name: str(value).replace("-", " ") for name, value in values.items()}
        return self.words.format(**said)

    def having(self, role: Role) -> tuple[str, ...]:
        """The names of its fields of a role."""
        return tuple(part.name for part in self.parts if part.role is role)


@cache
def parts_of(kind: type) -> tuple[Part, ...]:
    """The fields of a form's dataclass with their roles, in order."""
    return tuple(
        Part(
            f.name,
            f.metadata["key"] or f.name,
            f.metadata["role"],
            f.metadata["optional"],
            f.metadata["schema"],
        )
        for f in fields(kind)
    )


TESTS: tuple[Form, ...] = (
    Form(
        "and", t.And,
        "all parts are met",
        "a part is unknown and none is not met",
        "require: diagnosis in radicular and pain-duration at least 4 weeks",
    ),
    Form(
        "or", t.Or,
        "any part is met",
        "a part is unknown and none is met",
        "require: imaging-done or acute-fracture",
    ),
    Form(
        "not", t.Not,
        "the opposite of its one part",
        "the part is unknown",
        "when: not modifier KX",
    ),
    Form(
        "at-least", t.AtLeast,
        "at least `count` parts are met",
        "fewer than `count` are met, and met and unknown together are not",
        "require: at least 3 of",
    ),
    Form(
        "always", t.Always, "met", "never", "", words="always",
    ),
    Form(
        "never", t.Never, "not met", "never", "", words="never",
    ),
    Form(
        "yes", t.Yes,
        "a yes-no fact is yes",
        "the fact is not given",
        "require: imaging-done",
        words="{fact}",
    ),
    Form(
        "documented", t.Documented,
        "the fact is given at all",
        "it is not given and the chart is not `complete`",
        "require: pain-scale is documented",
        words="{fact} documented",
    ),
    Form(
        "compare", t.Compare,
        "a measured fact against an amount",
        "the fact is not given; days and months too close to tell; no amount holds on the date",
        "require: pain-duration at least 4 weeks",
    ),
    Form(
        "choice", t.Choice,
        "a choice fact is one of these words",
        "the fact is not given",
        "when: purpose is therapeutic",
    ),
    Form(
        "field", t.Field,
        "a claim field is one of these values, or a place in the set",
        "the claim does not give the field",
        "when: place in 11, 24",
    ),
    Form(
        "date", t.DateOfService,
        "the date of service is before or after the day",
        "never",
        "when: date after 2025-12-31",
    ),
    Form(
        "if", t.If,
        "the second part in the case of the first, the third in every other",
        "the case is unknown and the two differ",
        "require: relief at least asked-relief",
    ),
    Form(
        "elapsed", t.Elapsed,
        "another day lies so long after (before) the date of service; not met when it lies on "
        "the other side",
        "the day is not given; no amount holds on the date",
        "require: received at most 365 days after service",
    ),
    Form(
        "same-npi", t.SameNpi,
        "two of rendering-npi, performer-npi, supervising-npi, billing-npi are the same",
        "one of them is not given (about `npi`)",
        "when: rendering-npi is supervising-npi",
    ),
    Form(
        "diagnosis", t.Diagnosis,
        "a diagnosis that the line points to is in the set",
        "the line gives no diagnosis",
        "require: diagnosis in radicular",
    ),
    Form(
        "modifier", t.Modifier,
        "the line carries the modifier",
        "never",
        "when: modifier KX",
        words="modifier {modifier} present",
    ),
    Form(
        "billed", t.Billed,
        "`once`: no line before it, of its claim or of the same provider's other claims, has its "
        "day, code and modifiers; `on-both-sides`: it has modifier 50, or a line of its code and "
        "level has the other side",
        "`once`: whose an equal line of another claim or of the history is, is not given (about "
        "`provider`)",
        "when: billed on both sides",
        words="billed {how}",
    ),
    Form(
        "earlier", t.Earlier,
        "the number of earlier sessions (dates) is in `count`",
        "the history is incomplete, a group or `each` is unknown, and it matters",
        "require: at least 2 earlier blocks, each with relief at least 80 percent",
    ),
    Form(
        "same-day", t.SameDay,
        "the number of other lines of the patient on the date is in `count`",
        "a group is unknown and it matters",
        "require: at least 1 same-day base-codes",
    ),
)  # fmt: skip
"""All tests."""

DUTIES: tuple[Form, ...] = (
    Form(
        "require", d.Require, "the test is met", "the test is unknown",
        "require: imaging-done",
        "required",
    ),
    Form(
        "never", d.NeverCovered, "not covered whenever the rule applies", "never",
        "covered: never",
        "never covered", ("not-met",),
    ),
    Form(
        "covers", d.Covers,
        "covered without a policy of its own: met where it is known that the rule applies "
        "and nothing excuses it; a ground to pass, and never an objection",
        "it is not known whether the rule applies",
        "covered: without a policy",
        "covered without a policy", ("met",),
    ),
    Form(
        "bill-as", d.BillAs,
        "not met whenever the rule applies: what was done has another code, one of the set",
        "no code of the set holds on the date",
        "bill as: 64454",
        "another code", ("not-met",),
    ),
    Form(
        "limit", d.Limit,
        "at most so many in a window",
        "history or a group is unknown and it matters",
        "limit: 4 sessions per region in any 12 months",
        "limit",
    ),
    Form(
        "interval", d.Interval,
        "at least so long between sessions",
        "history or a group is unknown and it matters",
        "interval: at least 14 days between sessions per region",
        "time between",
    ),
    Form(
        "not-with", d.NotWith,
        "not beside codes of the set on one date of service",
        "a group is unknown and it matters",
        "not with: 77003 on same date",
        "not together",
    ),
    Form(
        "limit-by", d.LimitBy,
        "the limit of the fact's choice",
        "the choice is not known and the cases do not agree: about the fact, and what the "
        "undecided cases are about",
        "limit by risk:",
        "limit by choice",
    ),
)  # fmt: skip
"""All duties."""

TEST_OF = {form.name: form for form in TESTS}
DUTY_OF = {form.name: form for form in DUTIES}
NAME_OF: dict[type, str] = {form.kind: form.name for form in (*TESTS, *DUTIES)}
