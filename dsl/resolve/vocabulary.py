"""The words that every policy may use: facts, groupings, sources, payers, codes.

Collected from all files before any policy is compiled.  Names are global for these
kinds of items, and so are the lists, values and definitions of files that have no
policy (the shared words).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar, cast

from dsl.base.diagnostics import Reporter, did_you_mean, listed
from dsl.base.labels import REASON_KINDS
from dsl.base.model import (
    Citation,
    Code,
    Contractor,
    Fact,
    FactKind,
    FactScope,
    Grade,
    Grouping,
    GroupMember,
    Payer,
    Place,
    Reason,
    Source,
    Span,
)
from dsl.resolve.addresses import read_address
from dsl.resolve.codes import CARC, PROCEDURE, RARC, STATE, expand_range, shape_hint
from dsl.resolve.values import read_date, read_span
from dsl.syntax import nodes as n

FACT_KINDS = (
    "yes-no", "duration", "percent", "number", "money", "choice", "date", "text",
)  # fmt: skip
FACT_SCOPES = ("patient", "claim", "line", "procedure")
GRADES = ("primary", "secondary", "recalled", "example")
GLOBAL_DAYS = ("000", "010", "090", "XXX", "ZZZ", "YYY", "MMM")
"""Global periods as Medicare's fee schedule writes them."""
CLAIM_FIELDS = (
    "place", "state", "plan", "payer", "authorization", "sex", "specialty",
    "performer", "network",
)  # fmt: skip
LINE_FIELDS = ("level",)
NPI_FIELDS = ("rendering-npi", "performer-npi", "supervising-npi", "billing-npi")
GROUPS_OF_A_LINE = ("level", "side", "code", "provider")
Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Sited:
    """An item with its file's reporter and the policy that wrote it."""

    item: n.Item
    report: Reporter
    origin: str = ""
    """Path of the policy, empty for shared words."""
    changes: tuple[Sited, ...] = ()
    """What overlays changed in it, oldest first."""

    @property
    def name(self) -> str:
        """The item's name."""
        return self.item.name.text

    def place(self) -> Place:
        """Where it stands; the last change's place when there is one."""
        item = self.changes[-1].item if self.changes else self.item
        report = self.changes[-1].report if self.changes else self.report
        return Place(report.file, item.line, item.end_line)


@dataclass(slots=True)
class Vocabulary:
    """Everything that has a global name."""

    sources: dict[str, Source] = field(default_factory=dict)
    stands_for: dict[tuple[str, str], str] = field(default_factory=dict)
    """(policy path, role) -> source key."""
    payers: dict[str, Payer] = field(default_factory=dict)
    contractors: dict[str, Contractor] = field(default_factory=dict)
    reasons: dict[tuple[str, str], Reason] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    groupings: dict[str, Grouping] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    shared: dict[str, Sited] = field(default_factory=dict)
    """Lists, values and definitions of files without a policy, by name."""
    places: dict[tuple[str, str], Place] = field(default_factory=dict)


def lines_of(item: n.Item, kind: type[Line]) -> Iterator[Line]:
    """The lines of an item that are of this kind."""
    return (line for line in item.lines if isinstance(line, kind))


def words_under(item: n.Item, label: str) -> n.Words:
    """The words of the line with this label; empty when there is none."""
    return next((x.words for x in lines_of(item, n.WordsLine) if x.label == label), ())


def word_under(item: n.Item, label: str) -> n.Word | None:
    """The first word of the line with this label."""
    return next(iter(words_under(item, label)), None)


def text_under(item: n.Item, label: str) -> str:
    """The text of the line with this label; empty when there is none."""
    return next(
        (x.text.text for x in lines_of(item, n.TextLine) if x.label == label), ""
    )


def prose_of(item: n.Item) -> str:
    """The item's prose, its blocks divided by an empty line."""
    return "\n\n".join(line.text for line in lines_of(item, n.Prose))


def citations_of(item: n.Item) -> tuple[Citation, ...]:
    """The citations as written; a quote belongs to the cite line before it."""
    found: list[Citation] = []
    for line in item.lines:
        if isinstance(line, n.Cite):
            found.append(Citation(line.ref.text, line.passage))
        elif isinstance(line, n.TextLine) and line.label == "quote" and found:
            last = found.pop()
            found.append(Citation(last.source, last.passage, line.text.text))
    return tuple(found)


def choose(
    word: n.Word | None, known: Iterable[str], what: str, report: Reporter
) -> str:
    """The word if it is one of the known ones, else a diagnostic and nothing."""
    known = tuple(known)
    if word is None:
        return ""
    if word.text in known:
        return word.text
    report.at(
        word,
        "P025",
        f"`{word.text}` is no {what}. I expected one of: {listed(known)}.",
        fix=did_you_mean(word.text, known)
        if known != REASON_KINDS
        else near_reason(word.text),
    )
    return ""


def near_reason(text: str) -> str:
    """A kind of reason written a little wrong; one that is only alike would be another reason."""
    near = did_you_mean(text, REASON_KINDS)
    return near if near[:3] == text.lower()[:3] else ""


def need(item: n.Item, label: str, why: str, report: Reporter) -> None:
    """Report a line that an item must have, unless lines of it were lost."""
    if not item.broken:
        report.at(item.name, "P020", f"A line `{label}:` is missing: {why}.")


class Collector:
    """Reads the global items of all files into a vocabulary."""

    def __init__(self) -> None:
        self.words = Vocabulary()

    def add(self, sited: Sited) -> None:
        """Read one item; kinds that are not global are left alone."""
        item, report = sited.item, sited.report.within(sited.item.name.text)
        method = getattr(self, f"add_{item.kind}", None)
        if method is None or self.is_known(sited):
            return
        method(sited, report)

    def is_known(self, sited: Sited) -> bool:
        """Whether the name is taken; then that is reported."""
        kind, name = sited.item.kind, sited.name
        if kind == "reasons":
            return False
        key = ("name" if kind in ("codes", "value", "define") else kind, name)
        if (earlier := self.words.places.get(key)) is None:
            if kind not in ("codes", "value", "define") or not sited.origin:
                self.words.places[key] = sited.place()
            return False
        if kind in ("codes", "value", "define") and sited.origin:
            return False
        sited.report.at(
            sited.item.name,
            "P011",
            f"`{name}` is declared already, at {earlier.file}:{earlier.line}.",
        )
        return True

    def add_source(self, sited: Sited, report: Reporter) -> None:
        """Read a source and the roles that it fills for its policy."""
        item = sited.item
        grade = choose(word_under(item, "grade"), GRADES, "grade", report)
        if not word_under(item, "grade"):
            need(item, "grade", "how well the source is known", report)
        read_on, review_by = word_under(item, "read on"), word_under(item, "review by")
        if grade in ("primary", "secondary"):
            for label, word in (("read on", read_on), ("review by", review_by)):
                if word is None:
                    need(item, label, "a date like 2026-01-31", report)
        self.words.sources[sited.name] = Source(
            key=sited.name,
            title=item.title.text,
            publisher=text_under(item, "publisher"),
            url=address_of(item, report),
            version=text_under(item, "version"),
            grade=cast("Grade", grade or "recalled"),
            read_on=read_date(read_on, report) if read_on else None,
            review_by=read_date(review_by, report) if review_by else None,
            prose=prose_of(item),
            place=sited.place(),
        )
        for role in words_under(item, "stands for"):
            self.words.stands_for[sited.origin, role.text] = sited.name

    def add_payer(self, sited: Sited, report: Reporter) -> None:
        """Read a payer and how claims name it."""
        item = sited.item
        business = word_under(item, "line of business")
        if business is None:
            need(item, "line of business", "medicare, commercial ...", report)
        names = [part.strip() for part in text_under(item, "also called").split(",")]
        self.words.payers[sited.name] = Payer(
            key=sited.name,
            title=item.title.text,
            line_of_business=business.text if business else "",
            identifiers=tuple(w.text for w in words_under(item, "ids")),
            filing=tuple(w.text for w in words_under(item, "filing")),
            also_called=tuple(name for name in names if name),
            citations=citations_of(item),
            prose=prose_of(item),
            place=sited.place(),
        )

    def add_contractor(self, sited: Sited, report: Reporter) -> None:
        """Read a contractor with its payer and states."""
        item = sited.item
        payer = word_under(item, "payer")
        if payer is None:
            need(item, "payer", "for whom it decides", report)
        self.words.contractors[sited.name] = Contractor(
            key=sited.name,
            title=item.title.text,
            payer=payer.text if payer else "",
            states=read_states(words_under(item, "states"), report),
            citations=citations_of(item),
            prose=prose_of(item),
            place=sited.place(),
        )

    def add_reasons(self, sited: Sited, report: Reporter) -> None:
        """Read how a line of business names its reasons."""
        for line in lines_of(sited.item, n.GroupLine):
            kind = choose(line.name, REASON_KINDS, "kind of reason", report)
            carc, rarc = read_carc_and_rarc(line.words, report)
            if kind:
                key = (sited.name, kind)
                self.words.reasons[key] = Reason(sited.name, kind, carc, rarc)

    def add_fact(self, sited: Sited, report: Reporter) -> None:
        """Read a fact: its kind, whose it is, and how to ask for it."""
        item = sited.item
        kind_word, scope_word = word_under(item, "kind"), word_under(item, "of")
        kind = choose(kind_word, FACT_KINDS, "kind of fact", report)
        scope = choose(scope_word, FACT_SCOPES, "owner of a fact", report)
        if kind_word is None:
            need(item, "kind", ", ".join(FACT_KINDS), report)
        if scope_word is None:
            need(item, "of", f"whose fact it is: {', '.join(FACT_SCOPES)}", report)
        choices = tuple(w.text for w in words_under(item, "choices"))
        if kind == "choice" and not choices:
            need(item, "choices", "the words that it may be", report)
        self.words.facts[sited.name] = Fact(
            key=sited.name,
            title=item.title.text,
            kind=cast("FactKind", kind or kind_meant(kind_word)),
            scope=cast("FactScope", scope or "claim"),
            choices=choices,
            where=text_under(item, "where"),
            ask=text_under(item, "ask"),
            prose=prose_of(item),
            place=sited.place(),
        )

    def add_grouping(self, sited: Sited, report: Reporter) -> None:
        """Read a grouping: codes sorted into groups, perhaps by date."""
        members: list[GroupMember] = []
        for line in lines_of(sited.item, n.GroupLine):
            span = read_span(line.span, report) if line.span else Span()
            for word in line.words:
                codes = procedures_of(word.text)
                members += [GroupMember(line.name.text, code, span) for code in codes]
                if not codes:
                    report.at(word, "P012", shape_hint(word.text))
        self.words.groupings[sited.name] = Grouping(
            key=sited.name,
            title=sited.item.title.text,
            members=tuple(members),
            prose=prose_of(sited.item),
            place=sited.place(),
        )

    def add_code(self, sited: Sited, report: Reporter) -> None:
        """Read what is known of a code, in our own words."""
        item = sited.item
        if not PROCEDURE.fullmatch(sited.name):
            report.at(item.name, "P012", shape_hint(sited.name))
        imaging = choose(
            word_under(item, "imaging"), ("included", "not-included"), "word", report
        )
        sides = choose(word_under(item, "sides"), ("paired", "single"), "word", report)
        global_days = choose(
            word_under(item, "global"), GLOBAL_DAYS, "global period", report
        )
        self.words.codes[sited.name] = Code(
            code=sited.name,
            label=item.title.text,
            add_on_to=tuple(w.text for w in words_under(item, "add-on to")),
            imaging=imaging,  # type: ignore[arg-type]
            sides=sides,  # type: ignore[arg-type]
            global_days=global_days,
            citations=citations_of(item),
            prose=prose_of(item),
            place=sited.place(),
        )

    def add_codes(self, sited: Sited, _report: Reporter) -> None:
        """Keep a shared list, value or definition for the policies to compile."""
        if not sited.origin:
            self.words.shared[sited.name] = sited

    add_value = add_codes
    add_define = add_codes


def address_of(item: n.Item, report: Reporter) -> str:
    """The address of a source; empty when it says none."""
    written = (x.text for x in lines_of(item, n.TextLine) if x.label == "url")
    first = next(written, None)
    return read_address(item, first, report) if first else ""


def kind_meant(word: n.Word | None) -> str:
    """The kind of fact that a miswritten word is near to, so that uses of it are judged by it."""
    return (did_you_mean(word.text, FACT_KINDS) if word else "") or "text"


def procedures_of(text: str) -> tuple[str, ...]:
    """A procedure code, or the codes of a range; none for anything else."""
    if PROCEDURE.fullmatch(text):
        return (text,)
    try:
        codes = expand_range(text) or ()
    except ValueError:
        return ()
    return codes if all(PROCEDURE.fullmatch(code) for code in codes) else ()


def read_states(words: n.Words, report: Reporter) -> tuple[str, ...]:
    """Two-letter states, sorted."""
    for word in words:
        if not STATE.fullmatch(word.text):
            report.at(
                word, "P012", f"`{word.text}` is no state; write two letters (OH)."
            )
    return tuple(sorted({word.text for word in words}))


def reason_code_meant(text: str) -> str:
    """What a word that is no reason code was perhaps meant to be."""
    if text in REASON_KINDS:
        return f"for {text}"
    if found := re.fullmatch(r"(CO|PR|OA|PI) ?(\d{1,3})", text.upper()):
        return f"{found[1]}-{found[2]}"
    return ""


def read_carc_and_rarc(words: n.Words, report: Reporter) -> tuple[str, tuple[str, ...]]:
    """One CARC with its group, then RARCs."""
    carc, rarc = "", []
    for word in words:
        if CARC.fullmatch(word.text) and not carc:
            carc = word.text
        elif RARC.fullmatch(word.text):
            rarc.append(word.text)
        else:
            report.at(
                word,
                "P012",
                f"`{word.text}` is no reason code here. Write one CARC with its group "
                "(CO-151), then RARCs (N362, M25); a kind of reason stands behind `for`.",
                fix=reason_code_meant(word.text),
            )
    return carc, tuple(rarc)
