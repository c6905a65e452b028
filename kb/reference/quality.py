"""How true the knowledge base is, in figures: by payer, by family of procedures, in all.

Only policies that decide count, each with its rules: a shared text counts where a payer
uses it, for there it has that payer's own source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from sqlite3 import Connection
from typing import NamedTuple

from kb.read.families import families, family_title
from kb.read.knowledge_base import KnowledgeBase
from kb.read.store import rows_from

LOOKED_BACK = 2
"""Years before this one for which a practice still holds claims."""
EVERYBODY = "Every payer"


@dataclass(frozen=True, slots=True)
class Share:
    """How many of all are so."""

    so: int
    of: int

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 is all; nothing where there is none."""
        return self.so * 100 // self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Figures:
    """What is measured of one payer, one family or of all."""

    title: str
    own_words: Share
    """Rules that deny by the payer's own text, of all rules that deny."""
    quoted: Share
    """Rules that deny and show the sentence that they stand on."""
    first_days: Share
    """Policies whose first day a cited source states."""
    years: dict[int, Share]
    """Days of a year on which coverage is answered, over payers and families."""
    oldest: int | None
    """Days since the source was read that was read first of all."""
    gaps: int


@dataclass(frozen=True, slots=True)
class Quality:
    """The figures on a day; payers by their id, families by theirs."""

    day: date
    total: Figures
    payers: dict[str, Figures]
    families: dict[str, Figures]

    def parts(self) -> Iterator[tuple[str, str, Figures]]:
        """Every row with its kind and its key."""
        yield "total", "", self.total
        for kind, rows in (("payers", self.payers), ("families", self.families)):
            for key, figures in rows.items():
                yield kind, key, figures


class Cell(NamedTuple):
    """Who answers about which family: a contractor answers for itself."""

    payer: str
    contractor: str
    family: str


@dataclass(frozen=True, slots=True)
class _Measured:
    """A rule or gap of a policy that decides."""

    policy: str
    first_day_known: bool
    payer: str
    contractor: str
    covers: bool
    kind: str
    denies: bool
    own_words: bool
    quoted: bool
    read_on: date | None
    days: dict[str, tuple[tuple[date, date], ...]]
    """By family: the spans in which it speaks of a code of the family."""


def quality(connection: Connection, day: date) -> Quality:
    """The figures of all policies, looked at from a day."""
    kb = KnowledgeBase(connection)
    known = families(kb, day)
    titles = dict(connection.execute("SELECT id, title FROM payer ORDER BY title"))
    everything = tuple(_measured(connection))
    of_payer: dict[str, list[_Measured]] = defaultdict(list)
    of_family: dict[str, list[_Measured]] = defaultdict(list)
    for one in everything:
        of_payer[one.payer].append(one)
        for family in one.days:
            of_family[family].append(one)
    titles[""] = EVERYBODY
    return Quality(
        day=day,
        total=_figures("All", everything, tuple(known), day),
        payers={
            key: _figures(title, of_payer[key], tuple(known), day)
            for key, title in titles.items()
            if key in of_payer
        },
        families={
            key: _figures(family_title(key), of_family[key], (key,), day)
            for key in known
            if key in of_family
        },
    )


def _measured(connection: Connection) -> Iterator[_Measured]:
    """Every rule and gap of the policies that decide; drafts only advise."""
    days = _days_of_families(connection)
    rows = rows_from(
        connection,
        """SELECT r.id, r.kind, r.outcome, r.grade, v.id AS policy, v.decides,
          v.first_day_source IS NOT NULL AS stated, coalesce(v.payer, '') AS payer,
          coalesce(v.contractor, '') AS contractor,
          EXISTS (SELECT 1 FROM rule_citation AS c
                  WHERE c.rule = r.id AND c.quote <> '') AS quoted,
          (SELECT min(s.read_on) FROM rule_citation AS c JOIN source AS s
           ON s.id = c.source WHERE c.rule = r.id) AS read_on
        FROM rule AS r JOIN policy_version AS v ON v.id = r.policy_version
        WHERE v.status = 'active'""",
    )
    for row in rows:
        yield _Measured(
            policy=row["policy"],
            first_day_known=bool(row["stated"]),
            payer=row["payer"],
            contractor=row["contractor"],
            covers=row["decides"] == "coverage" and row["kind"] == "rule",
            kind=row["kind"],
            denies=row["kind"] == "rule" and row["outcome"] == "deny",
            own_words=row["grade"] == "primary",
            quoted=bool(row["quoted"]),
            read_on=date.fromisoformat(row["read_on"]) if row["read_on"] else None,
            days=days.get(row["id"], {}),
        )


def _days_of_families(
    connection: Connection,
) -> dict[str, dict[str, tuple[tuple[date, date], ...]]]:
    """By rule and family: when the rule speaks of one of its codes."""
    found: dict[str, dict[str, set[tuple[date, date]]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for rule, family, first, last in connection.execute(
        """SELECT DISTINCT r.id, m.code_group,
          max(coalesce(r.from_day, '0001-01-01'), coalesce(c.from_day, '0001-01-01')),
          min(coalesce(r.through_day, '9999-12-31'),
              coalesce(c.through_day, '9999-12-31'))
        FROM rule_code AS c JOIN rule AS r ON r.id = c.rule
        JOIN code_group_member AS m ON m.code = c.code AND m.code_grouping = 'family'"""
    ):
        span = date.fromisoformat(first), date.fromisoformat(last)
        found[rule][family].add(span)
    return {
        rule: {family: tuple(sorted(spans)) for family, spans in by_family.items()}
        for rule, by_family in found.items()
    }


def _figures(
    title: str, measured: Iterable[_Measured], asked: tuple[str, ...], day: date
) -> Figures:
    rules = tuple(measured)
    denying = [one for one in rules if one.denies]
    policies = {one.policy: one.first_day_known for one in rules}
    read = [one.read_on for one in rules if one.read_on]
    return Figures(
        title=title,
        own_words=Share(sum(one.own_words for one in denying), len(denying)),
        quoted=Share(sum(one.quoted for one in denying), len(denying)),
        first_days=Share(sum(policies.values()), len(policies)),
        years=_years(rules, asked, day),
        oldest=(day - min(read)).days if read else None,
        gaps=sum(one.kind == "gap" for one in rules),
    )


def _years(
    rules: Iterable[_Measured], asked: tuple[str, ...], day: date
) -> dict[int, Share]:
    """Days answered, of the families of which each voice ever says anything."""
    cells: dict[Cell, set[tuple[date, date]]] = defaultdict(set)
    for one in rules:
        if one.covers:
            for family in one.days.keys() & set(asked):
                cell = Cell(one.payer, one.contractor, family)
                cells[cell].update(one.days[family])
    return {
        year: _days_answered(cells.values(), year)
        for year in range(day.year - LOOKED_BACK, day.year + 1)
    }


def _days_answered(cells: Iterable[set[tuple[date, date]]], year: int) -> Share:
    first, last = date(year, 1, 1), date(year, 12, 31)
    length = (last - first).days + 1
    spans = [*cells]
    answered = sum(_days_within(each, first, last) for each in spans)
    return Share(answered, length * len(spans))


def _days_within(spans: Iterable[tuple[date, date]], first: date, last: date) -> int:
    """How many days of a year the spans hold together, each day once."""
    days, free = 0, first
    for start, end in sorted(spans):
        begins, ends = max(start, free), min(end, last)
        if begins <= ends:
            days += (ends - begins).days + 1
            free = ends + timedelta(days=1)
    return days


def shares(figures: Figures) -> dict[str, int]:
    """The figures that may not fall, in percent; those without anything are left out."""
    found = {
        each.name: value.percent
        for each in fields(figures)
        if isinstance(value := getattr(figures, each.name), Share)
    }
    found |= {str(year): share.percent for year, share in figures.years.items()}
    return {name: percent for name, percent in found.items() if percent is not None}
