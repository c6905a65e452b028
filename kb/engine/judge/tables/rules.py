"""The tables as a run asks them, with the words of what they found."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from kb.engine.judge.tables.finding import NAMES, Finding
from kb.engine.rule_words import CitationWords, RuleWords
from kb.tables.model import Edition, Kind, Setting, Tables

DIGITS = 12
Codes = tuple[str, tuple[str, ...]]
"""CARC and RARC of a denial."""
NO_CODES: Codes = ("", ())


@dataclass(frozen=True, slots=True)
class TableRules:
    """Tables, and what an answer says of each row of them that spoke."""

    tables: Tables
    reasons: Callable[[], Mapping[str, Codes]] = dict
    """How Medicare names its reasons, as the policies have it; read when first asked."""
    shipped: str = ""
    """SHA-256 of the shipped rows, for receipts; empty where none are asked."""
    words: dict[str, RuleWords] = field(default_factory=dict)
    """By the rule of the finding: made once, they are the same in every answer."""

    def speak(self, found: Finding) -> str:
        """The rule of a finding, its words kept for whoever tells it."""
        rule = found.rule
        if rule not in self.words:
            self.words[rule] = words_of(found, rule, self.reasons())
        return rule


def table_rules(
    tables: Tables, words: Mapping[str, RuleWords], shipped: str = ""
) -> TableRules:
    """The tables with the reason codes that the rules of Medicare's policies give."""
    return TableRules(tables, cache(lambda: reasons_in(words)), shipped)


def reasons_in(words: Mapping[str, RuleWords]) -> dict[str, Codes]:
    """The codes that Medicare's rules give a reason."""
    seen: dict[str, Counter[Codes]] = defaultdict(Counter)
    for one in words.values():
        if one.carc and one.policy.startswith("medicare/"):
            seen[one.reason][one.carc, one.rarc] += 1
    return {
        # A rule may give codes of its own: what most give is the table of reasons.
        reason: max(counts, key=lambda codes: (counts[codes], codes))
        for reason, counts in seen.items()
    }


def words_of(found: Finding, rule: str, reasons: Mapping[str, Codes]) -> RuleWords:
    """What is said of a row of a table wherever it is told."""
    carc, rarc = reasons.get(found.reason, NO_CODES)
    policy, _, name = rule.partition("#")
    return RuleWords(
        id=rule,
        policy=policy.partition("@")[0],
        name=name,
        title=found.title,
        sentence="",
        reason=found.reason,
        carc=carc,
        rarc=rarc,
        fix="",
        ask_of="",
        grade="primary",
        file="",
        line=0,
        citations=(citation(found),),
        policy_title=NAMES[found.edition.kind],
    )


def citation(found: Finding) -> CitationWords:
    """Edition and hash; of what ships, that it is not the whole table."""
    edition = found.edition
    return CitationWords(
        source=called(edition),
        title=edition.source or called(edition),
        passage=found.entry,
        quote="",
        url="",
        grade="primary",
        read_on="",
        version="shipped rows" if edition.shipped else f"sha256 {short(edition)}",
    )


def short(edition: Edition) -> str:
    """The first digits of its hash."""
    return edition.sha256.removeprefix("sha256:")[:DIGITS]


def called(edition: Edition) -> str:
    """``NCCI pairs practitioner 2026 Q4``."""
    setting = "" if edition.setting is Setting.ALL else f" {edition.setting}"
    return f"{NAMES[edition.kind]}{setting} {edition.name}"


ASKED = (
    Kind.PAIRS,
    Kind.UNIT_CAPS,
    Kind.ADD_ONS,
    Kind.DIAGNOSES,
    Kind.INDICATORS,
)
"""The tables that a line is held against."""
