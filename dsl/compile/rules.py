"""Rules, gaps and exceptions compiled: one item to one ``Rule`` with its tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, TypeVar, cast

from dsl.base.diagnostics import did_you_mean
from dsl.base.labels import REASON_KINDS
from dsl.base.model import Citation, DutyKind, Exception_, Grade, Rule, Span
from dsl.compile.compiling import Compiling
from dsl.compile.conditions import compile_whole
from dsl.compile.duties import duty_of
from dsl.compile.measures import groups, procedures
from dsl.compile.single_tests import check_modifier
from dsl.ir import rule as ir
from dsl.ir import tests as t
from dsl.ir.duties import BillAs
from dsl.ir.forms import NAME_OF
from dsl.ir.sentences import Sayer, sentence
from dsl.resolve.cited import own_cite, resolved
from dsl.resolve.code_lists import set_of
from dsl.resolve.context import Context, report_of, reporting
from dsl.resolve.sizes import DEEPEST_EXCEPTION
from dsl.resolve.values import days_of, iso, overlap, read_span
from dsl.resolve.vocabulary import (
    GRADES,
    Sited,
    choose,
    citations_of,
    lines_of,
    prose_of,
    read_carc_and_rarc,
    word_under,
)
from dsl.syntax import nodes as n

IR_VERSION = "1.0"
ClaimKind = Literal["professional", "facility"]
Kind = TypeVar("Kind")
FILLED_IN = ("line", "date", "next-date")
"""What an answer puts in place of ``{line}`` and the like in a fix."""
GRADE_RANK = {grade: rank for rank, grade in enumerate(reversed(GRADES[:3]))}
DEFAULT_REASON = {"needs auth": "authorization", "needs evidence": "documentation"}

Exceptions = Mapping[str, list[Sited]]
"""Name of a rule or exception -> the exceptions to it."""


def compile_rule(sited: Sited, exceptions: Exceptions, context: Context) -> Rule:
    """A rule or a gap, with the exceptions that weaken it."""
    report = sited.report.within(*sited.report.trail, sited.name)
    looking = one_line(sited, n.LookingAt, context)
    at = Compiling(sited, context, report, owner=looking is not None)
    citations = resolved(citations_of(sited.item), sited, context, report)
    grade = grade_of(sited, citations, context, at)
    span = rule_span(sited, context)
    own = tree_of(sited, span, looking, at)
    outs = [
        compile_exception(e, exceptions, context)
        for e in exceptions.get(sited.name, ())
    ]
    tree = replace(
        own,
        exceptions=tuple(exemption for exemption, _all in outs),
        advisory=grade == "recalled" or status_of(context) == "draft",
    )
    check_completeness(sited, citations, at)
    return Rule(
        name=sited.name,
        title=sited.item.title.text,
        duty=duty_kind(tree),
        span=span,
        scope=tree.scope,
        outcome=tree.otherwise.outcome,
        reason=tree.otherwise.reason,
        carc=tree.otherwise.carc,
        rarc=tree.otherwise.rarc,
        fix=fix_of(sited) or default_fix(tree, context),
        grade=grade,
        citations=citations,
        exceptions=tuple(e for _exemption, every in outs for e in every),
        sentence=sentence(tree, set_namer(context)),
        text=text_of(sited),
        prose=prose_of(sited.item),
        place=sited.place(),
        origin=sited.origin,
        tree=tree,
        carried=not any(lines_of(sited.item, n.NotCarried)),
    )


def duty_kind(tree: ir.Rule) -> DutyKind:
    """The name of a rule's duty; a gap has none."""
    return NAME_OF[type(tree.duty)] if tree.duty else "gap"


def fix_of(sited: Sited) -> str:
    """The text of ``fix:``; a blank in it that nothing fills is reported."""
    line = next((x for x in lines_of(sited.item, n.TextLine) if x.label == "fix"), None)
    if line is None:
        return ""
    report = report_of(sited, line)
    for found in re.finditer(r"\{([^{}]*)\}", line.text.text):
        if found[1] not in FILLED_IN:
            report.at(
                replace(
                    line.text, text=found[0], column=line.text.column + found.start()
                ),
                "P010",
                f"Nothing fills in `{found[0]}`. A fix may say "
                f"{', '.join(f'`{{{name}}}`' for name in FILLED_IN)}.",
                fix=(near := did_you_mean(found[1], FILLED_IN)) and f"{{{near}}}",
            )
    return line.text.text


def default_fix(tree: ir.Rule, context: Context) -> str:
    """How to correct a wrong code; nothing for any other rule."""
    if not isinstance(tree.duty, BillAs):
        return ""
    right = set_namer(context)(tree.duty.set)
    return f"Bill line {{line}} as {right}, only where what was done is that."


def one_line(sited: Sited, kind: type[Kind], _context: Context) -> Kind | None:
    """The line of that kind; a second one is reported."""
    found = list(lines_of(sited.item, kind))
    if len(found) > 1:
        sited.report.at(
            sited.item.name, "P021", f"`{sited.name}` says this twice: give it once."
        )
    return found[0] if found else None


def status_of(context: Context) -> str:
    """The policy's status."""
    if context.effective is None:
        return "active"
    status = word_under(context.effective.draft.head.item, "status")
    return status.text if status else "active"


def grade_of(
    sited: Sited, citations: tuple[Citation, ...], context: Context, at: Compiling
) -> Grade:
    """The grade of the weakest citation that the rule needs, or a lower one that it says.

    A quoted sentence can be read beside the rule, so what is only cited is not needed.
    """
    quoted = [cited for cited in citations if cited.quote]
    needed = [context.words.sources[c.source].grade for c in quoted or citations]
    said = choose(word_under(sited.item, "grade"), GRADES[:3], "grade", at.report)
    if "example" in needed:
        return "example"
    weakest: Grade = min(needed, key=GRADE_RANK.__getitem__, default="primary")
    if said and GRADE_RANK[cast("Grade", said)] < GRADE_RANK[weakest]:
        return cast("Grade", said)
    return weakest


def rule_span(sited: Sited, context: Context) -> Span:
    """The rule's own days within those of its policy."""
    assert context.effective
    policy = context.effective.draft.span
    line = next(lines_of(sited.item, n.InForce), None)
    if line is None:
        return policy
    report = report_of(sited, line)
    own = read_span(line.span, report)
    shared = overlap(policy, own)
    if shared is None:
        word = line.span.start or line.span.end or sited.item.name
        report.at(
            word,
            "P016",
            f"`{sited.name}` is never in force while its policy is "
            f"({iso(policy.start)} to {iso(policy.end) or 'now'}).",
        )
        return own
    return shared


def tree_of(
    sited: Sited, span: Span, looking: n.LookingAt | None, at: Compiling
) -> ir.Rule:
    """The tree of a rule, still without exceptions and grade."""
    assert at.context.effective
    draft = at.context.effective.draft
    return ir.Rule(
        ir=IR_VERSION,
        policy=draft.path,
        version=draft.version,
        rule=sited.name,
        kind="gap" if sited.item.kind == "gap" else "rule",
        in_force=ir.InForce(days_of(span), span.clock, span.ended),
        scope=scope_of(sited, at),
        claims=claims_of(sited, at),
        last=looking_at(sited, looking, at),
        when=test_under(sited, "when", at),
        unless=test_under(sited, "unless", at),
        exceptions=(),
        duty=duty_of(sited, at),
        otherwise=outcome_of(sited, "otherwise", at) or default_outcome(sited, at),
        if_unknown=outcome_of(sited, "if unknown", at),
        if_when_unknown=outcome_if_when_unknown(sited, at),
        advisory=False,
    )


def claims_of(sited: Sited, at: Compiling) -> ClaimKind | None:
    """The kind of claim that the rule is for; ``None``: both."""
    word, known = word_under(sited.item, "claims"), ("professional", "facility")
    said = choose(word, known, "kind of claim", at.report)
    return cast("ClaimKind", said) if said else None


def outcome_if_when_unknown(sited: Sited, at: Compiling) -> ir.Outcome | None:
    """What follows when it is not known whether the rule applies at all."""
    line = outcome_line(sited, "if when unknown")
    tests = lines_of(sited.item, n.TestLine)
    if line is not None and not any(test.label == "when" for test in tests):
        report_of(sited, line).at(
            line.at,
            "P003",
            "This rule has no `when:` that could be unknown.",
            fix=f"if unknown: {line.verb.replace('-', ' ')}",
        )
    return outcome_of(sited, "if when unknown", at)


def default_outcome(sited: Sited, at: Compiling) -> ir.Outcome:
    """What follows where nothing is said.

    Nothing after what is covered; a wrong code is corrected; a gap is an open point.
    """
    if grants(sited):
        return ir.Outcome("pass", reason="", carc="", rarc=())
    if corrects(sited):
        return ir.Outcome("fix", "coding", *table_codes("fix", "coding", at.context))
    name: ir.OutcomeName = "note" if sited.item.kind == "gap" else "review"
    return ir.Outcome(name, reason="", carc="", rarc=())


def corrects(sited: Sited) -> bool:
    """Whether a rule says which code is the right one."""
    return any(lines_of(sited.item, n.BillAs))


def grants(sited: Sited) -> bool:
    """Whether a rule only says that a code is covered, and so objects to nothing."""
    return any(lines_of(sited.item, n.Covers))


def scope_of(sited: Sited, at: Compiling) -> str | None:
    """Key of the set that the rule is for."""
    line = next(lines_of(sited.item, n.For), None)
    if line is None:
        return None
    report = report_of(sited, line)
    return set_of(
        line.words, line.excepted, "for", "procedure", sited, at.context, report
    )


def looking_at(sited: Sited, line: n.LookingAt | None, at: Compiling) -> ir.Last | None:
    """Whose procedure facts the rule looks at."""
    if line is None:
        return None
    at.report = report_of(sited, line)
    key, same = procedures(line.of, "last", at), groups(line.same, at)
    for word in (line.modifier, line.without):
        if word is not None:
            check_modifier(word, at.report)
    return ir.Last(
        set=key,
        same=same,
        modifier=line.modifier.text if line.modifier else None,
        without=line.without.text if line.without else None,
    )


def test_under(sited: Sited, label: str, at: Compiling) -> t.Test | None:
    """The compiled test of a label; several lines of one label must all hold."""
    found = [x for x in lines_of(sited.item, n.TestLine) if x.label == label]
    tests = []
    report_for = reporting(sited)
    for line in found:
        at.report = report_for(line)
        tests.append(compile_whole(line.test, at))
    if len(tests) > 1:
        return t.Or(tuple(tests)) if label == "unless" else t.And(tuple(tests))
    return tests[0] if tests else None


# ---------- outcomes ----------


def outcome_line(sited: Sited, label: str) -> n.OutcomeLine | None:
    """The outcome that stands behind a label, if any does."""
    lines = lines_of(sited.item, n.OutcomeLine)
    return next((line for line in lines if line.label == label), None)


def outcome_of(sited: Sited, label: str, at: Compiling) -> ir.Outcome | None:
    """An outcome with its reason and codes, those of the payer's table by default."""
    line = outcome_line(sited, label)
    if line is None:
        return None
    report = report_of(sited, line)
    stops_a_pass = line.verb == "unknown" and sited.item.kind == "gap"
    if line.verb in ("pass", "unknown") and label == "otherwise" and not stops_a_pass:
        report.at(
            line.at,
            "P025",
            f"A rule that is not met cannot give `{line.verb}`. Write deny, fix, review, "
            "note, needs auth or needs evidence.",
        )
    reason = choose(line.reason, REASON_KINDS, "kind of reason", report)
    reason = reason or DEFAULT_REASON.get(line.verb, "")
    carc, rarc = read_carc_and_rarc(line.codes, report)
    unnamed = line.reason is None and not carc
    if line.verb == "deny" and unnamed and label == "otherwise":
        report.at(
            line.at,
            "P032",
            "A denial names its kind of reason. Write it behind `for`: "
            f"`deny for {REASON_KINDS[0]}`, or another of: {', '.join(REASON_KINDS[1:])}.",
        )
    if not carc:
        carc, rarc = table_codes(line.verb, reason, at.context)
    name = cast("ir.OutcomeName", line.verb.replace(" ", "-"))
    return ir.Outcome(name, reason, carc, rarc)


def table_codes(
    verb: str, reason: str, context: Context
) -> tuple[str, tuple[str, ...]]:
    """CARC and RARC that the payer's line of business uses for a reason."""
    if verb not in ("deny", "fix", "needs auth") or context.effective is None:
        return "", ()
    payer = word_under(context.effective.draft.head.item, "payer")
    found = context.words.payers.get(payer.text) if payer else None
    row = context.words.reasons.get((found.line_of_business, reason)) if found else None
    return (row.carc, row.rarc) if row else ("", ())


def check_completeness(
    sited: Sited, citations: tuple[Citation, ...], at: Compiling
) -> None:
    """Report what a rule must have and does not."""
    report = sited.report.within(*sited.report.trail, sited.name)
    if sited.item.broken:
        return
    if not citations and not any(lines_of(sited.item, n.Cite)):
        report.at(
            sited.item.name,
            "P024",
            f"`{sited.name}` cites no source. Every rule does. Write it in a line `cite:`, with "
            "the passage behind a comma.",
            fix=own_cite(at.context),
        )
    otherwise = outcome_line(sited, "otherwise")
    if grants(sited):
        if otherwise is not None:
            report_of(sited, otherwise).at(
                otherwise.at,
                "P003",
                "A rule with `covered: without a policy` objects to nothing, so nothing "
                "follows otherwise. Leave the line `otherwise:` out.",
            )
    elif not (otherwise or sited.item.kind == "gap" or corrects(sited)):
        report.at(
            sited.item.name,
            "P020",
            "A line `otherwise:` is missing: what follows when the rule is not met. Write "
            "such as `otherwise: deny for necessity`, or fix, review, note, needs auth, needs "
            "evidence.",
        )


# ---------- exceptions ----------


def compile_exception(
    sited: Sited, exceptions: Exceptions, context: Context, depth: int = 1
) -> tuple[ir.Exemption, list[Exception_]]:
    """An exception's tree, and it with all exceptions to it as the model has them."""
    assert sited.item.to is not None
    report = sited.report.within(*sited.report.trail, sited.name)
    looking = one_line(sited, n.LookingAt, context)
    at = Compiling(sited, context, report, owner=True)
    when = test_under(sited, "when", at)
    if when is None and not sited.item.broken:
        report.at(
            sited.item.name,
            "P020",
            "A line `when:` is missing. Write the test that lets a claim out, such as "
            "`when: reason-to-repeat is documented`.",
        )
    if looking is not None:
        report.at(
            sited.item.name,
            "P003",
            "`looking at:` belongs to the rule, not to its exception.",
        )
    citations = resolved(citations_of(sited.item), sited, context, report)
    if not any(lines_of(sited.item, n.Cite)) and not sited.item.broken:
        report.at(
            sited.item.name,
            "P024",
            "An exception cites its source, as a rule does. Write it in a line `cite:`.",
            fix=own_cite(context),
        )
    weaker = exceptions.get(sited.name, ())
    if weaker and depth == DEEPEST_EXCEPTION:
        report_too_deep(weaker[0])
        weaker = ()
    inner = [compile_exception(e, exceptions, context, depth + 1) for e in weaker]
    exemption = ir.Exemption(
        name=sited.name,
        days=days_of(rule_span(sited, context)),
        when=when or t.Never(),
        exceptions=tuple(exemption for exemption, _all in inner),
    )
    words = Sayer(set_namer(context)).test(exemption.when)
    own = Exception_(
        name=sited.name,
        title=sited.item.title.text,
        of=sited.item.to.text,
        sentence=f"Exempt when {words}.",
        citations=citations,
        text=text_of(sited),
        prose=prose_of(sited.item),
        place=sited.place(),
    )
    return exemption, [own, *(e for _exemption, every in inner for e in every)]


def report_too_deep(sited: Sited) -> None:
    """Report an exception to an exception to an exception and so on."""
    sited.report.at(
        sited.item.name,
        "P037",
        f"`{sited.name}` lies {DEEPEST_EXCEPTION + 1} exceptions deep; they may stand "
        f"{DEEPEST_EXCEPTION} deep. Write it as an exception to the rule itself.",
    )


# ---------- words ----------


def set_namer(context: Context) -> Callable[[str], str]:
    """What calls a set by its name, or by its codes when it has none."""
    return lambda key: context.set_names.get(key, "an empty list")


def text_of(sited: Sited) -> str:
    """The item's own text, and below it what overlays changed."""
    return "\n\n".join(slice_of(part) for part in (sited, *sited.changes))


def slice_of(sited: Sited) -> str:
    """The lines of one item as its file has them."""
    lines = sited.report.lines[sited.item.line - 1 : sited.item.end_line]
    return "\n".join(lines).rstrip()
