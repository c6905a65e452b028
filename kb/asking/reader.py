"""A question in one's own words, read: ``understand(kb, "aetna 64483 how often")``.

Nothing is guessed: what no list of the base knows is named as not understood.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from dsl.base.phrases import atoms as atoms_of
from dsl.base.phrases import phrase
from dsl.ir.states import STATES
from dsl.load.words import TOPICS
from kb.asking.days import Days, days_in
from kb.asking.denials import denials_in
from kb.asking.matching import Atom, Match, matches, states_inside
from kb.asking.settling import NARROW, settled
from kb.asking.spelling import distance
from kb.asking.spine import LUMBAR, levels_in, region_of
from kb.asking.tokens import Token, tokens_of, without_hidden
from kb.asking.understood import (
    ABSENT,
    BRAND,
    CODES,
    CONTRACTOR,
    DAY,
    DIAGNOSIS,
    DOCUMENT,
    FAMILY,
    MODIFIER,
    PAYER,
    PLACE,
    SPAN,
    STATE,
    TOPIC,
    UNLOADED,
    Chip,
    Corrected,
    Understood,
)
from kb.asking.vocabulary import SKIP, Meaning, Vocabulary, vocabulary, words_of_base
from kb.plain.trade import MODIFIERS, codes_words, place_words, sentence_case
from kb.read.families import family_title
from kb.read.store import KnowledgeBase

CHOSEN = frozenset(
    {
        "24",
        "25",
        "57",
        "58",
        "59",
        "76",
        "77",
        "78",
        "79",
        "91",
        "26",
        "XE",
        "XS",
        "XP",
        "XU",
    }
    | {"GA", "GX", "GY", "GZ", "JW", "JZ", "TC"}
)
"""Modifiers that are ones where two of them are put to a choice: ``25 or 57``."""
CHOICE = frozenset({"or", "vs", "vs.", "versus", "and"})
UNITS = frozenset(
    {
        "block",
        "cc",
        "day",
        "injection",
        "level",
        "mg",
        "ml",
        "month",
        "more",
        "of",
        "percent",
    }
    | {"mbb", "session", "time", "unit", "visit", "week", "year"}
)
ALONE = frozenset(
    {"50", "RT", "LT", "59", "25", "26", "TC", "KX", "JW", "JZ", "XS", "XU"}
)
"""Modifiers that are one behind a code even without a hyphen."""
_TIMES = re.compile(r"x\d{1,3}|\d{1,3}x|\d{1,4}(?:mg|mcg|ml|cc)")
"""Units behind a code, and doses: ``64636 x2``, ``10mg``."""
_MODIFIER = re.compile(r"[0-9]{2}|[A-Z][A-Z0-9]")
LONGEST_LABEL = 80
NO_WORDS = frozenset({"KX", "XE", "XP", "XS", "XU", "QW", "QZ", "JW", "JZ"})
"""Modifiers that are no word of any question, in small letters neither."""
EVERYWHERE = NO_WORDS | {"GA", "GZ", "GY"}
"""Modifiers that capitals alone tell, wherever they stand."""
SHORTEST_TYPO, TWO_TYPOS = 4, 8
"""Letters of a word that may have one wrong, and two."""
SHORTEST_SMALL_WORD = 6
"""Letters of a typo that is taken for a word that says nothing: a shorter one is a name."""


def understand(
    kb: KnowledgeBase, text: str, today: date, *, mends: bool = True
) -> Understood:
    """What a question asks, of whom, about what, and which words say nothing here.

    Without ``mends`` no typo is taken for a word: a word that is half typed is none.
    """
    known = vocabulary(kb)
    plain = without_hidden(text)
    days, rest = _days(plain, today)
    denials, rest = denials_in(rest)
    levels, rest = levels_in(rest)
    tokens = tokens_of(rest)
    shouted = rest.isupper()
    coded = {at: _coded(tokens, at, known) for at in range(len(tokens))}
    behind = _modifiers_behind(tokens, coded) | _modifiers_explained(tokens, known)
    loose = [
        Atom(word, at, token.text, shouted)
        for at, token in enumerate(tokens)
        if not coded[at] and at not in behind
        for word in atoms_of(token.text)
    ]
    loose, documents = _documents_in(loose, known)
    found = matches(loose, known)
    corrected: tuple[Corrected, ...] = ()
    if mends:
        loose, corrected = _corrected(kb, loose, found, known)
    found = matches(loose, known)
    placed = [(at, chip) for at, chips in coded.items() for chip in chips]
    placed += [(at, chip) for at, chip in behind.items()]
    placed += documents
    for match in found:
        placed += [
            (loose[match.first].token, chip) for chip in _chips(loose, match, known)
        ]
    said = [c for _, c in sorted(placed, key=_place)]
    if not any(chip.kind == TOPIC for chip in said):
        said += _waits(rest)
    chips = settled([*said, *_of_one_part(levels, known)], known, plain)
    return Understood(
        text=" ".join(plain.split()),
        chips=(*chips, *levels, *denials, *_day_chips(days, chips, today)),
        corrected=corrected,
        not_understood=_unknown_words(loose, found),
        today=today,
    )


def _waits(text: str) -> list[Chip]:
    """A length of time, where nothing else is asked: ``ESI after 2 weeks``."""
    found = _WAIT.search(text)
    if found is None:
        return []
    return [Chip(TOPIC, ("interval",), TOPICS["interval"], found[0])]


_WAIT = re.compile(
    r"\b(?:(?:after|every|in|within|since|only) \d{1,3} (?:days?|weeks?|wks?|months?|mos?)"
    r"|\d{1,3} (?:days?|weeks?|wks?|months?|mos?) (?:after|since|apart|later|between|from))\b",
    re.IGNORECASE,
)


def _of_one_part(levels: list[Chip], known: Vocabulary) -> list[Chip]:
    """What ``lumbar`` or ``cervical`` would say, where all levels lie in one such part."""
    words = {region_of(level) for chip in levels for level in chip.values}
    meanings = [known.phrases.get(word) for word in sorted(words)]
    if LUMBAR in words and len(words) > 1:
        return []
    return [Chip(NARROW, each.targets, each.kind, "") for each in meanings if each][:1]


def _place(placed: tuple[int, Chip]) -> int:
    return placed[0]


def _days(text: str, today: date) -> tuple[list[Days], str]:
    """The days that a text names, and the text without them."""
    found: list[Days] = []
    while len(found) < 2 and (days := days_in(text, today)):
        found.append(days)
        text = text[: days.at[0]] + " " + text[days.at[1] :]
    return found, text


def _day_chips(
    days: list[Days], chips: tuple[Chip, ...], today: date
) -> tuple[Chip, ...]:
    if not days:
        return ()
    typed = " ".join(" ".join(each.typed.split()) for each in days)
    changed = any(chip.kind == TOPIC and chip.value == "changed" for chip in chips)
    first, last = min(d.first for d in days), max(d.last for d in days)
    if changed:
        if first == last:
            last = max(first, today)
        span = (first.isoformat(), last.isoformat())
        return (Chip(SPAN, span, f"{span[0]} to {span[1]}", typed),)
    day = today if first <= today <= last else first
    label = "today" if day == today else day.isoformat()
    others = (last.isoformat(),) if first != last and day != today else ()
    return (Chip(DAY, (day.isoformat(),), label, typed, others=others),)


def _coded(tokens: list[Token], at: int, known: Vocabulary) -> tuple[Chip, ...]:
    """The chips of a code, a range, a diagnosis or a document; none for a plain word."""
    token = tokens[at]
    if token.document:
        return (_document(token.document, token.text, known),)
    loaded = [code for code in token.codes if code in known.codes]
    if not loaded:
        looks = len(token.text) >= 5 and (
            "." in token.text or any(len(code) == 5 for code in token.codes)
        )
        if not (token.codes and looks) or token.text.isalpha():
            return ()
        kind = DIAGNOSIS if "." in token.codes[0] else CODES
        return (Chip(kind, token.codes[:1], token.codes[0], token.text, known=False),)
    kinds = {known.codes[code][0] for code in loaded}
    if kinds & {"place", "modifier", "word"}:
        return ()
    kind = DIAGNOSIS if kinds == {"diagnosis"} else CODES
    several = len(loaded) > 1 or len(_code_label(loaded[0], known)) > LONGEST_LABEL
    label = codes_words(loaded) if several else _code_label(loaded[0], known)
    chip = Chip(kind, tuple(loaded), label, token.text)
    return (chip, *(_modifier(each, token.text) for each in token.modifiers))


def _code_label(code: str, known: Vocabulary) -> str:
    return f"{code} {known.codes[code][1]}".strip()


def _modifier(modifier: str, typed: str) -> Chip:
    means = f" ({MODIFIERS[modifier]})" if modifier in MODIFIERS else ""
    return Chip(MODIFIER, (modifier,), f"modifier {modifier}{means}", typed)


def _modifiers_behind(
    tokens: list[Token], coded: dict[int, tuple[Chip, ...]]
) -> dict[int, Chip]:
    """Modifiers behind a code or the word: ``64483 RT``, ``64483 50``, ``modifier 25``."""
    found: dict[int, Chip] = {}
    for at, token in enumerate(tokens):
        after = tokens[at + 1].text.casefold() if at + 1 < len(tokens) else ""
        named, upper = _is_word_for_modifier(after), token.text.upper()
        # In "NP modifier SA" the modifier is the one behind the word.
        later = tokens[at + 2].text if at + 2 < len(tokens) else ""
        named = named and not _MODIFIER.fullmatch(later)
        capital = named and _MODIFIER.fullmatch(token.text)
        small = named and upper in MODIFIERS.keys() | ALONE
        if capital or small or upper in NO_WORDS or token.text in EVERYWHERE:
            found[at] = _modifier(upper, token.text)
    for at in range(len(tokens) - 2):
        one, between, other = (token.text for token in tokens[at : at + 3])
        if between.casefold() in CHOICE and {one.upper(), other.upper()} <= CHOSEN:
            found[at] = _modifier(one.upper(), one)
            found[at + 2] = _modifier(other.upper(), other)
    for at, token in enumerate(tokens[1:], 1):
        before = tokens[at - 1].text.casefold()
        word = _is_word_for_modifier(before)
        behind = at - 1 in found or any(chip.kind == CODES for chip in coded[at - 1])
        upper = token.text.upper()
        # In "25 modifier em" the modifier stands before the word.
        follows = word and at - 2 not in found and _is_written_so(token.text)
        if (follows and _MODIFIER.fullmatch(upper)) or (behind and upper in ALONE):
            found[at] = _modifier(upper, token.text)
    return found


def _is_written_so(text: str) -> bool:
    """Whether letters are a modifier's: in capitals, or those of one that is known."""
    return not text.islower() or text.upper() in MODIFIERS.keys() | ALONE | CHOSEN


def _modifiers_explained(tokens: list[Token], known: Vocabulary) -> dict[int, Chip]:
    """Modifiers that a question asks the meaning of: ``what is gz``, ``jw vs jz meaning``."""
    text = " ".join(token.text.casefold() for token in tokens)
    if not _MEANING.search(text):
        return {}
    return {
        at: _modifier(token.text.upper(), token.text)
        for at, token in enumerate(tokens)
        if token.text.upper() in MODIFIERS.keys() | CHOSEN
        and phrase(token.text) not in known.phrases
    }


_MEANING = re.compile(r"\b(?:what(?:'?s| is| are| does)|mean|means|meaning|explain)\b")


def _is_word_for_modifier(word: str) -> bool:
    return word == "mod" or distance(word, "modifier", 2) <= 2


def _document(name: str, typed: str, known: Vocabulary) -> Chip:
    loaded = name in known.sources
    label = f"{name} {known.sources[name]}" if loaded else name
    return Chip(DOCUMENT, (name,), label, typed, known=loaded)


def _documents_in(
    loose: list[Atom], known: Vocabulary
) -> tuple[list[Atom], list[tuple[int, Chip]]]:
    """Documents named in several words (``CPB 0722``), and the words that are left."""
    squashed = known.documents
    kept, chips, at = [], [], 0
    while at < len(loose):
        for size in (4, 3, 2, 1):
            words = loose[at : at + size]
            joined = "".join(atom.word for atom in words)
            held = size == 1 or any(map(str.isdigit, joined))
            if (
                len(words) == size
                and held
                and joined in squashed
                and len(joined) > SHORTEST_TYPO
            ):
                typed = " ".join(dict.fromkeys(atom.typed for atom in words))
                chip = _document(squashed[joined], typed, known)
                chips.append((words[0].token, chip))
                at += size
                break
        else:
            kept.append(loose[at])
            at += 1
    return kept, chips


def _corrected(
    kb: KnowledgeBase, loose: list[Atom], found: list[Match], known: Vocabulary
) -> tuple[list[Atom], tuple[Corrected, ...]]:
    """The words with their typos mended, and what was mended."""
    understood = {at for match in found for at in range(match.first, match.last)}
    mended, told = list(loose), []
    for at, atom in enumerate(loose):
        if at in understood or len(atom.word) < SHORTEST_TYPO or atom.word.isdecimal():
            continue
        near = nearest(atom.word, known, words_of_base(kb))
        meaning = known.phrases.get(near)
        says_nothing = meaning is not None and meaning.kind == SKIP
        if near and not (says_nothing and len(atom.word) < SHORTEST_SMALL_WORD):
            mended[at] = replace(atom, word=near)
            if not says_nothing:
                told.append(Corrected(atom.typed, near))
    return mended, tuple(told)


def nearest(word: str, known: Vocabulary, sound: frozenset[str]) -> str:
    """The only known word that a mistyped one is near to, or nothing."""
    if word in sound or word in known.words:
        return ""
    most = 2 if len(word) >= TWO_TYPOS else 1
    scored = [
        (far, candidate)
        for candidate in known.words
        if len(candidate) >= SHORTEST_TYPO
        and (far := distance(word, candidate, most)) <= most
    ]
    if not scored:
        return ""
    best = min(far for far, _ in scored)
    words = sorted(candidate for far, candidate in scored if far == best)
    alike = [candidate for candidate in words if candidate[0] == word[0]] or words
    meant = {known.phrases.get(each) or each for each in alike}
    return alike[0] if len(meant) == 1 else ""


def _unknown_words(loose: list[Atom], found: list[Match]) -> tuple[str, ...]:
    """What nothing knows, as it was typed; numbers before a unit say something."""
    understood = {at for match in found for at in range(match.first, match.last)}
    unknown = []
    for at, atom in enumerate(loose):
        after = loose[at + 1].word.rstrip("s") if at + 1 < len(loose) else ""
        counts = _TIMES.fullmatch(atom.word) or (
            atom.word.isdecimal() and (after in UNITS or "%" in atom.typed)
        )
        if at not in understood and not counts:
            unknown.append(atom.typed)
    return tuple(dict.fromkeys(unknown))


def _chips(loose: list[Atom], match: Match, known: Vocabulary) -> list[Chip]:
    words = loose[match.first : match.last]
    typed = " ".join(dict.fromkeys(atom.typed for atom in words))
    meaning = match.meaning
    if meaning.kind == SKIP:
        return []
    chips = [_chip(meaning, typed, known)]
    if meaning.kind in (PAYER, BRAND):
        chips += [
            Chip(STATE, (state,), STATES[state], typed)
            for state in states_inside(loose, match, known)
        ]
    return chips


def _chip(meaning: Meaning, typed: str, known: Vocabulary) -> Chip:
    kind, targets = meaning.kind, meaning.targets
    first = targets[0]
    if kind == MODIFIER:
        return _modifier(first, typed)
    if kind == PAYER:
        label = known.payers[first].title
        return Chip(PAYER, (first,), label, typed, others=targets[1:])
    if kind in (ABSENT, UNLOADED):
        return Chip(kind, (typed,), typed, typed, known=False)
    labels = {
        STATE: lambda: STATES.get(first, first),
        PLACE: lambda: sentence_case(place_words(first)),
        FAMILY: lambda: family_title(first),
        CONTRACTOR: lambda: known.contractors[first][0],
        TOPIC: lambda: TOPICS.get(first, first),
    }
    label = labels[kind]() if kind in labels else typed
    if kind == CODES:
        loaded = tuple(code for code in targets if code in known.codes)
        if loaded and known.codes[first][0] == DIAGNOSIS:
            return Chip(DIAGNOSIS, loaded, _code_label(first, known), typed)
        named = f"{typed}: {codes_words(targets)}"
        return Chip(CODES, loaded or targets[:1], named, typed, known=bool(loaded))
    return Chip(kind, targets, label, typed)
