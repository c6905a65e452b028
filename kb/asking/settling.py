"""Chips settled with each other: which of several payers, which contractor, which codes."""

from __future__ import annotations

import re
from dataclasses import replace

from dsl.ir.states import STATES
from dsl.load.words import TOPICS
from kb.asking.apart import joined_apart
from kb.asking.understood import (
    ABSENT,
    BRAND,
    CODES,
    CONTRACTOR,
    DIAGNOSIS,
    FAMILY,
    MODIFIER,
    PAYER,
    STATE,
    TOPIC,
    Chip,
)
from kb.asking.vocabulary import Vocabulary
from kb.names import plain_name
from kb.plain.trade import codes_words

OTHER_MOSTS = frozenset({"drug", "units", "filing", "appeal"})
LINE, NARROW = "line", "narrow"
MEDICARE, ADVANTAGE = "medicare-part-b", "medicare-advantage"
LINES = {
    ADVANTAGE: "Medicare Advantage",
    "medicaid": "Medicaid",
    "commercial": "commercial plans",
}


_JOINING = re.compile(
    r"[+&]|\b(?:and|with|or|plus|vs|versus|before|after|between|followed|beside|to)\b",
    re.IGNORECASE,
)


def settled(chips: list[Chip], known: Vocabulary, text: str) -> tuple[Chip, ...]:
    """The chips of a text without doubles and contradictions."""
    chips = _drugs(_blocks_of_another(_indications(_distinct(chips), known)), known)
    chips = list(joined_apart(chips, known, text))
    chips = _relief_of_a_trial(_topics_told_apart(chips), text)
    chips = _whose_documents(_approvers_beside_payers(chips), known)
    chips = _medicare_of_another(chips)
    chips = _with_lines(chips, known)
    chips = [_of_a_state(chip, chips, known) for chip in chips]
    chips = _without_brands_named(chips)
    chips = _with_contractor(chips, known)
    chips = _one_procedure_twice(_meant_otherwise(_blocks_before(chips, text)))
    return tuple(_without_descriptions(_distinct(_narrowed(chips)), known, text))


def _distinct(chips: list[Chip]) -> list[Chip]:
    return list({(chip.kind, chip.values): chip for chip in reversed(chips)}.values())[
        ::-1
    ]


def _drugs(chips: list[Chip], known: Vocabulary) -> list[Chip]:
    """The drug that units and waste are asked of, not the injection that bears its name."""
    asked = {chip.value for chip in chips if chip.kind in (TOPIC, MODIFIER)}
    if not asked & {"units", "JW", "JZ"}:
        return chips
    return [
        replace(chip, values=(drug,), label=f"{chip.typed}: {drug}")
        if chip.kind == CODES
        and (drug := DRUGS.get(chip.typed.casefold(), "")) in known.codes
        else chip
        for chip in chips
    ]


def _blocks_of_another(chips: list[Chip]) -> list[Chip]:
    """A block beside a joint that is no facet joint is that joint's."""
    others = [chip for chip in chips if (chip.kind, chip.value) == (FAMILY, SACROILIAC)]
    blocks = {"block", "blocks", "diagnostic block", "diagnostic blocks"}
    if not others:
        return chips
    return [
        chip
        for chip in chips
        if (chip.kind, chip.value) != (FAMILY, BLOCKS)
        or chip.typed.casefold() not in blocks
    ]


SACROILIAC = "sacroiliac"


def _indications(chips: list[Chip], known: Vocabulary) -> list[Chip]:
    """An illness beside a procedure is what that is for, not the procedure against it."""
    named = [
        chip
        for chip in chips
        if chip.kind in (CODES, FAMILY) and chip.typed.casefold() not in ILLNESSES
    ]
    if not named:
        return chips
    return [
        replace(
            chip, kind=DIAGNOSIS, values=(illness,), label=f"{chip.typed}: {illness}"
        )
        if (illness := ILLNESSES.get(chip.typed.casefold(), "")) in known.codes
        else chip
        for chip in chips
    ]


DRUGS = {"botox": "J0585", "onabotulinumtoxin": "J0585", "botulinum": "J0585"}
"""Words for an injection that are its drug where units or waste are asked about."""
ILLNESSES = {"migraine": "G43.709", "chronic migraine": "G43.709"}
"""Words for the procedure against an illness that are the illness itself."""


def _topics_told_apart(chips: list[Chip]) -> list[Chip]:
    """The most of a drug, or of units, is no number of sessions; modifier 50 is of sides."""
    topics = {chip.value for chip in chips if chip.kind == TOPIC}
    dropped = set()
    if "appeal" in topics:
        dropped |= {("filing", word) for word in ("timely", "deadline", "time frame")}
    if topics & OTHER_MOSTS:
        dropped |= {("limit", word) for word in ("max", "maximum", "limit", "limits")}
    named = "sides" in topics or any(chip.kind == MODIFIER for chip in chips)
    return [
        chip
        for chip in chips
        if chip.kind != TOPIC
        or not (
            (chip.value, chip.typed.casefold()) in dropped
            or (named and chip.value == "modifiers")
        )
    ]


def _approvers_beside_payers(chips: list[Chip]) -> list[Chip]:
    """Who approves for many payers is no payer beside another: ``humana: evicore or cohere``."""
    approving = [
        chip
        for chip in chips
        if chip.kind == BRAND and chip.typed.casefold().split()[0] in APPROVERS
    ]
    if not approving or not any(
        chip.kind in (PAYER, BRAND) and chip not in approving for chip in chips
    ):
        return chips
    asked = Chip(TOPIC, ("approval",), TOPICS["approval"], approving[0].typed)
    return [*(chip for chip in chips if chip not in approving), asked]


APPROVERS = frozenset({"evicore", "cohere", "carelon", "aim"})
"""First words of the names of those who approve in a payer's place."""


def _whose_documents(chips: list[Chip], known: Vocabulary) -> list[Chip]:
    """An LCD or article is Medicare's where nobody else is named."""
    asked = next((c for c in chips if (c.kind, c.value) == (TOPIC, "source")), None)
    named = any(chip.kind in (PAYER, BRAND, CONTRACTOR, ABSENT) for chip in chips)
    if asked is None or named or not _OF_MEDICARE.search(asked.typed):
        return chips
    if MEDICARE not in known.payers:
        return chips
    return [*chips, Chip(PAYER, (MEDICARE,), known.payers[MEDICARE].title, asked.typed)]


_OF_MEDICARE = re.compile(r"\bLCD\b|\barticle\b", re.IGNORECASE)


def _blocks_before(chips: list[Chip], text: str) -> list[Chip]:
    """Blocks before an ablation are asked of the ablation: how many, with what relief."""
    families = {chip.value for chip in chips if chip.kind == FAMILY}
    if not families >= {BLOCKS, ABLATION} or not _BEFORE.search(text):
        return chips
    return [
        Chip(TOPIC, ("repeat",), TOPICS["repeat"], chip.typed)
        if (chip.kind, chip.value) == (TOPIC, "limit")
        else chip
        for chip in chips
        if (chip.kind, chip.value) != (FAMILY, BLOCKS)
    ]


BLOCKS, ABLATION = "facet-injection", "facet-ablation"
_BEFORE = re.compile(r"\b(?:before|prior to|until|to qualify|for)\b", re.IGNORECASE)


def _meant_otherwise(chips: list[Chip]) -> list[Chip]:
    """Short words settled by what else is asked.

    ``pt`` beside another question is the patient, not therapy; ``PA`` under a physician is
    an assistant, not an approval; what is paid is no question of coverage.
    """
    topics = {chip.value for chip in chips if chip.kind == TOPIC}
    contractor = any(chip.kind == CONTRACTOR for chip in chips)
    found = []
    for chip in chips:
        typed = chip.typed
        if chip.kind == PAYER and typed.upper() == "LCD" and contractor:
            found.append(Chip(TOPIC, ("source",), TOPICS["source"], typed))
        is_topic = chip.kind == TOPIC
        patient = is_topic and (chip.value, typed) == ("care", "pt") and len(topics) > 1
        paid = is_topic and chip.value == "covered" and "amount" in topics
        assistant = is_topic and chip.value == "approval" and typed in ASSISTANT
        if assistant and "incident" in topics:
            found.append(Chip(TOPIC, ("provider",), TOPICS["provider"], typed))
        elif not (patient or paid):
            found.append(chip)
    return found


ASSISTANT = frozenset({"PA", "PAs"})


def _one_procedure_twice(chips: list[Chip]) -> list[Chip]:
    """One procedure, twice or in two parts of the back on a day, asks of one session."""
    topics = {chip.value for chip in chips if chip.kind == TOPIC}
    subjects = [chip for chip in chips if chip.kind in (CODES, FAMILY)]
    parts = {chip.values for chip in chips if chip.kind == NARROW}
    often = bool(topics & {"limit", "units"})
    if "together" not in topics or len(subjects) != 1 or not (often or len(parts) > 1):
        return chips
    dropped = {"limit"} if often else set()
    instead = ("session", "units") if often else ("session",)
    return [
        meant
        for chip in chips
        for meant in (
            [Chip(TOPIC, (topic,), TOPICS[topic], chip.typed) for topic in instead]
            if chip.kind == TOPIC and chip.value == "together"
            else [chip]
        )
        if not (chip.kind == TOPIC and chip.value in dropped)
        and not (chip.kind == NARROW and len(parts) > 1)
    ]


def _relief_of_a_trial(chips: list[Chip], text: str) -> list[Chip]:
    """The relief of a stimulator's or pump's trial is no relief before the next injection."""
    trial = re.search(r"\btrial\b", text, re.IGNORECASE)
    relief = next(
        (c for c in chips if c.kind == TOPIC and "relief" in c.typed.casefold()), None
    )
    if not trial or relief is None or relief.value != "repeat":
        return chips
    asked = Chip(TOPIC, ("trial",), TOPICS["trial"], relief.typed)
    return [asked if chip is relief else chip for chip in chips]


def _medicare_of_another(chips: list[Chip]) -> list[Chip]:
    """``anthem medicare`` is Anthem's Medicare plan, not two payers."""
    found: list[Chip] = []
    for chip in chips:
        before = found[-1] if found else None
        bare = chip.kind == PAYER and chip.typed.casefold() == "medicare"
        if (
            bare
            and before
            and before.kind in (PAYER, BRAND, ABSENT)
            and before.value != MEDICARE
        ):
            found.append(Chip(LINE, (ADVANTAGE,), chip.label, chip.typed))
        else:
            found.append(chip)
    return found


def _with_lines(chips: list[Chip], known: Vocabulary) -> list[Chip]:
    """Payers of the line of business that is named; one that has none is not loaded."""
    lines = [chip for chip in chips if chip.kind == LINE]
    others = [chip for chip in chips if chip.kind != LINE]
    if any(line.value == ADVANTAGE for line in lines):
        # Medicare Advantage is asked about, beside Medicare's own texts: not both.
        others = [
            chip for chip in others if (chip.kind, chip.value) != (PAYER, MEDICARE)
        ]
    for line in lines:
        if not any(chip.kind in (PAYER, BRAND) for chip in others):
            others.append(_all_of_line(line, known))
            continue
        others = [
            _of_line(chip, line, known) if chip.kind in (PAYER, BRAND) else chip
            for chip in others
        ]
    return others


def _all_of_line(line: Chip, known: Vocabulary) -> Chip:
    """A line of business without a payer: all payers of it."""
    keys = tuple(key for key, payer in known.payers.items() if payer.line == line.value)
    return Chip(BRAND, keys, LINES.get(line.value, line.value), line.typed)


def _of_line(chip: Chip, line: Chip, known: Vocabulary) -> Chip:
    typed = f"{chip.typed} {line.typed}"
    all_meant = (*chip.values, *chip.others)
    own = tuple(key for key in all_meant if known.payers[key].line == line.value)
    if not own:
        label = f"{chip.label}, {LINES[line.value]}"
        return replace(chip, label=label, typed=typed, known=False, others=all_meant)
    if chip.kind == BRAND and len(own) > 1:
        return replace(chip, values=own, typed=typed)
    title = known.payers[own[0]].title
    return Chip(PAYER, own[:1], title, typed, others=tuple(set(all_meant) - set(own)))


def _of_a_state(chip: Chip, chips: list[Chip], known: Vocabulary) -> Chip:
    """The one payer of a brand that bears the name of the state asked about."""
    states = [other.value for other in chips if other.kind == STATE]
    if chip.kind != BRAND or not states or not chip.known:
        return chip
    name = plain_name(STATES[states[0]])
    own = tuple(
        key
        for key in chip.values
        if any(name in each for each in known.payers[key].names)
    )
    if len(own) == 1:
        return Chip(PAYER, own, known.payers[own[0]].title, chip.typed)
    if not own:
        label = f"{chip.label} in {STATES[states[0]]}"
        return replace(chip, label=label, known=False)
    return replace(chip, values=own)


def _without_brands_named(chips: list[Chip]) -> list[Chip]:
    """A brand beside one of its payers says no more than the payer (Anthem Blue Cross)."""
    payers = {chip.value for chip in chips if chip.kind == PAYER and chip.known}
    return [
        chip
        for chip in chips
        if chip.kind != BRAND or not payers.intersection(chip.values)
    ]


def _with_contractor(chips: list[Chip], known: Vocabulary) -> list[Chip]:
    """Medicare beside its contractor, and the contractor of the state asked about."""
    contractor = next((chip for chip in chips if chip.kind == CONTRACTOR), None)
    payer = next((chip for chip in chips if chip.kind == PAYER), None)
    state = next((chip for chip in chips if chip.kind == STATE), None)
    if contractor is not None:
        owner = known.contractor_payers.get(contractor.value, MEDICARE)
        if payer is None and owner in known.payers:
            title = known.payers[owner].title
            return [Chip(PAYER, (owner,), title, contractor.typed), *chips]
        return chips
    if payer is None or state is None:
        return chips
    key = known.contractor_in(payer.value, state.value)
    if not key:
        return chips
    return [*chips, Chip(CONTRACTOR, (key,), known.contractors[key][0], state.typed)]


def is_typed(chip: Chip) -> bool:
    """Whether it was typed as one code, not as a trade word or a range."""
    return len(chip.values) == 1 and any(map(str.isdigit, chip.typed))


def _without_descriptions(
    chips: list[Chip], known: Vocabulary, text: str
) -> list[Chip]:
    """The chips without trade words that only describe the code typed beside them.

    Where two procedures are joined by a word, both are asked about; so they are beside a
    code that is no procedure of a family, as guidance or a drug.
    """
    together = any((c.kind, c.value) == (TOPIC, "together") for c in chips)
    typed = [chip for chip in chips if chip.kind == CODES and is_typed(chip)]
    described = any(chip.value in known.in_families for chip in typed)
    if not described or together or _JOINING.search(text):
        return chips
    return [chip for chip in chips if chip.kind != FAMILY]


def _narrowed(chips: list[Chip]) -> list[Chip]:
    """Codes narrowed by a region, and no family beside codes of it that say more."""
    regions = [set(chip.values) for chip in chips if chip.kind == NARROW]
    found = []
    for chip in chips:
        if chip.kind == NARROW:
            continue
        if chip.kind == CODES and regions and len(chip.values) > 1:
            own = tuple(code for code in chip.values if code in regions[0])
            if own:
                label = f"{chip.typed}: {codes_words(own)}"
                found.append(replace(chip, values=own, label=label))
                continue
        found.append(chip)
    return found
