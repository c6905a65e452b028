"""The answer in a sentence for each payer and thing asked, before the rows that it rests on.

A sentence is made of a cell of a card and its rows, and says nothing that they do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from dsl.load.words import TOPICS
from kb.asking.advice import NOT_KEPT
from kb.asking.answered import CardAnswer, Lead
from kb.asking.billing import MEDICARE, billing_of
from kb.asking.cell_words import joined
from kb.asking.lead_cells import (
    NO_RULE,
    Said,
    doubt_of,
    not_known,
    nothing_named,
    said_of_cell,
)
from kb.asking.lead_words import (
    MOST_CLAUSES,
    begun_small,
    clause,
    clauses,
    payer_named,
    sources_of,
    subject_named,
)
from kb.asking.list_words import with_codes
from kb.asking.narrowing import (
    asks_before_first,
    asks_for_pictures,
    of_kind,
    of_the_first,
    verdict_on_count,
    verdict_on_length,
)
from kb.asking.pair_words import said_of_both
from kb.asking.pairs import TOGETHER, codes_of, parted, rows_of_sedation
from kb.asking.subjects import subjects_of
from kb.asking.topics import (
    CELLS,
    FIRST,
    INSTEAD,
    NARROW_TOPICS,
    OF_SIDES,
    SPOKEN,
    speaking,
)
from kb.asking.understood import DIAGNOSIS, MODIFIER, Understood
from kb.asking.vocabulary import vocabulary
from kb.plain.trade import codes_words, mid_sentence
from kb.read.families import families
from kb.read.store import KnowledgeBase
from kb.reference.card_rows import Row
from kb.reference.card_words import CONDITIONAL, NOT_COVERED, Known
from kb.reference.cards import Card, Cell, card

MOST_ASKS = 5
"""What a chart must show, in one sentence; the list is below it."""
IN_ADVICE = frozenset({*NOT_KEPT, "appeal", "source", "changed", "compared", "global"})
"""Topics that sentences before the cards answer, or a page."""
OF_EVERY_CLAIM = frozenset({"filing", "provider", "incident", "anesthetist"})
OVERALL = frozenset({"covered", "criteria"})


def leads_of(
    kb: KnowledgeBase,
    understood: Understood,
    cards: Iterable[CardAnswer],
    siblings: Iterable[CardAnswer] = (),
) -> tuple[Lead, ...]:
    """A sentence for each card and thing that was asked, in the order of the question.

    Of ``siblings``, payers that the same name may mean, what they say, if only that it is
    the same.
    """
    own: list[Said] = []
    leads: dict[str, Lead] = {}
    for each in cards:
        for said in _once(_said(kb, understood, each)):
            own.append(said)
            lead = _lead(kb, understood, each, said.body, said)
            leads.setdefault(lead.say, lead)
    same = {said.body for said in own}
    for each in siblings:
        told = [s for s in _once(_said(kb, understood, each)) if s.known != "silent"]
        for said in told:
            body = "the same" if said.body in same else said.body
            lead = _lead(kb, understood, each, body, said)
            leads.setdefault(lead.say, lead)
    return tuple(leads.values())


def _lead(
    kb: KnowledgeBase, understood: Understood, each: CardAnswer, body: str, said: Said
) -> Lead:
    whose = payer_named(understood, each.card)
    payer, subject = each.card.payer.id, each.card.subject
    if len(subjects_of(kb, understood)) > 1 and not each.is_pair:
        of_what = subject.title if subject.is_family else subject.key
        whose += "" if mid_sentence(of_what) in body else f", {of_what}"
    return Lead(f"{whose}: {body}.", payer, said.known, sources_of(said.rows))


def _once(told: Iterable[Said]) -> Iterator[Said]:
    """The sentences without those whose rows an earlier one has told."""
    seen: set[str] = set()
    for said in told:
        paths = {row.path for row in said.rows}
        if not paths or not paths <= seen:
            yield said
        seen |= paths


def _said(
    kb: KnowledgeBase, understood: Understood, each: CardAnswer
) -> Iterator[Said]:
    name = subject_named(understood, each.card, vocabulary(kb))
    if not each.is_of_subject:
        yield from (said_of_cell(cell, each.card, "claims") for cell in each.asked)
        return
    named = [*_of_what_is_named(kb, understood, each, name)]
    yield from named
    if understood.topics or not named:
        yield from _of_topics(kb, understood, each, name)


def _of_what_is_named(
    kb: KnowledgeBase, understood: Understood, each: CardAnswer, name: str
) -> Iterator[Said]:
    """The sentences of a denial, a diagnosis or a second procedure that a question names."""
    made = each.card
    if each.verdicts:
        yield _verdicts(each)
    if each.denied is not None:
        yield _denied(each.denied, made)
    if understood.one(DIAGNOSIS) and not each.verdicts:
        yield said_of_cell(made.cell("diagnosis"), made, name)
    if not each.rows and (typed := _modifiers(understood)):
        yield not_known(f"anything of modifier {' or '.join(typed)} for {name}", made)
    if each.is_pair and each.rows:
        others = [key for key in subjects_of(kb, understood) if key != made.subject.key]
        yield said_of_both(each.rows, made, codes_of(kb, made, others))
    elif each.is_pair:
        both = each.title.partition(": ")[2]
        yield not_known(f"anything of both on one day: {both}", made)


def _modifiers(understood: Understood) -> list[str]:
    """Modifiers that are asked about by themselves, but those of sides."""
    named = [chip.value for chip in understood.all(MODIFIER)]
    alone = not set(understood.topics) - {"modifiers"}
    return [each for each in named if each not in OF_SIDES] if alone else []


def _of_topics(
    kb: KnowledgeBase, understood: Understood, each: CardAnswer, name: str
) -> Iterator[Said]:
    """The sentences of topics; where no rule names the procedure at all one that says so."""
    made = each.card
    topics = [
        topic
        for topic in understood.topics
        if topic not in IN_ADVICE and not _is_told(kb, topic, understood, each)
    ]
    if understood.topics and not topics:
        return
    told = [_of_topic(kb, understood, topic, each, name) for topic in topics]
    told = told or [*_overview(each, name)]
    of_claims = bool(topics) and OF_EVERY_CLAIM.issuperset(topics)
    silent = made.is_silent and not of_claims
    if silent and all(said.body.startswith(NO_RULE) for said in told):
        covers = bool(OVERALL.intersection(topics))
        none = nothing_named(made, name, of_coverage=covers or not topics)
        told = [_with_family(kb, none, made) if covers else none]
    yield from told


def _is_told(
    kb: KnowledgeBase, topic: str, understood: Understood, each: CardAnswer
) -> bool:
    """Whether another sentence says what a topic asks."""
    if topic == "covered" and ("criteria" in understood.topics or each.verdicts):
        return True
    if topic == "diagnosis" and understood.one(DIAGNOSIS):
        return True
    if topic == "sides" and each.card.payer.id == MEDICARE:
        # The fee schedule's sentence says it, and what a surgery center does.
        return next(billing_of(kb, understood), "") != ""
    apart = topic == TOGETHER and parted(understood, subjects_of(kb, understood))[1]
    return each.is_pair or bool(apart)


def _overview(each: CardAnswer, name: str) -> Iterator[Said]:
    """What is asked first, where nothing in particular was."""
    made = each.card
    if each.rows:
        yield _of_rows(each.rows, made)
        return
    for key in FIRST:
        cell = made.cell(key)
        if any(row.codes for row in cell.rows):
            yield said_of_cell(cell, made, name)


def _of_topic(
    kb: KnowledgeBase, understood: Understood, topic: str, each: CardAnswer, name: str
) -> Said:
    """The sentence of a topic: of its cell, of the rows that speak of it, or that none does."""
    made = each.card
    keys = CELLS.get(topic, ())
    if topic in OVERALL:
        said = said_of_cell(made.cell("covered"), made, name)
        return _with_family(kb, said, made) if said.known == "silent" else said
    if topic == "chart" and each.documents:
        return _chart(each)
    if topic in SPOKEN and (topic in NARROW_TOPICS or not keys):
        rows = [*speaking(made, SPOKEN[topic], narrow=topic in NARROW_TOPICS)]
        rows = [*rows_of_sedation(kb, made)] or rows if topic == "sedation" else rows
        return _of_rows(rows, made) if rows else _no_rows(topic, made, name)
    if not keys:
        return _of_rows(each.rows, made) if each.rows else _no_rows(topic, made, name)
    if topic == "repeat" and asks_before_first(understood):
        return _before_first(made, name)
    cells = [made.cell(key) for key in keys]
    told = [cell for cell in cells if not cell.says_nothing]
    if not told:
        return _next_best(topic, each, name)
    text = understood.text
    return _joined([_of_cell(kb, text, cell, made, name) for cell in told])


def _of_cell(kb: KnowledgeBase, text: str, cell: Cell, made: Card, name: str) -> Said:
    """The sentence of a cell, with what the length of time that is named comes to."""
    said = said_of_cell(cell, made, name)
    if cell.aspect.key == "imaging" and asks_for_pictures(text):
        pictures = of_kind(cell, text)
        if not pictures.rows:
            head = f"no loaded rule asks for an MRI, CT scan or X-ray before {name}"
            return Said(f"{head}; of imaging it says: {said.body}", "partly", said.rows)
        return said_of_cell(pictures, made, name)
    said = replace(said, body=said.body + _elsewhere(kb, cell, made))
    if cell.aspect.key == "diagnosis":
        return replace(said, body=with_codes(kb, said.body, said.rows))
    if cell.aspect.key == "limit":
        verdict = verdict_on_count(text, cell.rows)
    else:
        verdict = verdict_on_length(text, cell.aspect.key, cell.rows)
    return replace(said, body=verdict + said.body) if verdict else said


def _elsewhere(kb: KnowledgeBase, cell: Cell, made: Card) -> str:
    """Contractors of Medicare of which no rule says it, where no state is named."""
    policies = {key for row in cell.rows for key in row.policies}
    own = [each for each in made.policies if each.id in policies]
    if made.payer.id != MEDICARE or made.state or not all(p.contractor for p in own):
        return ""
    titles = {title for title, _ in vocabulary(kb).contractors.values()}
    missing = sorted(titles - {each.contractor_title for each in own})
    if not missing or len(missing) == len(titles):
        return ""
    if len(missing) > MOST_CLAUSES:
        return f"; of the other {len(missing)} contractors no loaded rule says it"
    return f"; {joined(missing)}: no loaded rule"


def _before_first(made: Card, name: str) -> Said:
    """What must come before a first procedure: blocks and the relief that they gave."""
    cell = of_the_first(made.cell("repeat"))
    if cell.rows:
        return said_of_cell(cell, made, name)
    return not_known(f"which blocks must come before a first {name}", made)


def _next_best(topic: str, each: CardAnswer, name: str) -> Said:
    """That a topic is not known, and what is said in its place."""
    made = each.card
    said = said_of_cell(made.cell(CELLS[topic][0]), made, name)
    keys = [key for key in INSTEAD.get(topic, ()) if made.cell(key).rows]
    if keys:
        other = said_of_cell(made.cell(keys[0]), made, name)
        head = said.body.partition(";")[0]
        return Said(f"{head}, but {other.body}", other.known, other.rows)
    own = [row for row in each.rows if not row.anyone]
    if own:
        other = _of_rows(own, made)
        head = said.body.partition(";")[0]
        return Said(f"{head}, but {other.body}", other.known, other.rows)
    return said


def _joined(parts: Sequence[Said]) -> Said:
    if len(parts) == 1:
        return parts[0]
    rows = tuple(row for part in parts for row in part.rows)
    known: Known = "known" if all(part.known == "known" for part in parts) else "partly"
    return Said("; ".join(part.body for part in parts), known, rows)


def _of_rows(rows: Sequence[Row], made: Card) -> Said:
    firm = tuple(row for row in rows if row.is_firm) or tuple(rows)
    known: Known = (
        "known" if any(row.is_firm and row.is_general for row in firm) else "partly"
    )
    return Said(clauses(firm, made) + doubt_of(firm, made), known, firm[:MOST_CLAUSES])


def _no_rows(topic: str, made: Card, name: str) -> Said:
    return not_known(f"anything of “{TOPICS[topic].rstrip('?')}” for {name}", made)


def _chart(each: CardAnswer) -> Said:
    made = each.card
    asks = [ask for part in each.documents for ask in part.asks]
    more = len(asks) - MOST_ASKS
    also = f"; and {more} more below" if more > 0 else ""
    told = "; ".join(_asked_of_chart(ask, made) for ask in asks[:MOST_ASKS])
    rows = tuple(row for row in made.cell("chart").rows if row.codes)
    return Said(f"the chart must show: {told}{also}", "known", rows[:MOST_CLAUSES])


def _asked_of_chart(ask: str, made: Card) -> str:
    """``Write why …`` as what the chart says: ``why …``."""
    return begun_small(ask.rstrip(".").removeprefix("Write "), made)


def _denied(rows: tuple[Row, ...], made: Card) -> Said:
    """The rule that most likely is behind a denial, and what to do."""
    if not rows:
        return Said("no loaded rule denies so", "silent")
    first = rows[0]
    do = f". Do: {begun_small(first.fix.rstrip('.'), made)}" if first.fix else ""
    more = len(rows) - 1
    also = f" ({more} more rules may, below)" if more else ""
    return Said(
        f"it may be this rule: {clause(first, made)}{also}{do}", "partly", (first,)
    )


def _verdicts(each: CardAnswer) -> Said:
    """Whether the lists hold the diagnosis that was asked about."""
    made = each.card
    yes = [one for one in each.verdicts if one.holds]
    no = [one for one in each.verdicts if not one.holds]
    rows = tuple(one.row for one in each.verdicts)
    code = each.verdicts[0].diagnosis
    told = clauses([one.row for one in (yes or no)], made)
    if yes and no:
        others = clauses([one.row for one in no], made)
        return Said(
            f"{code} is on this list: {told}; not on this one: {others}", "partly", rows
        )
    if yes:
        conditional = made.cell("covered").short.startswith(CONDITIONAL)
        also = "; its other criteria must be met too" if conditional else ""
        return Said(f"yes, {code} is on the list: {told}{also}", "known", rows)
    return Said(f"no, {code} is not on the list: {told}", "known", rows)


def _with_family(kb: KnowledgeBase, said: Said, made: Card) -> Said:
    """Not known of one code, with what its family's other codes are not covered for."""
    denied = [
        row
        for row in _rows_of_family(kb, made)
        if row.short == NOT_COVERED and row.is_firm and row.codes
    ]
    if not denied:
        return said
    told = "; ".join(
        f"{codes_words(row.codes)} is not covered ({begun_small(row.sentence, made)})"
        for row in denied[:MOST_CLAUSES]
    )
    return Said(f"{said.body}. Of the same family: {told}", said.known, tuple(denied))


def _rows_of_family(kb: KnowledgeBase, made: Card) -> Iterator[Row]:
    """What a payer says of whether it covers the other codes of a code's family."""
    of_family = families(kb, made.day)
    key = made.subject.key
    for family, codes in of_family.items():
        if key in codes and not made.subject.is_family:
            whole = card(kb, made.payer.id, family, made.day, made.state, made.place)
            rows = whole.cell("covered").rows if whole else ()
            yield from (row for row in rows if key not in row.codes)
