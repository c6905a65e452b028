"""Documents to the checked model: names first, then each policy by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TypeVar, cast

from dsl.base.companions import is_scenarios
from dsl.base.diagnostics import Diagnostic, Reporter, in_order, listed
from dsl.base.model import (
    CodeSet,
    Decides,
    File,
    Model,
    Policy,
    Rule,
    Scenario,
    Span,
    Status,
)
from dsl.base.near import Nearest
from dsl.compile.companions import add_companions
from dsl.compile.expected_elsewhere import check_expected_elsewhere
from dsl.compile.first_days import first_day_of
from dsl.compile.incremental import Kept, Keys, lineage_of
from dsl.compile.rules import compile_rule, slice_of
from dsl.compile.scenarios import Held, compile_scenario, states_of
from dsl.resolve.cited import own_cite, resolved
from dsl.resolve.code_lists import named_list
from dsl.resolve.context import Context
from dsl.resolve.dated_values import compile_value
from dsl.resolve.overlay import Draft, Effective, flatten, is_worked
from dsl.resolve.values import overlap, read_span
from dsl.resolve.vocabulary import (
    Collector,
    Sited,
    Vocabulary,
    choose,
    citations_of,
    lines_of,
    prose_of,
    read_states,
    text_under,
    word_under,
    words_under,
)
from dsl.syntax import nodes as n

STATUSES = ("active", "draft", "shared")
DECIDES = ("coverage", "billing")
ONLY_IN_POLICIES = ("rule", "gap", "exception", "change", "drop", "scenario")
Unit = tuple[File, n.Document]
Key = TypeVar("Key")
Row = TypeVar("Row")


def compile_documents(
    units: Iterable[Unit], kept: Kept | None = None
) -> tuple[Model, tuple[Diagnostic, ...]]:
    """The model of all files, with everything that is wrong in them.

    The order of the files changes nothing.  Policies with faults are in the model
    as far as they could be compiled; a build must not use a model with errors.  With
    ``kept``, a policy whose files and shared words are as before is not compiled again.
    """
    ordered = sorted(units, key=lambda unit: unit[0].path)
    reporters: list[Reporter] = []
    collector = Collector()
    drafts: dict[str, list[Draft]] = {}
    for file, document in ordered:
        report = Reporter(file.path, file.text.split("\n"))
        reporters.append(report)
        if not is_scenarios(file.path):
            read_document(document, report, collector, drafts)
    documents = (document for _file, document in ordered)
    add_companions(zip(documents, reporters, strict=True), drafts)
    words = collector.words
    check_references(words, reporters)
    check_versions(drafts)
    shared = Context(words)
    code_sets = tuple(
        built
        for name, sited in sorted(words.shared.items())
        if sited.item.kind == "codes"
        and (built := named_list(sited.item.name, shared, sited.report)) is not None
        and name
    )
    keys = Keys(ordered, drafts, kept) if kept is not None else None
    policies = tuple(
        compile_kept(draft, drafts, words, keys)
        if keys
        else compile_policy(flatten(draft, drafts), words)
        for path in sorted(drafts)
        for draft in sorted(drafts[path], key=lambda d: d.version)
    )
    check_expected_elsewhere(drafts, policies)
    found = (d for report in reporters for d in report.found)
    model = Model(
        files=tuple(file for file, _document in ordered),
        sources=by_key(words.sources),
        payers=by_key(words.payers),
        contractors=by_key(words.contractors),
        reasons=by_key(words.reasons),
        facts=by_key(words.facts),
        groupings=by_key(words.groupings),
        codes=by_key(words.codes),
        code_sets=code_sets,
        policies=policies,
    )
    return model, in_order(found)


def compile_kept(
    draft: Draft, drafts: dict[str, list[Draft]], words: Vocabulary, keys: Keys
) -> Policy:
    """The policy from the run before, or compiled anew, its diagnostics reported."""
    key = keys.of(draft)
    lineage = lineage_of(draft, drafts)
    files = {path: report for d in lineage for path, report in d.reporters().items()}
    before = keys.kept.policies.get(draft.version)
    if before is not None and before[0] == key:
        for found in before[2]:
            files[found.file].found.append(found)
        return before[1]
    if (earlier := keys.kept.earlier(draft.version, key)) is not None:
        return earlier
    counts = {path: len(report.found) for path, report in files.items()}
    policy = compile_policy(flatten(draft, drafts), words)
    new = (
        found
        for path, report in files.items()
        for found in report.found[counts[path] :]
    )
    keys.kept.policies[draft.version] = (key, policy, tuple(new))
    return policy


def by_key(table: Mapping[Key, Row]) -> tuple[Row, ...]:
    """The values of a table in the order of their keys."""
    return tuple(row for _key, row in sorted(table.items(), key=lambda kv: str(kv[0])))


def read_document(
    document: n.Document,
    report: Reporter,
    collector: Collector,
    drafts: dict[str, list[Draft]],
) -> None:
    """Sort the items of a file: global words, and the policy with its own."""
    heads = [item for item in document.items if item.kind == "policy"]
    head = heads[0] if heads else None
    for extra in heads[1:]:
        report.at(extra.name, "P021", "A file holds one policy; make a file for each.")
    origin = head.name.text if head else ""
    titled = report.within(head.title.text) if head else report
    items = [Sited(i, titled, origin) for i in document.items if i.kind != "policy"]
    for sited in items:
        collector.add(sited)
        if head is None and sited.item.kind in ONLY_IN_POLICIES:
            report.at(
                sited.item.name,
                "P003",
                f"A {sited.item.kind} belongs to a policy, and this file has none. Write one "
                "before it: `policy payer/name: Title`.",
            )
    if head is not None:
        draft = Draft(
            Sited(head, titled, origin), tuple(items), policy_span(head, titled)
        )
        drafts.setdefault(origin, []).append(draft)


def policy_span(head: n.Item, report: Reporter) -> Span:
    """The days of a policy; a policy that decides must have a first day."""
    line = next(lines_of(head, n.InForce), None)
    if line is not None:
        return read_span(line.span, report)
    status = word_under(head, "status")
    if not head.broken and not (status and status.text == "shared"):
        report.at(
            head.name,
            "P020",
            "A line `in force:` is missing: from which day the policy holds. Write it as "
            "`in force: from 2026-01-01`.",
        )
    return Span()


def check_references(words: Vocabulary, reporters: list[Reporter]) -> None:
    """Report contractors of payers, and citations of sources, that are not declared."""
    by_file = {report.file: report for report in reporters}
    sources, payers = Nearest(words.sources), Nearest(words.payers)
    for kind, items in (("code", words.codes), ("payer", words.payers)):
        for key, item in items.items():
            for citation in item.citations:
                if citation.source not in words.sources:
                    by_file[item.place.file].at(
                        n.Word(key, item.place.line, len(kind) + 2),
                        "P010",
                        f"There is no source `{citation.source}`, which this {kind} cites.",
                        fix=sources.to(citation.source),
                    )
    for contractor in words.contractors.values():
        if contractor.payer and contractor.payer not in words.payers:
            place = contractor.place
            by_file[place.file].at(
                n.Word(contractor.key, place.line, len("contractor ") + 1),
                "P010",
                f"There is no payer `{contractor.payer}`.",
                fix=payers.to(contractor.payer),
            )


def check_versions(drafts: dict[str, list[Draft]]) -> None:
    """Report two versions of one policy that are in force on the same days."""
    for path, versions in drafts.items():
        for one, other in overlapping(versions):
            other.head.report.at(
                other.head.item.name,
                "P028",
                f"`{path}` is in force on the same days in "
                f"{one.head.report.file}:{one.head.item.line}. End one: "
                "`in force: from ... through ...`.",
            )


def overlapping(versions: list[Draft]) -> Iterator[tuple[Draft, Draft]]:
    """Each version with days of an earlier one, behind that one, in reading order."""
    order = {id(draft): at for at, draft in enumerate(versions)}
    longest: Draft | None = None
    for draft in sorted(versions, key=lambda draft: draft.span.start or date.min):
        if longest and overlap(longest.span, draft.span):
            one, other = sorted((longest, draft), key=lambda draft: order[id(draft)])
            yield one, other
        ends = (d.span.end or date.max for d in (longest, draft) if d)
        if longest is None or (draft.span.end or date.max) == max(ends):
            longest = draft


def compile_policy(effective: Effective, words: Vocabulary) -> Policy:
    """One policy version, flattened and compiled."""
    context = Context(words, effective)
    draft = effective.draft
    head, report = draft.head.item, draft.head.report
    for sited in effective.of_kind("codes"):
        named_list(sited.item.name, context, sited.report)
    for sited in effective.of_kind("value"):
        context.values[sited.name] = compile_value(sited, context)
    rules = compile_rules(effective, context)
    for sited in draft.items:
        of_scenario = any(is_worked(line) for line in sited.item.lines)
        if sited.item.kind in ("change", "drop") and not of_scenario:
            check_cited(sited, context)
    payer = check_payer(head, words, report)
    contractor = word_under(head, "contractor")
    read_states(words_under(head, "states"), report)
    if contractor:
        choose(contractor, words.contractors, "contractor", report)
    return Policy(
        path=draft.path,
        version=draft.version,
        title=head.title.text,
        payer=payer,
        contractor=contractor.text if contractor else "",
        states=states_of(head, context),
        plans=tuple(w.text for w in words_under(head, "plans")),
        status=status_of(head, report),
        based_on=next((w.text for w in words_under(head, "based on")), ""),
        defers_to=choose(word_under(head, "defers to"), words.payers, "payer", report),
        delegated_to=text_under(head, "delegated to"),
        decides=decides_what(head, report),
        span=draft.span,
        citations=resolved(citations_of(head), draft.head, context, report),
        code_sets=own_sets(context),
        values=tuple(context.values[name] for name in sorted(context.values)),
        rules=rules,
        scenarios=compile_scenarios(effective, context),
        dropped=tuple(sorted(set(effective.dropped))),
        changed=tuple(sorted(set(effective.changed))),
        prose=prose_of(head),
        text=slice_of(draft.head),
        place=draft.head.place(),
        first_day=first_day_of(draft.head, draft.span, context, report),
        carried=not any(lines_of(head, n.NotCarried)),
    )


def own_sets(context: Context) -> tuple[CodeSet, ...]:
    """The lists that belong to this policy version, not to the shared words."""
    own = (
        replace(s, inside=s.key in context.inside)
        for s in context.lists.values()
        if not s.key.startswith("shared#")
    )
    return tuple(sorted(own, key=lambda code_set: code_set.key))


def status_of(head: n.Item, report: Reporter) -> Status:
    """The policy's status; active when not said."""
    status = choose(word_under(head, "status"), STATUSES, "status", report)
    return cast("Status", status or "active")


def decides_what(head: n.Item, report: Reporter) -> Decides:
    """What the policy's rules decide; coverage when not said."""
    decides = word_under(head, "decides")
    return cast("Decides", choose(decides, DECIDES, "decision", report) or "coverage")


def check_payer(head: n.Item, words: Vocabulary, report: Reporter) -> str:
    """The policy's payer: a declared one, or ``any``; a shared text has none."""
    payer = word_under(head, "payer")
    status = word_under(head, "status")
    shared = status is not None and status.text == "shared"
    if payer is None:
        if not shared and not head.broken:
            report.at(
                head.name,
                "P020",
                "A line `payer:` is missing: whose policy it is, `any` for everybody's, "
                "or `status: shared` for a text that only serves as a base. Write one of: "
                f"{listed(words.payers) or 'a payer that you declare'}.",
                fix=own_payer(head, words),
            )
        return ""
    return choose(payer, (*words.payers, "any"), "payer", report)


def own_payer(head: n.Item, words: Vocabulary) -> str:
    """The line that names the only payer, or that of the policy's path."""
    known = list(words.payers)
    payer = head.name.text.partition("/")[0]
    if payer in known:
        return f"payer: {payer}"
    return f"payer: {known[0]}" if len(known) == 1 else ""


def check_cited(sited: Sited, context: Context) -> None:
    """Report a change or drop without a citation."""
    if not any(lines_of(sited.item, n.Cite)) and not sited.item.broken:
        sited.report.at(
            sited.item.name,
            "P024",
            f"To {sited.item.kind} what is inherited needs a citation. Write it in a line `cite:`.",
            fix=own_cite(context),
        )


def compile_rules(effective: Effective, context: Context) -> tuple[Rule, ...]:
    """The rules and gaps in reading order; exceptions to nothing are reported."""
    exceptions = effective.of_kind("exception")
    named = {s.name for s in effective.of_kind("rule", "gap", "exception")}
    endless = without_end({e.name: weakened_by(e) for e in exceptions})
    sound: dict[str, list[Sited]] = {}
    for sited in exceptions:
        to = weakened_by(sited)
        if to not in named:
            sited.report.at(
                sited.item.to or sited.item.name,
                "P010",
                f"There is no rule or exception `{to}`.",
                fix=context.near(to, "rule", "gap", "exception"),
            )
        if to in endless:
            sited.report.at(
                sited.item.name, "P026", f"`{sited.name}` is an exception to itself."
            )
        else:
            sound.setdefault(to, []).append(sited)
    rules = [
        compile_rule(sited, sound, context)
        for sited in effective.of_kind("rule", "gap")
    ]
    return tuple(rules)


def weakened_by(exception: Sited) -> str:
    """The name of the rule or exception that an exception weakens."""
    assert exception.item.to
    return exception.item.to.text


def without_end(to: Mapping[str, str]) -> set[str]:
    """The names from which following ``to`` never comes to an end."""
    ending: dict[str, bool] = {}
    for name in to:
        path: dict[str, None] = {}
        while name in to and name not in ending and name not in path:
            path[name] = None
            name = to[name]  # noqa: PLW2901  (one step on)
        ends = ending.get(name, name not in path)
        ending |= dict.fromkeys(path, ends)
    return {name for name, ends in ending.items() if not ends}


def compile_scenarios(effective: Effective, context: Context) -> tuple[Scenario, ...]:
    """The scenarios; those of a shared text wait for the policies based on it."""
    status = word_under(effective.draft.head.item, "status")
    if status is not None and status.text == "shared":
        return ()
    held: Held = {}
    scenarios = effective.of_kind("scenario")
    found = (compile_scenario(sited, context, held) for sited in scenarios)
    return tuple(scenario for scenario in found if scenario is not None)
