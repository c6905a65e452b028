"""What changes for claims between two days: texts, rules, numbers and codes that come or go.

One build holds every version with its first and last day, so nothing but days is compared:
a service before such a day is answered by one rule, a service on it by another.  Two
versions of one policy are compared rule by rule.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from dsl.ir.codec import decode_rule
from dsl.ir.parts import Days
from dsl.ir.rule import InForce
from dsl.ir.rule import Rule as Tree
from kb.plain.trade import codes_words, in_trade_words
from kb.read.card_store import answers_of
from kb.read.policy_store import policy_contents
from kb.read.records import CodeSet, Policy, PolicyContent, Rule, Source
from kb.read.source_store import sources
from kb.read.store import KnowledgeBase, policies, versions_of_policy
from kb.reference.places import rule_path, set_anchor
from kb.reference.strictness import direction_between, of_a_new, of_an_ended

Kind = Literal["stricter", "looser", "changed", "new", "ended"]
KINDS: dict[Kind, str] = {
    "stricter": "Stricter",
    "looser": "Looser",
    "changed": "Changed",
    "new": "New texts",
    "ended": "Ended",
}
"""In the order in which a biller needs them."""
ONE_DAY = timedelta(days=1)
ANY_DAY = InForce(Days(), "service", ended=False)
RULES_SHOWN = 3
LONGEST_CONDITION = 120
"""Letters of a condition that stand beside a sentence."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A worked claim that shows what a rule does."""

    title: str
    outcome: str
    path: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is otherwise from a day on."""

    key: str
    """The same from build to build: what it is about, and its day."""
    day: str
    """The first day on which the new answer holds."""
    kind: Kind
    policy: Policy
    title: str
    text: str
    """What holds from that day; empty where nothing does."""
    was: str
    """What held before; empty where nothing did."""
    path: str
    grade: str = ""
    witness: Witness | None = None

    @property
    def who(self) -> str:
        """The payer, with its contractor."""
        return who_decides(self.policy)

    @property
    def is_dated(self) -> bool:
        """Whether the payer's text gives the day; else it only begins our answers."""
        return self.kind != "new" or not self.policy.stand_in


def who_decides(policy: Policy) -> str:
    """A policy's payer, with its contractor."""
    payer = policy.payer_title or "Any payer"
    return f"{payer}, {policy.contractor_title}" if policy.contractor else payer


def changes_between(
    kb: KnowledgeBase, first: date, last: date, payer_id: str = ""
) -> tuple[Change, ...]:
    """The changes that begin to hold on these days, the latest first."""
    days = kb.once(_days_of_versions)
    wanted = [
        each
        for each in policies(kb)
        if each.status != "shared"
        and (not payer_id or each.payer == payer_id or each.any_payer)
        and any(_within(day, first, last) for day in days[each.id])
    ]
    before = {each.id: _before(kb, each) for each in wanted}
    ids = {*before, *(each.id for each in before.values() if each)}
    contents = {each.policy.id: each for each in policy_contents(kb, sorted(ids))}
    witnesses = kb.items(_read_witnesses, ids)
    say = _sentences(kb, ids)
    found = (
        change
        for version, earlier in before.items()
        for change in _changes_of(
            kb, contents[version], contents[earlier.id] if earlier else None, say
        )
        if _within(change.day, first, last)
    )
    return tuple(sorted((_shown(each, witnesses) for each in found), key=_latest_first))


def due_between(kb: KnowledgeBase, first: date, last: date) -> tuple[Source, ...]:
    """Sources that are to be read again on these days, the first one first."""
    due = [each for each in sources(kb) if _within(each.review_by, first, last)]
    return tuple(sorted(due, key=lambda each: (each.review_by or "", each.id)))


def _within(day: str | None, first: date, last: date) -> bool:
    return day is not None and first.isoformat() <= day <= last.isoformat()


def _latest_first(change: Change) -> tuple[int, str, str]:
    return -date.fromisoformat(change.day).toordinal(), change.who, change.key


def _next(day: str) -> str:
    return (date.fromisoformat(day) + ONE_DAY).isoformat()


def _days_of_versions(kb: KnowledgeBase) -> defaultdict[str, set[str]]:
    """By policy version: the days on which something of it begins or has just ended."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for version, starts, ends in kb.connection.execute(
        """SELECT id, from_day, through_day FROM policy_version
        UNION SELECT policy_version, from_day, through_day FROM rule
        UNION SELECT policy_version, from_day, through_day FROM dated_value_amount
        UNION SELECT n.policy_version, m.from_day, m.through_day
          FROM code_set_member m JOIN code_set s ON s.id = m.code_set
          JOIN (SELECT policy_version, code_set FROM rule
                UNION SELECT policy_version, id FROM code_set) n ON n.code_set = s.id
          WHERE n.policy_version IS NOT NULL"""
    ):
        found[version] |= {day for day in (starts, ends and _next(ends)) if day}
    return found


def _before(kb: KnowledgeBase, version: Policy) -> Policy | None:
    """The version of the same policy that this one follows."""
    earlier = [
        each
        for each in versions_of_policy(kb, version.policy)
        if (each.from_day or "") < (version.from_day or "")
    ]
    return earlier[-1] if earlier else None


def _changes_of(
    kb: KnowledgeBase,
    content: PolicyContent,
    before: PolicyContent | None,
    say: Sentences,
) -> Iterator[Change]:
    """What comes and goes with one version, at its ends and within it."""
    version = content.policy
    rules = [rule for rule in content.rules if rule.kind == "rule"]
    if version.from_day and before is None:
        yield _begun(content, rules, say)
    if version.from_day and before is not None:
        yield from _between_versions(before, content, say)
    later = [each.from_day or "" for each in versions_of_policy(kb, version.policy)]
    if version.through_day and max(later) <= (version.from_day or ""):
        yield _ended(version)
    yield from _within_version(content, rules, say)
    yield from _codes_of(content)


def _begun(content: PolicyContent, rules: list[Rule], say: Sentences) -> Change:
    version = content.policy
    shown = [_said(rule, say) for rule in rules[:RULES_SHOWN]]
    more = len(rules) - len(shown)
    words = "; ".join(shown) + (f"; and {more} more" if more else "")
    return Change(
        key=f"policy:{version.id}",
        day=version.from_day or "",
        kind="new",
        policy=version,
        title=version.title,
        text=words,
        was="",
        path=f"/policy/{version.id}",
        grade=version.first_day_grade,
    )


def _ended(version: Policy) -> Change:
    day = _next(version.through_day or "")
    return Change(
        key=f"policy:{version.id}:ended:{day}",
        day=day,
        kind="ended",
        policy=version,
        title=version.title,
        text="",
        was=f"In force through {version.through_day}",
        path=f"/policy/{version.id}",
    )


def _between_versions(
    before: PolicyContent, after: PolicyContent, say: Sentences
) -> Iterator[Change]:
    """The rules of a version that are new, gone, or not as they were."""
    day = after.policy.from_day or ""
    theirs = {each.name: each for each in before.rules if each.kind == "rule"}
    ours = {each.name: each for each in after.rules if each.kind == "rule"}
    for name, rule in ours.items():
        if rule.from_day not in {None, day}:
            continue  # it begins later, within its version
        if name not in theirs:
            yield _of_rule(after, rule, day, of_a_new(rule.tree), say)
        elif _plain(theirs[name]) != _plain(rule):
            kind = direction_between(_plain(theirs[name]), _plain(rule))
            was = _said(theirs[name], say)
            yield _of_rule(after, rule, day, kind, say, was)
    for name, rule in theirs.items():
        if name not in ours:
            yield _gone(before, rule, day, of_an_ended(rule.tree), say)


def _plain(rule: Rule) -> Tree:
    """What a rule decides, without the names and days of its version."""
    text = json.dumps(rule.ir).replace(f"{rule.policy_version}#", "#")
    tree = decode_rule(json.loads(text))
    return replace(tree, version="", policy="", rule="", in_force=ANY_DAY)


def _within_version(
    content: PolicyContent, rules: list[Rule], say: Sentences
) -> Iterator[Change]:
    """Rules that begin or end while their version goes on."""
    version = content.policy
    ends = {
        (each.name, each.through_day and _next(each.through_day)): each
        for each in rules
    }
    starts = {(each.name, each.from_day) for each in rules}
    for rule in rules:
        if rule.from_day and rule.from_day != version.from_day:
            earlier = ends.get((rule.name, rule.from_day))
            if earlier is None:
                new = of_a_new(rule.tree)
                yield _of_rule(content, rule, rule.from_day, new, say)
            else:
                kind = direction_between(_plain(earlier), _plain(rule))
                was = _said(earlier, say)
                yield _of_rule(content, rule, rule.from_day, kind, say, was)
        if rule.through_day and rule.through_day != version.through_day:
            day = _next(rule.through_day)
            if (rule.name, day) not in starts:
                # Another text may go on asking the same: that it ends is all we know.
                yield _gone(content, rule, day, "ended", say)


def _of_rule(
    content: PolicyContent,
    rule: Rule,
    day: str,
    kind: Kind,
    say: Sentences,
    was: str = "",
) -> Change:
    return Change(
        key=f"rule:{rule.id}:{day}",
        day=day,
        kind=kind,
        policy=content.policy,
        title=rule.title,
        text=_said(rule, say),
        was=was,
        path=rule_path(content.policy, rule),
        grade=rule.grade,
    )


def _gone(
    content: PolicyContent, rule: Rule, day: str, kind: Kind, say: Sentences
) -> Change:
    gone = _of_rule(content, rule, day, kind, say)
    return replace(gone, key=f"{gone.key}:ended", text="", was=gone.text)


def _codes_of(content: PolicyContent) -> Iterator[Change]:
    """Codes that come into a list, or leave it, on days of their own."""
    version = content.policy
    for listed in content.code_sets:
        come: defaultdict[str, set[str]] = defaultdict(set)
        left: defaultdict[str, set[str]] = defaultdict(set)
        for member in listed.members:
            if member.from_day and member.from_day != version.from_day:
                come[member.from_day].add(member.code)
            if member.through_day and member.through_day != version.through_day:
                left[_next(member.through_day)].add(member.code)
        for day in sorted(come.keys() | left.keys()):
            yield _codes_moved(version, listed, day, come[day], left[day])


def _codes_moved(
    version: Policy, listed: CodeSet, day: str, come: set[str], left: set[str]
) -> Change:
    parts = [("added", come - left), ("removed", left - come)]
    words = [f"{codes_words(codes)} {verb}" for verb, codes in parts if codes]
    return Change(
        key=f"codes:{version.id}:{listed.name}:{day}",
        day=day,
        kind="changed",
        policy=version,
        title=listed.title or listed.name,
        text="; ".join(words),
        was="",
        path=f"/policy/{version.id}#{set_anchor(listed)}",
    )


Sentences = Mapping[str, str]
"""By rule: what it says, with its numbers and its condition."""


def _sentences(kb: KnowledgeBase, versions: Iterable[str]) -> dict[str, str]:
    """What each rule says, as its cards do: the first where a number changes with the day."""
    found: dict[str, str] = {}
    for answers in answers_of(kb, sorted(versions)).values():
        for each in answers.all:
            short = 0 < len(each.condition) <= LONGEST_CONDITION
            when = f" ({each.condition})" if short else ""
            found.setdefault(each.rule, each.sentence + when)
    return found


def _said(rule: Rule, say: Sentences) -> str:
    return say.get(rule.id) or in_trade_words(rule.title)


# ---------- worked claims ----------


def _read_witnesses(
    kb: KnowledgeBase, versions: list[str]
) -> dict[str, dict[str, Witness]]:
    """By policy version and rule name: the first worked claim on which the rule speaks."""
    found: dict[str, dict[str, Witness]] = {each: {} for each in versions}
    for row in kb.rows(
        """SELECT s.policy_version, s.name, s.title, e.value ->> '$.by' AS rule,
          e.value ->> '$.outcome' AS outcome
        FROM scenario s, json_each(s.expect) e
        WHERE s.policy_version IN (SELECT value FROM json_each(?))
          AND e.value ->> '$.by' IS NOT NULL AND e.value ->> '$.outcome' IS NOT NULL
        ORDER BY s.policy_version, s.position""",
        json.dumps(versions),
    ):
        version = row["policy_version"]
        path = f"/policy/{version}#scenario-{row['name']}"
        claim = Witness(row["title"], row["outcome"], path)
        found[version].setdefault(row["rule"], claim)
    return found


def _shown(change: Change, witnesses: dict[str, dict[str, Witness]]) -> Change:
    of_version = witnesses.get(change.policy.id, {})
    name = change.key.partition("#")[2].partition("@")[0].partition(":")[0]
    if name:
        return replace(change, witness=of_version.get(name))
    if change.kind == "new":
        return replace(change, witness=next(iter(of_version.values()), None))
    return change
