"""One code or family across payers: a row each, those who say the same word for word in one.

What differs is what one sees, however many payers are loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from kb.plain.headings import TILES
from kb.read.knowledge_base import KnowledgeBase
from kb.read.records import CodeDetail, CodeList, CodeRule, Policy
from kb.read.store import payers, policies
from kb.reference.cards import Card
from kb.reference.days import holds_on
from kb.reference.places import in_force_on, rule_path

ABOUT_THE_CODE = frozenset({"for", "every", "same-day", "not-with", "bill-as"})


@dataclass(frozen=True, order=True, slots=True)
class Voice:
    """A payer, or one of its contractors with the title of the payer."""

    title: str
    payer_title: str
    """Of the contractor's payer; empty for a payer itself."""
    path: str = field(compare=False)
    """The page where it says so, from the site's root."""


def distinct(voices: Iterable[Voice]) -> tuple[Voice, ...]:
    """Each voice once, contractors beside those of their payer."""
    return tuple(sorted(set(voices), key=lambda each: (each.payer_title, each.title)))


@dataclass(frozen=True, slots=True)
class Comparison:
    """What every payer says of a subject."""

    groups: tuple[tuple[Card, ...], ...]
    """Payers whose rules name its codes; those who say the same together, by title."""
    others: tuple[Card, ...]
    """Payers whose rules name its codes, but answer none of the eight questions."""
    followers: tuple[Voice, ...]
    """Payers with no rule of their own for it; ``payer_title`` says whom they follow."""
    silent: tuple[Card, ...]
    """Payers of which no rule names its codes."""


def compare(kb: KnowledgeBase, cards: Iterable[Card], day: date) -> Comparison:
    """Cards of one subject put side by side."""
    alike: dict[object, list[Card]] = {}
    led: list[Card] = []
    others: list[Card] = []
    silent: list[Card] = []
    for card in cards:
        if card.is_silent:
            silent.append(card)
        elif card.is_led:
            led.append(card)
        elif all(card.cell(tile.key).known == "silent" for tile in TILES):
            others.append(card)
        else:
            alike.setdefault(words_of(card), []).append(card)
    following = followers(kb, day)
    return Comparison(
        groups=tuple(map(tuple, alike.values())),
        others=tuple(others),
        followers=tuple(following[card.payer.id] for card in led),
        silent=tuple(silent),
    )


def words_of(
    card: Card,
) -> tuple[tuple[tuple[str, str, str, tuple[str, ...]], ...], ...]:
    """The tiles of a card as they read, without where their rules stand."""
    return tuple(
        tuple(
            (row.sentence, row.condition, row.outcome, row.codes)
            for row in card.cell(tile.key).rows
        )
        for tile in TILES
    )


def followers(kb: KnowledgeBase, day: date) -> dict[str, Voice]:
    """By payer: whose policies hold for its claims too."""
    titles = {each.id: each.title for each in payers(kb)}
    return {
        each.payer: Voice(
            each.payer_title, titles[each.defers_to], f"/policy/{each.id}"
        )
        for each in policies(kb, on=day.isoformat())
        if each.defers_to
    }


def _holds(use: CodeRule, day: date) -> bool:
    return holds_on(use.from_day, use.through_day, day) and in_force_on(use.rule, day)


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """Whether the list of a policy holds a diagnosis on a day."""

    policy: Policy
    title: str
    path: str
    holds: bool | None
    """``None``: the policy has no list that is loaded."""


def diagnosis_lists(
    kb: KnowledgeBase, detail: CodeDetail, day: date
) -> tuple[ListAnswer, ...]:
    """Every diagnosis list that a rule requires, of every policy in force on a day."""
    holding = {each.id for each in detail.lists if _list_holds(each, day)}
    found: dict[tuple[str, str], ListAnswer] = {}
    required_by = kb.once(_required_lists)
    for policy in policies(kb, on=day.isoformat()):
        required = required_by.get(policy.id, ())
        if not required:
            path = f"/policy/{policy.id}"
            found[policy.id, ""] = ListAnswer(policy, "", path, holds=None)
        for rule, set_id, title, name in required:
            answer = ListAnswer(
                policy=policy,
                title=title or name,
                path=f"/policy/{policy.id}#rule-{rule}",
                holds=set_id in holding,
            )
            found.setdefault((policy.id, set_id), answer)
    return tuple(found.values())


def _list_holds(found: CodeList, day: date) -> bool:
    return holds_on(found.from_day, found.through_day, day)


def _required_lists(
    kb: KnowledgeBase,
) -> dict[str, list[tuple[str, str, str, str]]]:
    """By policy version: rule name, list, its title and name, where a duty asks for it."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for version, *required in kb.connection.execute(
        """SELECT DISTINCT r.policy_version, r.name, s.id, s.title, s.name
        FROM rule r CROSS JOIN json_tree(r.ir, '$.duty') t CROSS JOIN code_set s
        WHERE r.id IN (SELECT rule FROM rule_mention WHERE use = 'diagnosis')
          AND t.key = 'set' AND s.id = t.value AND s.kind = 'diagnosis'
        ORDER BY r.policy_version, r.position, s.id"""
    ):
        rule, key, title, name = required
        found.setdefault(version, []).append((rule, key, title, name))
    return found


def other_uses(detail: CodeDetail, shown: Iterable[str], day: date) -> list[CodeRule]:
    """Rules that name the code otherwise than being for it, but those ``shown``."""
    seen: dict[tuple[str, str], CodeRule] = {}
    for use in detail.rules:
        if use.use not in ABOUT_THE_CODE and _holds(use, day):
            seen.setdefault((use.rule.id, use.use), use)
    paths = set(shown)
    return [
        use for use in seen.values() if rule_path(use.policy, use.rule) not in paths
    ]
