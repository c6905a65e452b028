"""Every page of the guide, and how it is made: by the functions that make the site's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from urllib.parse import quote

from kb.guide.addresses import READER, Addresses, diagnosis_key
from kb.read.families import families
from kb.read.source_store import sources
from kb.read.store import KnowledgeBase, contractors, payers, policies
from kb.reference.cards import (
    Card,
    card,
    cards_of_payer,
    codes_of_payer,
    family_subjects,
)
from kb.web.answer_pages import Where as Asked
from kb.web.answer_pages import answer_page, payer_page
from kb.web.changes_page import asked_days, changes_page
from kb.web.code_page import code_page
from kb.web.compare_page import Compared
from kb.web.coverage_page import coverage_page
from kb.web.home_page import home_page, more_page, policies_page
from kb.web.page import Page
from kb.web.pages import about_page, gaps_page, source_page, sources_page
from kb.web.payers_page import payers_page
from kb.web.policy_pages import policy_page, text_page
from kb.web.print_page import sheet_of
from kb.web.rule_page import rule_page
from kb.web.where import Where

Build = Callable[[KnowledgeBase], Page]
States = Mapping[str, tuple[str, ...]]
COLUMNS = 4
"""So many payers stand side by side at once."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page: where it stands in the guide, its address on the site, how it is made."""

    place: str
    """The name of its file, or the key of its entry in a pack."""
    address: str
    build: Build


@dataclass(frozen=True, slots=True)
class Plan:
    """All pages of a guide before any is made."""

    files: tuple[Leaf, ...]
    entries: tuple[Leaf, ...]
    addresses: Addresses


def plan_of(
    kb: KnowledgeBase, day: date, states: Collection[str] = (), *, checks: bool
) -> Plan:
    """The pages of a guide; with the page of the claim check when there is one.

    ``states`` are those for which contractors' answers are wanted; none means all.
    """
    wanted = states_told(kb, states)
    files = (
        *_general(day, checks=checks),
        *_of_payers(kb, day, wanted),
        *_of_codes(kb, day),
    )
    entries = (
        *_answers(kb, day, wanted),
        *_policies(kb, day),
        *_sources(kb),
        *_diagnoses(kb, day),
        *_texts(kb),
    )
    names = {each.place for each in files} | {READER}
    addresses = Addresses(
        files=frozenset(names),
        entries=frozenset(each.place for each in entries),
        family_of={
            code: family for family, own in families(kb, day).items() for code in own
        },
        latest={each.policy: each.id for each in policies(kb)},
        sheets=frozenset(
            f"{payer.id}/{each.subject.key}"
            for payer in payers(kb)
            for each in _spoken(kb, payer.id, day)
        ),
        texts={each.file: each.id for each in policies(kb)},
    )
    return Plan(files, entries, addresses)


def _general(day: date, *, checks: bool) -> Iterator[Leaf]:
    yield Leaf("index.html", "/", lambda kb: home_page(kb, day))
    yield Leaf("payers.html", "/payers", lambda kb: payers_page(kb, day))
    yield Leaf("more.html", "/more", lambda kb: more_page(kb, day))
    yield Leaf("about.html", "/about", lambda _kb: about_page())
    yield Leaf("sources.html", "/sources", sources_page)
    yield Leaf("policies.html", "/policies", policies_page)
    yield Leaf("gaps.html", "/gaps", gaps_page)
    yield Leaf("coverage.html", "/coverage", lambda kb: coverage_page(kb, Where()))
    yield Leaf(
        "changes.html", "/changes", lambda kb: changes_page(kb, asked_days({}, ""))
    )
    yield Leaf("compare.html", "/compare", partial(_comparison, "", day))
    yield Leaf("search.html", "/search", lambda _kb: Page("guide/search.html"))
    yield Leaf(READER, f"/{READER}", lambda _kb: Page("guide/read.html"))
    if checks:
        yield Leaf("check.html", "/check", lambda _kb: Page("guide/check.html"))


def _of_payers(kb: KnowledgeBase, day: date, states: States) -> Iterator[Leaf]:
    for each in payers(kb):
        path = f"/payer/{quote(each.id)}"
        own = each.id
        yield Leaf(f"payer/{own}.html", path, partial(_payer, own, "", day))
        for state in states.get(own, ()):
            yield Leaf(
                f"payer/{own}/{state}.html",
                f"{path}?state={state}",
                partial(_payer, own, state, day),
            )
        yield Leaf(
            f"print/{own}.html", f"/print/{quote(own)}", partial(_sheets, own, day)
        )


def states_told(kb: KnowledgeBase, wanted: Collection[str] = ()) -> States:
    """By payer that has contractors: its states, or those of them that are wanted."""
    found: dict[str, set[str]] = {}
    for each in contractors(kb):
        found.setdefault(each.payer, set()).update(each.states)
    return {
        payer: tuple(sorted(own & set(wanted) if wanted else own))
        for payer, own in found.items()
    }


def _payer(own: str, state: str, day: date, kb: KnowledgeBase) -> Page:
    return payer_page(kb, own, Asked(day, state))


def _sheets(own: str, day: date, kb: KnowledgeBase) -> Page:
    """The sheets of a payer, a page of paper for each family that it says anything of."""
    payer = next(each for each in payers(kb) if each.id == own)
    sheets = [sheet_of(each) for each in _spoken(kb, own, day)]
    return Page("guide/print.html", {"payer": payer, "sheets": sheets})


def _spoken(kb: KnowledgeBase, payer_id: str, day: date) -> list[Card]:
    """The cards of the families that a payer says anything of."""
    return [each for each in cards_of_payer(kb, payer_id, day) if not each.is_silent]


def _of_codes(kb: KnowledgeBase, day: date) -> Iterator[Leaf]:
    for code in codes_of_kind(kb, "procedure"):
        yield Leaf(
            f"code/{code}.html",
            f"/code/{quote(code)}",
            partial(_code, code, day),
        )
    for family in families(kb, day):
        yield Leaf(
            f"compare/{family}.html",
            f"/compare?family={family}",
            partial(_comparison, family, day),
        )


def codes_of_kind(kb: KnowledgeBase, kind: str) -> list[str]:
    """The codes of a kind that anything loaded names."""
    rows = kb.rows("SELECT id FROM code WHERE kind = ? ORDER BY id", kind)
    return [row["id"] for row in rows]


def _comparison(family: str, day: date, kb: KnowledgeBase) -> Page:
    """All payers that say anything of a family; the page shows those that are chosen."""
    cards = _speaking(kb, family, day) if family else ()
    found = Compared(Where(family=family), cards) if cards else None
    subjects = {each.key: each for each in family_subjects(kb, day)}
    return Page(
        "guide/compare.html",
        {
            "found": found,
            "chosen": [""] * COLUMNS,
            "payers": [each.payer for each in cards] or payers(kb),
            "written": family,
            "subject": subjects.get(family),
            "subjects": tuple(subjects.values()),
            "asked": "",
        },
    )


def _speaking(kb: KnowledgeBase, family: str, day: date) -> tuple[Card, ...]:
    cards = (card(kb, each.id, family, day) for each in payers(kb))
    return tuple(each for each in cards if each and not each.is_silent)


def _answers(kb: KnowledgeBase, day: date, states: States) -> Iterator[Leaf]:
    """Each payer's families and codes; where it has contractors, its families by state."""
    keys = tuple(families(kb, day))
    in_families = {code for own in families(kb, day).values() for code in own}
    for each in payers(kb):
        for subject in (*keys, *sorted(codes_of_payer(kb, each.id, day))):
            yield _answer(each.id, subject, "", day)
        for state in states.get(each.id, ()):
            codes = set(codes_of_payer(kb, each.id, day, state)) & in_families
            for subject in (*keys, *sorted(codes)):
                yield _answer(each.id, subject, state, day)


def _answer(payer: str, subject: str, state: str, day: date) -> Leaf:
    key = f"answer/{payer}/{state}/{subject}" if state else f"answer/{payer}/{subject}"
    address = f"/answer/{quote(payer)}/{quote(subject)}"
    return Leaf(
        key,
        f"{address}?state={state}" if state else address,
        partial(_card, payer, subject, Asked(day, state)),
    )


def _policies(kb: KnowledgeBase, day: date) -> Iterator[Leaf]:
    for row in kb.rows("SELECT id FROM policy_version ORDER BY id"):
        key = row["id"]
        yield Leaf(
            f"policy/{key}",
            f"/policy/{quote(key)}",
            partial(_policy, key),
        )
    rows = kb.rows(
        "SELECT DISTINCT r.name, v.id FROM rule r JOIN policy_version v"
        " ON v.id = r.policy_version WHERE v.status <> 'shared' ORDER BY v.id, r.name"
    )
    for row in rows:
        path = f"{row['id']}/{row['name']}"
        yield Leaf(
            f"rule/{path}",
            f"/rule/{quote(path)}",
            partial(_rule, path, day),
        )


def _sources(kb: KnowledgeBase) -> Iterator[Leaf]:
    for each in sources(kb):
        yield Leaf(
            f"source/{each.id}",
            f"/source/{quote(each.id, safe='')}",
            partial(_source, each.id),
        )


def _diagnoses(kb: KnowledgeBase, day: date) -> Iterator[Leaf]:
    for code in codes_of_kind(kb, "diagnosis"):
        yield Leaf(
            diagnosis_key(code),
            f"/code/{quote(code)}",
            partial(_code, code, day),
        )


def _texts(kb: KnowledgeBase) -> Iterator[Leaf]:
    """The files of words that policies share; a policy's own text stands on its page."""
    rows = kb.rows(
        "SELECT path FROM source_file WHERE path LIKE '%.policy' AND path NOT IN"
        " (SELECT file FROM policy_version) ORDER BY path"
    )
    for row in rows:
        yield Leaf(
            f"text/{row['path']}",
            f"/text/{quote(row['path'])}",
            partial(_text, row["path"]),
        )


def _code(code: str, day: date, kb: KnowledgeBase) -> Page:
    return code_page(kb, code, Asked(day))


def _card(payer: str, subject: str, where: Asked, kb: KnowledgeBase) -> Page:
    return answer_page(kb, payer, subject, where)


def _policy(version: str, kb: KnowledgeBase) -> Page:
    return policy_page(kb, version, None)


def _rule(path: str, day: date, kb: KnowledgeBase) -> Page:
    return rule_page(kb, path, day.isoformat())


def _source(key: str, kb: KnowledgeBase) -> Page:
    return source_page(kb, key)


def _text(path: str, kb: KnowledgeBase) -> Page:
    return text_page(kb, path)
