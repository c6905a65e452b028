"""What one policy sees while it is compiled: its names, its lists, its sources."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain, pairwise
from typing import cast

from dsl.base.diagnostics import Reporter, listed
from dsl.base.did_you_mean import code_meant, number_meant
from dsl.base.model import (
    Citation,
    CodeKind,
    CodeSet,
    DatedAmount,
    Member,
    Span,
    Value,
)
from dsl.base.near import Nearest
from dsl.ir.parts import Amounts
from dsl.resolve.codes import expand_range, kind_of, shape_hint
from dsl.resolve.overlay import Effective
from dsl.resolve.sizes import DEEPEST_LIST, MOST_AMOUNTS, MOST_CODES, MOST_SPANS
from dsl.resolve.values import days_of, iso, overlap, read_amount, read_span
from dsl.resolve.vocabulary import (
    Sited,
    Vocabulary,
    citations_of,
    lines_of,
    prose_of,
    word_under,
)
from dsl.syntax import nodes as n

Spans = dict[str, list[Span]]
ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Context:
    """The names in force inside one policy (or among the shared words)."""

    words: Vocabulary
    effective: Effective | None = None
    lists: dict[str, CodeSet] = field(default_factory=dict)
    """Compiled lists by name, anonymous ones by ``rule/for`` and the like."""
    inside: set[str] = field(default_factory=set)
    """Keys of the lists that other lists name."""
    values: dict[str, Value] = field(default_factory=dict)
    open_names: list[str] = field(default_factory=list)
    """Names that are being compiled, to find circles."""
    by_kind: dict[str, dict[str, Sited]] = field(default_factory=dict)
    """Items by kind and name, as they are asked for."""
    nearest: dict[tuple[str, ...], Nearest] = field(default_factory=dict)
    told_too_deep: bool = False
    """Whether lists lie too deep in each other: the first is told, and stands for all."""
    codes: int = 0
    """Codes that its lists, and its rules by them, came to so far."""
    rows: int = 0
    """What its scenarios took from other scenarios so far."""
    cases: dict[str, dict[str, Amounts]] = field(default_factory=dict)
    """Amounts by case, of the values that were asked for."""
    lists_here: str = ""
    """The names of its lists for a message, once one was needed."""
    set_names: dict[str, str] = field(default_factory=dict)
    """Key of a compiled list -> what a sentence calls it."""

    @property
    def version(self) -> str:
        """The prefix of the keys of this policy's lists."""
        return self.effective.draft.version if self.effective else "shared"

    def named(self, name: str, kind: str) -> Sited | None:
        """The policy's own or inherited item of that name, else the shared one."""
        return self.of_kind(kind).get(name)

    def of_kind(self, kind: str) -> dict[str, Sited]:
        """All items of this kind that could be named here."""
        if kind not in self.by_kind:
            own = self.effective.of_kind(kind) if self.effective else []
            shared = (s for s in self.words.shared.values() if s.item.kind == kind)
            found: dict[str, Sited] = {}
            for sited in (*own, *shared):
                found.setdefault(sited.name, sited)
            self.by_kind[kind] = found
        return self.by_kind[kind]

    def near(self, word: str, *kinds: str, also: tuple[str, ...] = ()) -> str:
        """The known name of these kinds, or other word, that is nearest, or nothing."""
        key = (*kinds, *also)
        if key not in self.nearest:
            declared: dict[str, Iterable[str]] = {
                "fact": self.words.facts,
                "source": self.words.sources,
            }
            names = [declared.get(kind, self.of_kind(kind)) for kind in kinds]
            self.nearest[key] = Nearest([*chain(*names), *also])
        return self.nearest[key].to(word)

    def keep(self, name: str, built: CodeSet) -> None:
        """Keep a compiled list under its name, or its place in a rule."""
        self.lists[name] = built
        members = ", ".join(dict.fromkeys(m.code for m in built.members))
        spoken = members if "/" in built.name else built.name.replace("-", " ")
        self.set_names[built.key] = spoken


def report_of(sited: Sited, line: n.Line) -> Reporter:
    """The reporter of the file that holds the line: the base's or a change's."""
    return reporting(sited)(line)


def reporting(sited: Sited) -> Callable[[n.Line], Reporter]:
    """``report_of`` for the many lines of one item."""
    holders = {
        id(line): changed for changed in sited.changes for line in changed.item.lines
    }

    def report_for(line: n.Line) -> Reporter:
        holder = holders.get(id(line), sited)
        return holder.report.within(*holder.report.trail, sited.name)

    return report_for


# ---------- code lists ----------


def named_list(name: n.Word, context: Context, report: Reporter) -> CodeSet | None:
    """The compiled list of that name, or a diagnostic and ``None``."""
    if name.text in context.lists:
        return context.lists[name.text]
    sited = context.named(name.text, "codes")
    if sited is None:
        report_unknown_list(name, context, report)
        return None
    if name.text in context.open_names:
        report.at(name, "P026", f"The list `{name.text}` holds itself.")
        return None
    if len(context.open_names) >= DEEPEST_LIST:
        if not context.told_too_deep:
            report_too_deep(sited)
        context.told_too_deep = True
        return None
    context.open_names.append(name.text)
    built = compile_list(sited, context)
    context.open_names.remove(name.text)
    context.keep(name.text, built)
    return built


def report_too_deep(sited: Sited) -> None:
    """Report a list that lists hold which lists hold, and so on."""
    sited.report.at(
        sited.item.name,
        "P037",
        f"`{sited.name}` lies {DEEPEST_LIST + 1} lists deep; lists may hold each other "
        f"{DEEPEST_LIST} deep. Write its codes where it is named.",
    )


def report_unknown_list(name: n.Word, context: Context, report: Reporter) -> None:
    """Report a word that is neither a code nor the name of a list."""
    near = context.near(name.text, "codes")
    if name.text[:1].islower() and "." not in name.text:
        known = context.of_kind("codes")
        if known and not context.lists_here:
            context.lists_here = f" Lists here: {listed(sorted(known))}."
        message = f"There is no code list `{name.text}`.{context.lists_here}"
        report.at(name, "P010", message, fix=near)
        return
    report.at(name, "P012", shape_hint(name.text), fix=code_meant(name.text))


def compile_list(sited: Sited, context: Context) -> CodeSet:
    """Expand a named list."""
    spans: Spans = {}
    report_for = reporting(sited)
    for line in lines_of(sited.item, n.Members):
        report = report_for(line)
        span = read_span(line.span, report) if line.span else Span()
        found = expand(line.words, span, context, report)
        if line.action == "include":
            include(spans, found)
        else:
            exclude(spans, found)
    report = sited.report.within(*sited.report.trail, sited.name)
    holder = context.version if sited.origin else "shared"
    return make_set(f"{holder}#{sited.name}", sited.name, spans, sited, context, report)


def expand(
    words: Iterable[n.Word], span: Span, context: Context, report: Reporter
) -> Spans:
    """The codes behind the words with their days, cut to ``span``."""
    found: Spans = {}
    for word in words:
        try:
            codes = expand_range(word.text)
        except ValueError as error:
            report.at(word, "P014", str(error), fix=turned(word.text))
            continue
        if codes is None and kind_of(word.text):
            codes = (word.text,)
        if codes is not None:
            if has_room(len(codes), word, context, report):
                include(found, {code: [span] for code in codes})
        elif inner := named_list(word, context, report):
            context.inside.add(inner.key)
            if not has_room(len(inner.members), word, context, report):
                continue
            for member in inner.members:
                shared = overlap(span, member.span)
                include(found, {member.code: [shared] if shared else []})
    return found


def has_room(codes: int, word: n.Word, context: Context, report: Reporter) -> bool:
    """Whether the policy may hold as many codes more; the first that may not is told."""
    before = context.codes
    context.codes += codes
    if before <= MOST_CODES < context.codes:
        report.at(
            word,
            "P037",
            f"With `{word.text}`, the lists of this policy come to more than "
            f"{MOST_CODES:,} codes, each counted wherever a list or a rule takes it in. Let "
            "fewer lists hold each other, and fewer rules name the large ones.",
        )
    return context.codes <= MOST_CODES


def turned(text: str) -> str:
    """A range with its ends exchanged, if it is one then."""
    first, _dash, last = text.partition("-")
    try:
        return f"{last}-{first}" if expand_range(f"{last}-{first}") else ""
    except ValueError:
        return ""


def include(spans: Spans, found: Spans) -> None:
    """Add codes; a code that is always in swallows its dated spans."""
    for code, days in found.items():
        if len(spans.get(code, ())) > MOST_SPANS:
            continue
        merged = {(s.start, s.end): s for s in (*spans.get(code, []), *days)}
        whole = merged.get((None, None))
        spans[code] = [whole] if whole else list(merged.values())


def exclude(spans: Spans, found: Spans) -> None:
    """Take codes out, wholly or for some days."""
    for code, days in found.items():
        for gone in days:
            if len(spans.get(code, ())) > MOST_SPANS:
                break
            left = [part for span in spans.get(code, []) for part in minus(span, gone)]
            spans[code] = left


def minus(span: Span, gone: Span) -> list[Span]:
    """What is left of a span without the days that are gone."""
    if overlap(span, gone) is None:
        return [span]
    left = []
    if gone.start and (span.start is None or span.start < gone.start):
        left.append(replace(span, end=gone.start - ONE_DAY))
    if gone.end and (span.end is None or gone.end < span.end):
        left.append(replace(span, start=gone.end + ONE_DAY))
    return left


def make_set(
    key: str,
    name: str,
    spans: Spans,
    sited: Sited,
    context: Context,
    report: Reporter,
) -> CodeSet:
    """A code set out of its spans, sorted and hashed."""
    members = tuple(
        Member(code, span)
        for code in sorted(spans)
        for span in sorted(spans[code], key=first_and_last)
    )
    for code, days in spans.items():
        if len(days) > MOST_SPANS:
            report.at(
                sited.item.name,
                "P037",
                f"`{name}` holds `{code}` on more than {MOST_SPANS} spans of days. Let fewer "
                "spans say the same.",
            )
            break
    named = name == sited.name
    if named and not sited.item.broken and not any(lines_of(sited.item, n.Members)):
        report.at(
            sited.item.name,
            "P034",
            f"The list `{name}` holds no codes. Write them in a line `include:`.",
        )
    citations = citations_of(sited.item) if named else ()
    return CodeSet(
        key=key,
        name=name,
        title=sited.item.title.text,
        kind=common_kind({member.code for member in members}, sited, name, report),
        members=members,
        sha256=digest([[m.code, iso(m.span.start), iso(m.span.end)] for m in members]),
        place=sited.place(),
        citations=resolved(citations, sited, context, report),
        prose=prose_of(sited.item) if named else "",
    )


def first_and_last(span: Span) -> tuple[str, str]:
    """A span as text to sort by; open ends first."""
    return iso(span.start) or "", iso(span.end) or ""


def digest(value: object) -> str:
    """SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def common_kind(codes: set[str], sited: Sited, name: str, report: Reporter) -> CodeKind:
    """The one kind of all codes; two-digit modifiers may stand among modifiers.

    Codes of another kind than the first of the list are reported where they stand.
    """
    kinds = {kind_of(code) for code in codes} - {None}
    if kinds == {"place", "modifier"}:
        return "modifier"
    if len(kinds) > 1:
        found = ", ".join(sorted(str(kind) for kind in kinds))
        report.at(
            odd_one_out(sited) or sited.item.name,
            "P013",
            f"The list `{name}` mixes kinds of codes ({found}). Write one list of each.",
        )
    return cast("CodeKind", min(map(str, kinds), default="procedure"))


def odd_one_out(sited: Sited) -> n.Word | None:
    """The first word of a list that is a code of another kind than those before it."""
    first = None
    for line in lines_of(sited.item, n.Members):
        for word in line.words:
            kind = kind_of(word.text)
            if kind and first and kind != first:
                return word
            first = first or kind
    return None


def set_of(
    words: n.Words,
    excepted: n.Words,
    slot: str,
    kind: CodeKind,
    sited: Sited,
    context: Context,
    report: Reporter,
) -> str:
    """Key of the set that words of a rule mean; of a named list when it is just that.

    ``slot`` names an anonymous set inside its rule (``for``, ``not-with``).
    """
    if len(words) == 1 and not excepted and not expands(words[0]):
        named = named_list(words[0], context, report)
        if named is None:
            return ""
        if named.members:
            check_kind(words[0], named.kind, kind, report)
        has_room(len(named.members), words[0], context, report)
        return named.key
    name = f"{sited.name}/{slot}"
    spans = expand(words, Span(), context, report)
    exclude(spans, expand(excepted, Span(), context, report))
    built = make_set(f"{context.version}#{name}", name, spans, sited, context, report)
    if built.members:
        check_kind(words[0], built.kind, kind, report)
    context.keep(name, built)
    return built.key


def expands(word: n.Word) -> bool:
    """Whether a word is a code or a range rather than a name."""
    try:
        return kind_of(word.text) is not None or expand_range(word.text) is not None
    except ValueError:
        return True


EXAMPLE_OF_KIND = {
    "procedure": "64483", "diagnosis": "M54.16", "modifier": "KX", "place": "11",
}  # fmt: skip


def check_kind(word: n.Word, found: str, wanted: str, report: Reporter) -> None:
    """Report a list of one kind of codes where another kind is needed."""
    alike = {found, wanted} <= {"place", "modifier"}
    if found != wanted and not alike:
        report.at(
            word,
            "P013",
            f"`{word.text}` holds {found} codes; {wanted} codes are needed here. Write "
            f"{wanted} codes, as `{EXAMPLE_OF_KIND[wanted]}`, or a list of them.",
        )


# ---------- values ----------


def dated_value(name: n.Word, context: Context, report: Reporter) -> Amounts | None:
    """The dated amounts of a named value that is the same in every case."""
    cases = cases_of(name, context, report)
    if not cases:  # not there, or its lines have faults of their own
        return None
    if set(cases) != {""}:
        report.at(
            name,
            "P035",
            f"`{name.text}` depends on the case. Only a test may use such a value "
            "(`conservative-care at least that-value`); here write one amount.",
        )
        return None
    return cases[""]


def cases_of(
    name: n.Word, context: Context, report: Reporter
) -> dict[str, Amounts] | None:
    """The dated amounts of a named value by the case in which they hold, in its order.

    The last case, an empty name, is every other.
    """
    sited = context.named(name.text, "value")
    if sited is None:
        report.at(
            name,
            "P010",
            f"There is no value `{name.text}`.",
            fix=context.near(name.text, "value") or number_meant(name.text),
        )
        return None
    if name.text not in context.values:
        context.values[name.text] = compile_value(sited, context)
    if name.text not in context.cases:
        found: dict[str, Amounts] = {}
        for dated in context.values[name.text].amounts:
            amount = replace(dated.amount, days=days_of(dated.span))
            found[dated.case] = (*found.get(dated.case, ()), amount)
        context.cases[name.text] = found
    return context.cases[name.text]


def compile_value(sited: Sited, context: Context) -> Value:
    """Read the dated amounts of a value."""
    amounts: list[DatedAmount] = []
    count = len(sited.report.found)
    report_for = reporting(sited)
    written = list(lines_of(sited.item, n.AmountLine))
    if len(written) > MOST_AMOUNTS:
        report_for(written[-1]).at(
            sited.item.name,
            "P037",
            f"`{sited.name}` has {len(written):,} lines; a value may have {MOST_AMOUNTS}.",
        )
    for line in written[:MOST_AMOUNTS]:
        report = report_for(line)
        amount = read_amount(line.amount, report)
        span = read_span(line.span, report) if line.span else Span()
        case = line.case.text if line.case else ""
        check_case(line, sited, context, report)
        if amount is not None:
            amounts.append(DatedAmount(amount, span, case))
    report = sited.report.within(*sited.report.trail, sited.name)
    order = {case: i for i, case in enumerate(dict.fromkeys(x.case for x in amounts))}
    order[""] = len(order)
    amounts.sort(key=lambda x: (order[x.case], iso(x.span.start) or ""))
    bad_before = len(sited.report.found) > count or sited.item.broken
    if amounts and amounts[-1].case and not bad_before:
        report.at(
            sited.item.name,
            "P035",
            f"`{sited.name}` does not say what holds in every other case. Write a last line, "
            "such as `4 weeks otherwise`.",
        )
    for one, other in pairwise(amounts):
        alike = one.case == other.case and not bad_before
        if alike and overlap(one.span, other.span):
            report.at(
                sited.item.name,
                "P028",
                f"Two amounts of `{sited.name}` hold on the same days.",
            )
    return Value(
        name=sited.name,
        title=sited.item.title.text,
        amounts=tuple(amounts),
        citations=resolved(citations_of(sited.item), sited, context, report),
        prose=prose_of(sited.item),
        place=sited.place(),
    )


def check_case(
    line: n.AmountLine, sited: Sited, context: Context, report: Reporter
) -> None:
    """Report an amount without days or case, or in a case that has no name."""
    if line.span is None and line.case is None and not line.otherwise:
        report.at(
            line.amount.number,
            "P035",
            f"`{sited.name}` does not say since when it is so, or in which case. Write the day "
            f"behind it: `{line.amount.number.text}"
            f"{f' {line.amount.unit.text}' if line.amount.unit else ''} from 2026-01-01`.",
        )
    if line.case is None or context.named(line.case.text, "define"):
        return
    fact = context.words.facts.get(line.case.text)
    if fact is None or fact.kind != "yes-no":
        report.at(
            line.case,
            "P035",
            f"`{line.case.text}` is no case. A case is a definition or a yes-no fact; "
            "give a longer test a name with `define`.",
            fix=context.near(line.case.text, "define", "fact"),
        )


# ---------- sources ----------


def own_cite(context: Context) -> str:
    """A line that cites the source which the policy itself cites; nothing without one."""
    if context.effective is None:
        return ""
    cited = citations_of(context.effective.draft.head.item)
    known = [c.source for c in cited if source_key(c.source, context)]
    return f"cite: {known[0]}" if known else ""


def resolved(
    citations: tuple[Citation, ...], sited: Sited, context: Context, report: Reporter
) -> tuple[Citation, ...]:
    """Citations with document roles replaced by this policy's own documents.

    In a shared text a role stays open and its citation is left out.
    """
    found = []
    for citation in citations:
        key = source_key(citation.source, context)
        if key:
            found.append(replace(citation, source=key))
        elif not is_shared(context):
            report_unknown_source(citation.source, sited, context, report)
    return tuple(found)


def source_key(ref: str, context: Context) -> str:
    """The source that a citation means here; empty when there is none."""
    lineage = context.effective.lineage if context.effective else ()
    for path in lineage:
        if (path, ref) in context.words.stands_for:
            return context.words.stands_for[path, ref]
    return ref if ref in context.words.sources else ""


def is_shared(context: Context) -> bool:
    """Whether this is a text that only serves as a base."""
    if context.effective is None:
        return False
    status = word_under(context.effective.draft.head.item, "status")
    return status is not None and status.text == "shared"


def report_unknown_source(
    ref: str, sited: Sited, context: Context, report: Reporter
) -> None:
    """Report a citation of a source that nobody declares, or of an empty role."""
    cite = next(
        (line.ref for line in lines_of(sited.item, n.Cite) if line.ref.text == ref),
        sited.item.name,
    )
    inherited = context.effective and sited.origin not in (
        "",
        context.effective.draft.path,
    )
    if inherited and context.effective:
        head = context.effective.draft.head
        head.report.at(
            head.item.name,
            "P029",
            f"No source of this policy stands for `{ref}`, which the text that it is "
            f"based on cites. Write `stands for: {ref}` in the source that it is.",
        )
        return
    report.at(
        cite,
        "P010",
        f"There is no source `{ref}`. Declare it: `source {ref}: Title`.",
        fix=context.near(ref, "source"),
    )
