"""What is known of earlier services, and a claim with those of its patient."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from kb.claims.facts import FactKinds, is_of_kind
from kb.claims.model import (
    Claim,
    ClaimLine,
    History,
    HistoryLine,
    HistoryState,
    Reach,
    Remark,
)
from kb.claims.past import PastClaim, Told
from kb.engine.program import PayerWords
from kb.history.folding import Done, folded, may_be_one, once_each
from kb.history.persons import Brands, Person, brands_of, is_of, person
from kb.history.telling import (
    Telling,
    member_of,
    packed,
    patient_of,
    sent_id,
    telling_of,
    tellings_of,
)

NO_MEMBER = "no member id: no earlier services can be looked up"
NOT_ALL = "earlier claims tell services that the claim's own history lacks: it is taken as partial"


class Seen(NamedTuple):
    """How much earlier claims there are, without a value of a patient."""

    files: int = 0
    first: date | None = None
    last: date | None = None


NOTHING_SEEN = Seen()
Names = Mapping[str, Mapping[date, str]]
"""Claim numbers as sent of the claims that are answered, on each day of theirs the
claim's own id."""


@dataclass(frozen=True, slots=True)
class KnownHistory:
    """Earlier claims by member id, and how far they reach."""

    told: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Member id -> its tellings as text (``kb.history.telling.packed``)."""
    brands: Brands = field(default_factory=Brands)
    state: HistoryState = "partial"
    reach: Reach = "own"
    seen: Seen = NOTHING_SEEN
    kinds: FactKinds | None = None
    """What facts there are; others are left out.  ``None``: facts are taken as they come."""
    _last: dict[str, _Member] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What was made of the member asked for last: claims come by patient."""

    def sha256(self) -> str:
        """What tells this from any other history, whatever files it was read from."""
        digest = sha256(f"{self.state} {self.reach} {words_of(self)}".encode())
        for member in sorted(self.told):
            for text in sorted(self.told[member]):
                digest.update(f"{text}\n".encode())
        return digest.hexdigest()

    def of(self, member: str) -> _Member:
        """The claims of a member id as they stand, each with its person."""
        found = self._last.get(member)
        if found is None:
            done = folded(self.told.get(member, ()))
            found = _Member(done, tuple(_person(member, d, self.brands) for d in done))
            self._last.clear()
            self._last[member] = found
        return found


class _Member(NamedTuple):
    done: tuple[Done, ...]
    people: tuple[Person, ...]


def known_history(
    told: Iterable[Told],
    payers: Sequence[PayerWords] = (),
    *,
    state: HistoryState = "partial",
    reach: Reach = "own",
    files: int = 0,
) -> KnownHistory:
    """What readers tell of earlier claims; the order in which they tell it is no matter.

    ``payers`` are those of the program, so that one named by id and by name is one.
    Claims without a member id are left out: nobody can find them.  Faults and remarks
    are for the caller to tell.
    """
    return of_texts(
        ((t.member, packed(t), t.days) for t in told_by(told) if t.member),
        payers,
        state=state,
        reach=reach,
        files=files,
    )


def told_by(told: Iterable[Told]) -> Iterator[Telling]:
    """The tellings in what readers give."""
    for one in told:
        if isinstance(one, Claim):
            yield telling_of(one)
        elif isinstance(one, PastClaim):
            yield from tellings_of(one)


def of_texts(
    texts: Iterable[tuple[str, str, Iterable[date]]],
    payers: Sequence[PayerWords] = (),
    *,
    state: HistoryState = "partial",
    reach: Reach = "own",
    files: int = 0,
    kinds: FactKinds | None = None,
) -> KnownHistory:
    """The same of tellings as text, each with its member id and days."""
    found: dict[str, set[str]] = defaultdict(set)
    days: set[date] = set()
    for member, text, its_days in texts:
        found[member].add(text)
        days.update(its_days)
    seen = Seen(files, min(days, default=None), max(days, default=None))
    return KnownHistory(
        {member: frozenset(each) for member, each in found.items()},
        brands_of(payers),
        state,
        reach,
        seen,
        kinds,
    )


def with_history(
    claim: Claim, known: KnownHistory, names: Names | None = None
) -> tuple[Claim, tuple[Remark, ...]]:
    """The claim with the earlier services of its patient, and what has to be said of them.

    Lines that it brings are kept.  Services after its last day are left out, and so is
    what the files tell of the claim itself and of what it corrects.  ``names`` are those
    of all claims that are answered together (``names_of``).
    """
    member = member_of(claim)
    if not member:
        return claim, (_remark(claim, NO_MEMBER),)
    mine, open_ = _whose(claim, member, known)
    named = names_of([claim]) if names is None else names
    lines = [
        _with_facts_of_kind(_named_apart(line, named), known.kinds)
        for line in _until(once_each(mine), claim)
    ]
    history, remarks = _merged(claim, lines, known, is_open=bool(open_))
    if open_:
        remarks.append(_remark(claim, _open_words(open_)))
    return replace(claim, history=history), tuple(remarks)


def names_of(claims: Iterable[Claim]) -> Names:
    """The numbers of claims that are answered together."""
    found: dict[str, dict[date, str]] = defaultdict(dict)
    for claim in claims:
        for line in claim.lines:
            found[sent_id(claim.id)].setdefault(line.date, claim.id)
    return found


def _whose(claim: Claim, member: str, known: KnownHistory) -> tuple[list[Done], int]:
    """The earlier claims of the patient, and how many nobody can tell the patient of."""
    found = known.of(member)
    me = person(member, claim.birth, patient_of(claim), known.brands.of(claim.payer))
    itself = _itself(claim, found.done)
    everyone = set(found.people)
    mine, open_ = [], 0
    for number, (done, other) in enumerate(zip(found.done, found.people, strict=True)):
        if number in itself or not done.lines:
            continue
        answer = is_of(me, other, everyone)
        if answer:
            mine.append(_without_other_side(done, claim))
        elif answer is None:
            open_ += 1
    return mine, open_


def _without_other_side(done: Done, claim: Claim) -> Done:
    """The earlier claim without what it bills of the claim's own services.

    Facility and professional both bill a procedure, and it was done once.
    """
    if done.kind in (None, claim.kind):
        return done
    own = [HistoryLine(line.code, line.date, line.modifiers) for line in claim.lines]
    left = (x for x in done.lines if not any(may_be_one(x, line) for line in own))
    return replace(done, lines=tuple(left))


def _person(member: str, done: Done, brands: Brands) -> Person:
    payers: frozenset[int] = frozenset().union(*(brands.of(p) for p in done.payers))
    patient = next(iter(done.patients)) if len(done.patients) == 1 else ""
    return person(member, done.birth, patient, payers)


def as_it_stands(claim: Claim, member: str, known: KnownHistory) -> Claim | None:
    """The claim without lines that are known to be denied; ``None`` where none is left.

    So do other claims of the patient see it.  A correction is seen as it is: they have to
    know what it corrects.
    """
    if claim.frequency != "original":
        return claim
    done = known.of(member).done
    told = [done[number] for number in _named_so(claim, done, {sent_id(claim.id)})]
    if not told:
        return claim
    answers = [line for each in told for line in each.lines]
    lines = tuple(line for line in claim.lines if _stands(line, answers))
    if len(lines) == len(claim.lines):
        return claim
    return replace(claim, lines=lines) if lines else None


def _stands(line: ClaimLine, answers: Sequence[HistoryLine]) -> bool:
    billed = HistoryLine(line.code, line.date, line.modifiers)
    known = [answer for answer in answers if may_be_one(answer, billed)]
    if not answers:
        return False
    return not known or any(answer.status != "denied" for answer in known)


def _named_so(
    claim: Claim, done: Sequence[Done], names: Collection[str]
) -> Iterator[int]:
    """The claims of these numbers that have a day of the claim."""
    days = {line.date for line in claim.lines}
    for number, each in enumerate(done):
        if not each.numbers.isdisjoint(names) and not each.days.isdisjoint(days):
            yield number


def _itself(claim: Claim, done: Sequence[Done]) -> set[int]:
    """The claims that are this one, told before, or what it corrects."""
    services = {(line.date, line.code) for line in claim.lines}
    corrects = claim.frequency != "original"
    number = sent_id(claim.id)
    found = {
        *_named_so(claim, done, {number, claim.replaces} if corrects else {number})
    }
    if corrects and not found:
        # It names the payer's number: what has its days and codes is what it corrects.
        found = {
            number
            for number, each in enumerate(done)
            if services & {(line.date, line.code) for line in each.lines}
        }
    return found


def _named_apart(line: HistoryLine, names: Names) -> HistoryLine:
    """The line by the id of the claim that is answered, where it tells of that one.

    The engine takes a line with the number of a claim that it answers for that claim;
    on other days the number is another claim's.
    """
    days = names.get(line.claim)
    if days is None:
        return line
    other = f"{line.claim} of {line.date}"
    return replace(line, claim=days.get(line.date, other))


def _with_facts_of_kind(line: HistoryLine, kinds: FactKinds | None) -> HistoryLine:
    if kinds is None or not line.facts:
        return line
    facts = {
        key: value
        for key, value in line.facts.items()
        if key in kinds and is_of_kind(value, *kinds[key])
    }
    return replace(line, facts=facts)


def _until(lines: Iterable[HistoryLine], claim: Claim) -> list[HistoryLine]:
    last = max(line.date for line in claim.lines)
    return [line for line in lines if line.date <= last]


def _merged(
    claim: Claim, found: list[HistoryLine], known: KnownHistory, *, is_open: bool
) -> tuple[History, list[Remark]]:
    """The claim's own lines and those that were found, without doubles."""
    given = claim.history
    new = _not_told_in(given.lines, found)
    lines = (*given.lines, *new)
    state: HistoryState = "partial" if is_open else known.state
    history = History(state, known.reach, lines, words_of(known))
    if given.state != "complete":
        return history, []
    if not new:
        return replace(given, read_from=history.read_from), []
    if given.reach == "own" and known.reach == "all-billers":
        return history, []
    return replace(history, state="partial"), [_remark(claim, NOT_ALL)]


def words_of(known: KnownHistory) -> str:
    """``2 files of this practice, perhaps not all, 2025-01-02 .. 2026-02-28``."""
    files, first, last = known.seen
    read = "1 file" if files == 1 else f"{files:,} files"
    whose = "this practice" if known.reach == "own" else "all practices"
    extent = "all that there is" if known.state == "complete" else "perhaps not all"
    days = f", {first} .. {last}" if first else ", no service in it"
    return f"{read} of {whose}, {extent}{days}"


def _not_told_in(
    given: Iterable[HistoryLine], found: Iterable[HistoryLine]
) -> list[HistoryLine]:
    """Lines that none of the given ones tells; each of those stands for one."""
    left = list(given)
    new = []
    for line in found:
        twin = next((own for own in left if _is_told_by(own, line)), None)
        if twin is None:
            new.append(line)
        else:
            left.remove(twin)
    return new


def _is_told_by(own: HistoryLine, line: HistoryLine) -> bool:
    numbers = {own.claim, line.claim} - {""}
    return len(numbers) < 2 and may_be_one(own, line)


def _open_words(number: int) -> str:
    claims = "1 earlier claim" if number == 1 else f"{number} earlier claims"
    them = "it is" if number == 1 else "they are"
    return (
        f"{claims} under this member id may be another person's, for not all tell birth"
        f" date and given name: {them} not counted, and the history stays open"
    )


def _remark(claim: Claim, text: str) -> Remark:
    return Remark("history", text, id=claim.id)
