"""The report: what the counts say of each rule, and which denials no rule foretells.

Only counts stand in it.  A row that stands for fewer patients than asked is left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

from kb.asking.denial_codes import DENIALS
from kb.calibrate.kinds import Kind
from kb.calibrate.statistics import Interval, wilson
from kb.calibrate.suspicion import SURE, suspicions
from kb.calibrate.tally import FEWEST, Cell, Done, Matching, Said, Tally
from kb.calibrate.weighing import KindOf, Suspicion, explains

LEAST = 10
"""Lines under which nothing is claimed of a rule."""
MOST_CODES = 5

Verdict = Literal["suspicious", "agrees", "too few", "undecided"]


class Limits(NamedTuple):
    """What a row must stand for."""

    fewest: int = FEWEST
    """Patients; rows of fewer are left out."""
    least: int = LEAST
    """Lines; nothing is claimed of a rule with fewer."""


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class AtPayer:
    """What one payer did with the lines that a rule denied."""

    payer: str
    foretold: int
    paid: int


@dataclass(frozen=True, slots=True)
class RuleRow:
    """What payers did with the lines on which one rule was asked."""

    rule: str
    carc: str
    """The number that the rule gives; empty where its policy gives none."""
    reason: str
    verdict: Verdict
    denied: int
    """Foretold and happened, for a reason of its kind."""
    denied_otherwise: int
    """Foretold and denied, but for another reason."""
    paid: int
    """Foretold and paid: a false alarm."""
    paid_share: Interval
    usual_paid: float
    """Share of what other rules deny that its payers pay."""
    missed: int
    """Not foretold by it or any other rule, and denied for a reason of its kind."""
    held: int
    """Those of them that are held against this rule, not against a likelier one."""
    silent: int
    """Lines on which it stood as on those, and nothing foretold a denial."""
    held_share: Interval
    usual_missed: float
    undecided: int
    """Lines on which it could not decide."""
    advised: int
    """Lines on which it only advised to look."""
    payers: tuple[AtPayer, ...]
    suspicion: Suspicion

    @property
    def foretold(self) -> int:
        """Lines that it said would not be paid."""
        return self.denied + self.denied_otherwise + self.paid


@dataclass(frozen=True, slots=True)
class DenialRow:
    """Denials of one payer with the same codes that no rule foretells: a rule to write."""

    payer: str
    carcs: tuple[str, ...]
    rarcs: tuple[str, ...]
    words: tuple[str, ...]
    """What the CARCs say, in our words; none where we have no words."""
    lines: int
    dollars: Decimal
    silent: int
    """Those on which a rule of the kind was asked and objected to nothing."""
    codes: tuple[tuple[str, int], ...]
    """The procedure codes that are denied most, with their lines."""


@dataclass(frozen=True, slots=True)
class OtherWords:
    """A rule and a payer that deny the same lines for different reasons."""

    rule: str
    ours: str
    theirs: tuple[str, ...]
    lines: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that leaves the command."""

    matching: Matching
    paid: int
    denied: int
    foretold_denied: int
    """Denied lines that any rule foretold."""
    waiting: int
    """Denied lines that nothing foretold, where a rule of the kind could not decide."""
    rules: tuple[RuleRow, ...]
    denials: tuple[DenialRow, ...]
    other_words: tuple[OtherWords, ...]
    rules_left_out: int
    denials_left_out: int
    """Lines of the denials in rows that stand for too few patients."""
    limits: Limits = USUAL

    @property
    def held(self) -> int:
        """Lines that were held against an outcome."""
        return self.paid + self.denied

    @property
    def suspicious(self) -> tuple[RuleRow, ...]:
        """The rules that the outcomes speak against."""
        return tuple(row for row in self.rules if row.verdict == "suspicious")


@dataclass(slots=True)
class _OfRule:
    denied: int = 0
    otherwise: int = 0
    paid: int = 0
    missed: int = 0
    undecided: int = 0
    advised: int = 0
    payers: dict[str, list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )
    patients: set[str] = field(default_factory=set)


def report_of(tally: Tally, kind: KindOf, limits: Limits = USUAL) -> Report:
    """The report of what was counted."""
    cells = [(*key, cell) for key, cell in tally.cells.items()]
    against = suspicions(tally, kind)
    counted = rules_counted(cells, kind)
    rows = [
        rule_row(rule, of, kind(rule), against.get(rule, Suspicion()), limits)
        for rule, of in counted.items()
        if len(of.patients) >= limits.fewest
    ]
    denials, left_out = denial_rows(cells, kind, limits)
    return Report(
        matching=tally.matching,
        paid=sum(cell.lines for _said, done, cell in cells if not done.denied),
        denied=sum(cell.lines for _said, done, cell in cells if done.denied),
        foretold_denied=sum(
            cell.lines for said, done, cell in cells if done.denied and said.foretelling
        ),
        waiting=sum(
            cell.lines for said, done, cell in cells if is_waiting(said, done, kind)
        ),
        rules=tuple(sorted(rows, key=in_order)),
        denials=denials,
        other_words=in_other_words(cells, kind, limits),
        rules_left_out=len(counted) - len(rows),
        denials_left_out=left_out,
        limits=limits,
    )


def in_order(row: RuleRow) -> tuple[bool, float, int, str]:
    """The most suspicious first; of rules that nothing speaks against, the busiest."""
    lines = row.foretold + row.missed
    return row.verdict != "suspicious", -row.suspicion.strength, -lines, row.rule


Counted = tuple[Said, Done, Cell]


def rules_counted(cells: Iterable[Counted], kind: KindOf) -> dict[str, _OfRule]:
    """The lines of each rule that foretold, missed, could not decide or advised."""
    found: dict[str, _OfRule] = defaultdict(_OfRule)
    for said, done, cell in cells:
        for rule in said.foretelling:
            of = found[rule]
            of.patients |= cell.patients
            at = of.payers[said.payer]
            at[0] += cell.lines
            if not done.denied:
                of.paid += cell.lines
                at[1] += cell.lines
            elif not done.carcs or explains(done, rule, kind):
                of.denied += cell.lines
            else:
                of.otherwise += cell.lines
        for rule in said.undecided:
            found[rule].undecided += cell.lines
            found[rule].patients |= cell.patients
        for rule in said.advising:
            found[rule].advised += cell.lines
            found[rule].patients |= cell.patients
        if done.denied and not said.foretelling and not is_waiting(said, done, kind):
            for one in said.silent:
                if explains(done, one.rule, kind):
                    found[one.rule].missed += cell.lines
                    found[one.rule].patients |= cell.patients
    return found


def rule_row(
    rule: str, of: _OfRule, kind: Kind, against: Suspicion, limits: Limits
) -> RuleRow:
    """The row of one rule."""
    foretold = of.denied + of.otherwise + of.paid
    return RuleRow(
        rule=rule,
        carc=kind.carc,
        reason=kind.reason,
        verdict=verdict_of(foretold, of.missed, against, limits),
        denied=of.denied,
        denied_otherwise=of.otherwise,
        paid=of.paid,
        paid_share=wilson(of.paid, foretold),
        usual_paid=against.usual_alarms,
        missed=of.missed,
        held=against.missed,
        silent=against.silent,
        held_share=wilson(against.missed, against.silent),
        usual_missed=against.usual_misses,
        undecided=of.undecided,
        advised=of.advised,
        payers=tuple(
            AtPayer(payer, lines, paid)
            for payer, (lines, paid) in sorted(of.payers.items())
        ),
        suspicion=against,
    )


def verdict_of(
    foretold: int, missed: int, against: Suspicion, limits: Limits
) -> Verdict:
    """What may be said of a rule by so many lines."""
    if not foretold and not missed:
        return "undecided"
    if foretold + missed < limits.least:
        return "too few"
    return "suspicious" if against.strength > SURE else "agrees"


def is_waiting(said: Said, done: Done, kind: KindOf) -> bool:
    """Whether a line is denied that nothing foretold, for what a rule could not decide."""
    return not said.foretelling and any(
        explains(done, rule, kind) for rule in said.undecided
    )


@dataclass(slots=True)
class _Denials:
    lines: int = 0
    dollars: Decimal = Decimal(0)
    silent: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    patients: set[str] = field(default_factory=set)


def denial_rows(
    cells: Iterable[Counted], kind: KindOf, limits: Limits
) -> tuple[tuple[DenialRow, ...], int]:
    """The denials that no rule foretells, the weightiest first, and how many are left out."""
    found: dict[tuple[str, Done], _Denials] = defaultdict(_Denials)
    for said, done, cell in cells:
        if not done.denied or said.foretelling or is_waiting(said, done, kind):
            continue
        of = found[said.payer, done]
        of.lines += cell.lines
        of.dollars += cell.dollars
        of.codes[said.code] += cell.lines
        of.patients |= cell.patients
        if any(explains(done, one.rule, kind) for one in said.silent):
            of.silent += cell.lines
    shown = {key: of for key, of in found.items() if len(of.patients) >= limits.fewest}
    left_out = sum(of.lines for key, of in found.items() if key not in shown)
    rows = [
        DenialRow(
            payer=payer,
            carcs=done.carcs,
            rarcs=done.rarcs,
            words=tuple(DENIALS[carc].says for carc in done.carcs if carc in DENIALS),
            lines=of.lines,
            dollars=of.dollars,
            silent=of.silent,
            codes=most_denied(of.codes, limits),
        )
        for (payer, done), of in shown.items()
    ]
    rows.sort(key=lambda x: (-x.dollars, -x.lines, x.payer, x.carcs, x.rarcs))
    return tuple(rows), left_out


def most_denied(codes: Counter[str], limits: Limits) -> tuple[tuple[str, int], ...]:
    """The codes of a row with most lines, but for those of few lines."""
    order = sorted(codes.items(), key=lambda item: (-item[1], item[0]))
    return tuple(item for item in order if item[1] >= limits.fewest)[:MOST_CODES]


def in_other_words(
    cells: Iterable[Counted], kind: KindOf, limits: Limits
) -> tuple[OtherWords, ...]:
    """Lines that a rule and the payer deny with different CARCs, the most first.

    Those that another rule denies with the payer's own CARC are that rule's.
    """
    lines: Counter[tuple[str, tuple[str, ...]]] = Counter()
    patients: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
    for said, done, cell in cells:
        given = {kind(rule).carc for rule in said.foretelling}
        if not done.carcs or not given.isdisjoint(done.carcs):
            continue
        for rule in said.foretelling:
            if kind(rule).carc:
                lines[rule, done.carcs] += cell.lines
                patients[rule, done.carcs] |= cell.patients
    rows = [
        OtherWords(rule, kind(rule).carc, theirs, number)
        for (rule, theirs), number in lines.items()
        if number >= limits.least and len(patients[rule, theirs]) >= limits.fewest
    ]
    return tuple(sorted(rows, key=lambda row: (-row.lines, row.rule, row.theirs)))
