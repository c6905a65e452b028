"""What was really done: tellings of one member's claims folded to services.

Nothing here hangs on the order in which tellings are given.  ``docs/history.md`` tells
what is folded, and why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kb.claims.model import ClaimKind, HistoryLine, PayerNamed
from kb.history.telling import Telling, ToldLine, unpacked

SIDES = frozenset({"RT", "LT", "50"})
Key = tuple[date, str, frozenset[str]]
"""Day, code and side of a service."""


@dataclass(frozen=True, slots=True)
class Done:
    """One earlier claim as it stands, with all that its tellings say of its patient."""

    id: str
    numbers: frozenset[str]
    """Its number at the sender, and at the payer where one is told."""
    days: frozenset[date]
    """All that its tellings name, what was undone too."""
    lines: tuple[HistoryLine, ...]
    """None where it was undone: that its patient has the member id is still known."""
    payers: frozenset[PayerNamed]
    birth: date | None
    patients: frozenset[str]
    """Tokens of the patient."""
    kind: ClaimKind | None
    """Who billed it; ``None`` where only the payer tells of it."""


def folded(texts: Iterable[str]) -> tuple[Done, ...]:
    """The claims of one member id as they stand, those that were undone first.

    ``texts`` are its tellings as ``kb.history.telling.packed`` writes them.
    """
    ordered = sorted(map(unpacked, sorted(set(texts))), key=lambda t: t.birth is None)
    claims = _claims_of(ordered)
    gone = _corrected(claims)
    done = [
        _done(claim, [] if number in gone else _standing(claim))
        for number, claim in enumerate(claims)
    ]
    return tuple(sorted(done, key=lambda d: [order_of(line) for line in d.lines]))


def _claims_of(ordered: Iterable[Telling]) -> list[list[Telling]]:
    """Tellings of one claim together: of one number, with a day in common."""
    originals: list[Telling] = []
    corrections: list[Telling] = []
    for telling in ordered:
        plain = telling.frequency == "original"
        (originals if plain else corrections).append(telling)
    claims: list[list[Telling]] = []
    for telling in [*originals, *corrections]:
        own = [c for c in claims if c[0].id == telling.id and _may_join(c, telling)]
        near = [c for c in own if _days(c) & telling.days]
        # The day was wrong.  A void repeats what it takes back, where it tells services.
        moved = telling.frequency == "replacement" or not telling.lines
        if not near and moved and len(own) == 1:
            near = own
        if not near or not telling.id or _tells_no_patient_of(near, telling):
            claims.append([telling])
            continue
        claims = [c for c in claims if c not in near]
        claims.append([*(t for c in near for t in c), telling])
    return claims


def _may_join(claim: Sequence[Telling], telling: Telling) -> bool:
    births = {t.birth for t in claim} - {None}
    return not births or telling.birth is None or telling.birth in births


def _tells_no_patient_of(near: Sequence[Sequence[Telling]], telling: Telling) -> bool:
    """Whether claims of two people have the number and day, and it tells neither."""
    births = {t.birth for claim in near for t in claim} - {None}
    return telling.birth is None and len(births) > 1


def _days(claim: Iterable[Telling]) -> frozenset[date]:
    return frozenset(day for telling in claim for day in telling.days)


def _corrected(claims: Sequence[Sequence[Telling]]) -> set[int]:
    """The claims for which another stands, or that another takes back."""
    gone: set[int] = set()
    for number, claim in enumerate(claims):
        for telling in claim:
            if telling.frequency != "original" and telling.replaces != telling.id:
                gone |= _meant_by(telling, number, claims)
    return gone


def _meant_by(
    telling: Telling, number: int, claims: Sequence[Sequence[Telling]]
) -> set[int]:
    """The claims that a correction of another number stands for."""
    others = [n for n, c in enumerate(claims) if n != number and _may_join(c, telling)]
    named = [n for n in others if telling.replaces in _numbers(claims[n])]
    if len(named) > 1:
        named = [n for n in named if _days(claims[n]) & telling.days]
    if named:
        return set(named)
    if any(t.frequency == "original" for t in claims[number]):
        return set()  # its number says what it corrects
    alike = [
        n
        for n in others
        if any(
            t.frequency == "original" and t.services & telling.services
            for t in claims[n]
        )
    ]
    return set(alike) if len(alike) == 1 else set()


def _standing(claim: Sequence[Telling]) -> list[HistoryLine]:
    """The services of a claim, with what became of them."""
    sent = [t for t in claim if t.origin == "claim"]
    answers = [t for t in claim if t.origin == "answer"]
    billed, answered = _not_undone(sent), _not_undone(answers)
    taken_back = sent and not billed
    replaced = any(t.frequency == "replacement" for t in billed)
    reversed_ = answers and not answered and not replaced
    if taken_back or reversed_:
        return []
    return _with_answers(_latest_lines(billed), _latest_lines(answered))


def _not_undone(tellings: Sequence[Telling]) -> list[Telling]:
    """Those that no void undoes and no replacement stands for."""
    left = [t for t in tellings if t.frequency != "void"]
    for void in sorted(
        (t for t in tellings if t.frequency == "void"),
        key=_age,
    ):
        left = _without_undone(void, left)
    replacing = [t for t in left if t.frequency == "replacement"]
    return [
        t
        for t in left
        if t.frequency == "replacement"
        or not any(_not_after(t, other) for other in replacing)
    ]


def _without_undone(void: Telling, left: list[Telling]) -> list[Telling]:
    """Those without the lines that have the void's amounts, else what was told before it."""
    same = [t for t in left if _not_after(t, void) and _takes_from(void, t) is not None]
    if not same:
        return [t for t in left if not _before(t, void)]
    # On one day the reversal comes first, then the correction.
    meant = max(same, key=lambda t: (_earlier(t, void), _age(t)))
    rest = replace(meant, lines=tuple(_takes_from(void, meant) or ()))
    return [t for t in [*left, rest] if t != meant and t.lines]


def _age(telling: Telling) -> tuple[date, str]:
    return telling.told or date.min, telling.text


def _takes_from(void: Telling, telling: Telling) -> list[ToldLine] | None:
    """The telling's lines without the void's; ``None`` when it lacks one of them."""
    left = list(telling.lines)
    for line in void.lines:
        twin = next((x for x in left if _amounts(x) == _amounts(line)), None)
        if twin is None:
            return None
        left.remove(twin)
    return left if void.lines else None


def _not_after(telling: Telling, other: Telling) -> bool:
    return telling.told is None or other.told is None or telling.told <= other.told


def _before(telling: Telling, void: Telling) -> bool:
    if telling.told and void.told:
        return _earlier(telling, void)
    return bool(telling.services & void.services) or not void.lines


def _earlier(telling: Telling, void: Telling) -> bool:
    return (telling.told or date.min) < (void.told or date.min)


def _amounts(line: ToldLine) -> tuple[object, ...]:
    service = line.service
    return service.date, service.code, service.units, line.charge, line.paid


def _latest_lines(tellings: Iterable[Telling]) -> list[HistoryLine]:
    """Of each day, code and side the lines of the latest telling of them.

    Where none is later, those of the one that has more of them.
    """
    found: dict[Key, list[tuple[date, int, str, list[HistoryLine]]]] = defaultdict(list)
    for telling in tellings:
        of_key: dict[Key, list[HistoryLine]] = defaultdict(list)
        for line in telling.lines:
            of_key[_key(line)].append(line.service)
        told, text = _age(telling)
        for key, lines in of_key.items():
            found[key].append((told, len(lines), text, lines))
    return [line for each in found.values() for line in max(each, key=_rank)[3]]


def _rank(found: tuple[date, int, str, list[HistoryLine]]) -> tuple[date, int, str]:
    return found[:3]


def _key(line: ToldLine) -> Key:
    service = line.service
    return service.date, service.code, sides_in(service)


def sides_in(line: HistoryLine) -> frozenset[str]:
    """The sides that a service tells."""
    return SIDES & frozenset(line.modifiers)


def _with_answers(
    billed: list[HistoryLine], answered: list[HistoryLine]
) -> list[HistoryLine]:
    """Services as billed with the status that the payer gave, and what only it tells."""
    left = list(answered)
    found = []
    for exact in (True, False):
        unanswered = []
        for line in billed:
            answer = next((a for a in left if _answers(a, line, exact=exact)), None)
            if answer is None:
                unanswered.append(line)
                continue
            left.remove(answer)
            found.append(replace(line, status=answer.status))
        billed = unanswered
    return sorted([*found, *billed, *left], key=order_of)


def _answers(answer: HistoryLine, line: HistoryLine, *, exact: bool) -> bool:
    if (answer.date, answer.code) != (line.date, line.code):
        return False
    if exact:
        return set(answer.modifiers) == set(line.modifiers)
    return may_be_one(answer, line)


def may_be_one(one: HistoryLine, other: HistoryLine) -> bool:
    """Whether two lines may tell one service: same day and code, no other side."""
    if (one.date, one.code) != (other.date, other.code):
        return False
    mine, theirs = sides_in(one), sides_in(other)
    return not mine or not theirs or bool(mine & theirs)


def order_of(line: HistoryLine) -> tuple[object, ...]:
    """An order of lines in which no two that differ are equal in practice."""
    return (
        line.date, line.code, line.modifiers, line.units, line.level, line.status,
        line.rendering, line.claim, line.diagnoses, sorted(line.facts),
    )  # fmt: skip


def _numbers(claim: Iterable[Telling]) -> frozenset[str]:
    return frozenset(n for t in claim for n in (t.id, t.payers_number)) - {""}


def _done(claim: Sequence[Telling], lines: list[HistoryLine]) -> Done:
    births = {t.birth for t in claim} - {None}
    return Done(
        claim[0].id,
        _numbers(claim),
        _days(claim),
        tuple(lines),
        frozenset(t.payer for t in claim),
        births.pop() if births else None,
        frozenset(t.patient for t in claim) - {""},
        next((t.kind for t in claim if t.kind), None),
    )


def once_each(claims: Iterable[Done]) -> list[HistoryLine]:
    """The lines of one patient's claims, what several tell of one service once.

    A denied line goes where another claim has the service not denied, a line without a
    claim's number where one with a number has it, and a facility's where the
    professional billed it too.
    """
    lines = [(done.kind, line) for done in claims for line in done.lines]
    of_service: dict[tuple[date, str], list[OfKind]] = defaultdict(list)
    for kind, line in lines:
        of_service[line.date, line.code].append((kind, line))
    kept = [
        line
        for kind, line in lines
        if not any(
            may_be_one(other[1], line) and _stands_for(other, (kind, line))
            for other in of_service[line.date, line.code]
        )
    ]
    return sorted(kept, key=order_of)


OfKind = tuple[ClaimKind | None, HistoryLine]


def _stands_for(one: OfKind, other: OfKind) -> bool:
    (kind, line), (other_kind, other_line) = one, other
    denied, other_denied = line.status == "denied", other_line.status == "denied"
    if denied != other_denied:
        return other_denied
    if {kind, other_kind} == {"professional", "facility"}:
        return kind == "professional"
    return bool(line.claim and not other_line.claim)
