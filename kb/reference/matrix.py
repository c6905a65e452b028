"""What payers say of each family of procedures: one row a payer, one cell a question.

A cell holds the same short answers as the site's quick references. Contractors of one
payer whose cells are the same word for word share a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kb.plain.aspects import Aspect, aspect_of
from kb.plain.trade import codes_words
from kb.read.families import families, family_title
from kb.read.policy_store import policy_contents
from kb.read.records import PolicyContent, Rule
from kb.read.store import KnowledgeBase, payers, policies
from kb.reference.comparison import Voice, distinct, followers, voice_of
from kb.reference.quick_reference import (
    Detail,
    codes_on,
    entry_of,
    in_force_on,
    main_set,
)

COLUMNS = (
    Aspect("approval", "Approval"),
    Aspect("limit", "How often"),
    Aspect("interval", "Between sessions"),
    Aspect("session", "In one session"),
    Aspect("wait", "Care first"),
    Aspect("repeat", "To repeat"),
    Aspect("never", "Not covered"),
)
FEW_STATES = 6


@dataclass(frozen=True, slots=True)
class Statement:
    """One rule as a short sentence."""

    text: str
    outcome: str
    grade: str
    status: str
    """Of its policy: ``draft`` for an old text or one that is only proposed."""
    path: str
    """Of the rule, from the site's root."""


@dataclass(frozen=True, slots=True)
class Row:
    """What those who say the same answer; one cell a column."""

    voices: tuple[Voice, ...]
    cells: tuple[tuple[Statement, ...], ...]
    follows: str
    """Title of the payer whose policies hold where this one says nothing; or empty."""

    @property
    def answers(self) -> bool:
        """Whether any question is answered."""
        return any(self.cells)


@dataclass(frozen=True, slots=True)
class FamilyTable:
    """One family with all who say something of it, and all who do not."""

    family: str
    title: str
    codes: tuple[str, ...]
    rows: tuple[Row, ...]
    """Some answer none of the questions: their rules say other things of the family."""
    followers: tuple[Voice, ...]
    """Payers that say nothing themselves and follow one that does."""
    nothing_loaded: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """A rule that is for some codes of a family, with its policy."""

    detail: PolicyContent
    rule: Rule
    codes: frozenset[str]


def matrix(kb: KnowledgeBase, day: date) -> tuple[FamilyTable, ...]:
    """Every family of procedures on a day."""
    chosen = policies(kb, on=day.isoformat())
    details = policy_contents(kb, (each.id for each in chosen if each.payer))
    titles = {
        each.id: Voice(each.title, "", f"/payer/{each.id}") for each in payers(kb)
    }
    following = followers(kb, day)
    return tuple(
        _family_table(family, codes, details, titles, following, day)
        for family, codes in families(kb, day).items()
    )


def _family_table(
    family: str,
    codes: frozenset[str],
    details: Iterable[PolicyContent],
    titles: dict[str, Voice],
    following: dict[str, Voice],
    day: date,
) -> FamilyTable:
    by_voice: dict[Voice, list[_Said]] = {}
    speaking: dict[str, None] = {}
    for detail in details:
        for said in _said_of(detail, codes, day):
            by_voice.setdefault(voice_of(detail.policy), []).append(said)
            speaking[detail.policy.payer] = None
    heard = {titles[payer].title for payer in speaking}
    quiet = [payer for payer in titles if payer not in speaking]
    led = [
        payer
        for payer in quiet
        if payer in following and following[payer].payer_title in heard
    ]
    whose = {each.title: each.payer_title for each in following.values()}
    return FamilyTable(
        family=family,
        title=family_title(family),
        codes=tuple(sorted(codes)),
        rows=_rows(by_voice, whose, day),
        followers=tuple(following[payer] for payer in led),
        nothing_loaded=tuple(titles[payer] for payer in quiet if payer not in led),
    )


def _said_of(
    detail: PolicyContent, codes: frozenset[str], day: date
) -> Iterator[_Said]:
    """The rules of a policy for codes of the family; those for every line are not."""
    sets = {each.id: each for each in detail.code_sets}
    for rule in detail.rules:
        if rule.kind != "rule" or not in_force_on(rule, day):
            continue
        if rule.code_set in sets:
            own = codes.intersection(codes_on(sets[rule.code_set], day))
            if own:
                yield _Said(detail, rule, own)


def _rows(
    by_voice: dict[Voice, list[_Said]], whose: dict[str, str], day: date
) -> tuple[Row, ...]:
    alike: dict[object, list[Row]] = {}
    for voice in distinct(by_voice):
        cells = _cells(by_voice[voice], day)
        row = Row((voice,), cells, whose.get(voice.title, ""))
        words = tuple(tuple(each.text for each in cell) for cell in cells)
        payer = voice.payer_title or voice.title
        alike.setdefault((payer, bool(voice.payer_title), words), []).append(row)
    rows = (
        Row(distinct(each.voices[0] for each in same), same[0].cells, same[0].follows)
        for same in alike.values()
    )
    return tuple(sorted(rows, key=_by_payer))


def _by_payer(row: Row) -> tuple[str, bool, str]:
    voice = row.voices[0]
    return voice.payer_title or voice.title, bool(voice.payer_title), voice.title


def _cells(said: list[_Said], day: date) -> tuple[tuple[Statement, ...], ...]:
    usual = _usual_codes(said)
    found: dict[str, dict[str, Statement]] = {each.key: {} for each in COLUMNS}
    for each in said:
        aspect = aspect_of(each.rule.tree)
        if aspect in found:
            statement = _statement(each, aspect, usual, day)
            found[aspect].setdefault(statement.text, statement)
    return tuple(tuple(each.values()) for each in found.values())


def _usual_codes(said: list[_Said]) -> frozenset[str]:
    """The codes that its coverage policies are about; a rule for fewer names its own.

    A coverage policy that is about other procedures, and only bans these beside them,
    does not count while there is another.
    """
    covering = [each for each in said if each.detail.policy.decides == "coverage"]
    mains = {main_set(each.detail.rules) for each in covering}
    about = [each for each in covering if each.rule.code_set in mains]
    return frozenset().union(*(each.codes for each in about or covering or said))


def _statement(said: _Said, aspect: str, usual: frozenset[str], day: date) -> Statement:
    policy, rule = said.detail.policy, said.rule
    sets = {each.id: each for each in said.detail.code_sets}
    entry = entry_of(policy, rule, sets, rule.code_set, day)
    text = entry.text
    if not usual <= said.codes:
        text = f"{codes_words(said.codes)}: {text}"
    narrower = [*_narrower(entry.details, aspect), *_where(said.detail)]
    if narrower:
        text += f" ({'; '.join(narrower)})"
    return Statement(text, entry.outcome, entry.grade, policy.status, entry.path)


def _narrower(details: Iterable[Detail], aspect: str) -> Iterator[str]:
    """What narrows an answer; that a repeat is a repeat is said by its column."""
    for each in details:
        if aspect != "repeat" or each.text.startswith("except"):
            yield each.text


def _where(detail: PolicyContent) -> Iterator[str]:
    """States and plans of a policy that is not for all of its payer's."""
    policy = detail.policy
    if policy.states and not policy.contractor:
        few = len(policy.states) <= FEW_STATES
        yield (
            f"in {', '.join(policy.states)}"
            if few
            else (f"in {len(policy.states)} states")
        )
    if policy.plans:
        yield f"plans: {', '.join(policy.plans)}"
