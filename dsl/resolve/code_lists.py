"""Lists of codes as one policy sees them: named, expanded, with their days."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import cast

from dsl.base.diagnostics import Reporter, listed
from dsl.base.did_you_mean import code_meant
from dsl.base.model import (
    CodeKind,
    CodeSet,
    Member,
    Span,
)
from dsl.resolve.cited import resolved
from dsl.resolve.codes import expand_range, kind_of, shape_hint
from dsl.resolve.context import Context, reporting
from dsl.resolve.sizes import DEEPEST_LIST, MOST_CODES, MOST_SPANS
from dsl.resolve.values import iso, overlap, read_span
from dsl.resolve.vocabulary import (
    Sited,
    citations_of,
    lines_of,
    prose_of,
)
from dsl.syntax import nodes as n

Spans = dict[str, list[Span]]


ONE_DAY = timedelta(days=1)


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
