"""Answers as a person reads them: plain text, the arithmetic and the source beside each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap

from kb.engine.judge.answer import Arithmetic, ClaimAnswer, LineAnswer, RuleResult
from kb.engine.judge.evaluate import Engine
from kb.engine.judge.outcome import RANK
from kb.engine.report.findings import about_json, fix_text, words_of

WIDTH = 88
INDENT = " " * 12
LABELS = {"not-met": "not met", "not-applicable": "not applicable", "gap": "open point"}
QUIET = ("met", "exempt", "not-applicable")


def explain(answer: ClaimAnswer, engine: Engine) -> str:
    """The whole answer to a claim as text, ending in a newline."""
    lines = [f"claim {answer.claim}: {answer.outcome.upper()}", ""]
    told: dict[str, int] = {}
    for line in answer.lines:
        lines += explain_line(line, engine, told)
        lines.append("")
    lines += searched(answer)
    lines += receipt(answer)
    return "\n".join(lines) + "\n"


def explain_line(line: LineAnswer, engine: Engine, told: dict[str, int]) -> list[str]:
    """One claim line: what objects, the worst first; then what does not.

    ``told`` are facts that an earlier line asks for, with its number.
    """
    billed = "-".join([line.code, *line.modifiers])
    head = f"line {line.number}  {billed}  {line.date}"
    codes = reason_codes(line, engine)
    verdict = f"{line.outcome.upper()}  {codes}".rstrip()
    found = [f"{head}{verdict:>{WIDTH - len(head)}}"]
    if line.reason:
        # Only a void claim has a reason for being no more than a note.
        label = "note" if line.outcome == "note" else "undecided"
        found += labelled(label, line.reason)
    raised = [r for r in line.results if r.outcome not in ("pass", "note")]
    for result in sorted(raised, key=lambda r: RANK[r.outcome]):
        found += objection(result, line, engine)
    found += needed(raised, engine, told)
    told.update({n: line.number for r in raised for n in r.about if n not in told})
    found += notes(line, engine)
    found += left_alone(line, engine)
    for status in QUIET:
        names = [quiet_name(r, engine) for r in line.results if r.status == status]
        if names:
            found += labelled(LABELS.get(status, status), ", ".join(names))
    for rule in line.open_points:
        found += labelled("open point", words_of(rule, engine).title or rule)
    return found


def needed(raised: list[RuleResult], engine: Engine, told: dict[str, int]) -> list[str]:
    """What is missing, each once, with how to ask for it and where it is found.

    What an earlier line has asked for is only named.
    """
    names = dict.fromkeys(name for r in raised for name in r.about)
    asked: dict[int, list[str]] = {}
    found: list[str] = []
    for name in names:
        if name in told:
            asked.setdefault(told[name], []).append(name)
            continue
        missing = about_json(name, engine)
        where = f" ({missing['where']})" if missing["where"] else ""
        label = "" if found else "needed"
        found += labelled(label, f"{name}: {missing['ask']}{where}")
    for number, again in asked.items():
        label = "" if found else "needed"
        found += labelled(label, f"as for line {number}: {', '.join(again)}")
    return found


def notes(line: LineAnswer, engine: Engine) -> list[str]:
    """Rules that only note something, by name, and what they would ask for."""
    noted = [r for r in line.results if r.outcome == "note"]
    if not noted:
        return []
    names = ", ".join(words_of(r.rule, engine).name for r in noted)
    about = dict.fromkeys(name for r in noted for name in r.about)
    asks = f" (would ask for {', '.join(about)})" if about else ""
    return labelled("note", names + asks)


def left_alone(line: LineAnswer, engine: Engine) -> list[str]:
    """Rules that are unknown and say that nothing follows, with what they are about."""
    silent = [r for r in line.results if (r.status, r.outcome) == ("unknown", "pass")]
    if not silent:
        return []
    names = ", ".join(words_of(r.rule, engine).name for r in silent)
    about = ", ".join(dict.fromkeys(name for r in silent for name in r.about))
    return labelled("not asked", f"{names} (unknown: {about})")


def quiet_name(result: RuleResult, engine: Engine) -> str:
    """A rule's name, with what exempted it."""
    name = words_of(result.rule, engine).name
    return f"{name} ({result.exempt_by})" if result.exempt_by else name


def reason_codes(line: LineAnswer, engine: Engine) -> str:
    """CARC and RARC of the rule that decides the line."""
    for result in line.results:
        if result.outcome == line.outcome and result.status == "not-met":
            words = words_of(result.rule, engine)
            return " ".join([words.carc, *words.rarc])
    return ""


def labelled(label: str, text: str) -> list[str]:
    """A label and a text beside it, wrapped."""
    first, *rest = wrap(text, WIDTH - len(INDENT), break_on_hyphens=False) or [""]
    head = f"  {label:<{len(INDENT) - 2}}" if len(label) < 10 else f"  {label}  "
    return [head + first, *(INDENT + part for part in rest)]


def beside(text: str) -> list[str]:
    """A text below a label, wrapped."""
    parts = wrap(text, WIDTH - len(INDENT), break_on_hyphens=False)
    return [INDENT + part for part in parts]


def objection(result: RuleResult, line: LineAnswer, engine: Engine) -> list[str]:
    """A rule that objects or cannot decide, with everything behind it."""
    words = words_of(result.rule, engine)
    status = LABELS.get(result.status, result.status)
    found = labelled(status, f"{words.name}: {words.title}")
    if result.outcome != line.outcome:
        found += beside(f"-> {result.outcome}")
    if result.arithmetic:
        found += sums(result.arithmetic)
    if result.because and (result.disputed or result.status == "not-met"):
        found += beside(result.because)
    if result.status == "not-met" and words.fix:
        found += beside(f"fix: {fix_text(words.fix, result, line)}")
    if result.outcome == "needs-auth" and words.ask_of:
        found += beside(f"ask: {words.ask_of}")
    return found + origin(result, engine)


def origin(result: RuleResult, engine: Engine) -> list[str]:
    """Where the rule stands and what it cites."""
    words = words_of(result.rule, engine)
    cited = "; ".join(
        f"{c.source}{', ' + c.passage if c.passage else ''} ({c.grade}"
        f"{', read ' + c.read_on if c.read_on else ''})"
        for c in words.citations
    )
    place = f"{words.file}:{words.line}" if words.file else result.rule
    return beside(f"{place}  {cited}")


def sums(found: Arithmetic) -> list[str]:
    """The sum of a limit or an interval."""
    per = ", ".join(f"{group} {value}" for group, value in found.per)
    start = found.window_start or "ever"
    window = f"{found.convention}: {start} .. {found.window_end}"
    lines = beside(f"{per}, {window}" if per else window)
    if found.limit is not None:
        total = found.counted + found.this
        unit = f"{found.unit}s" if found.limit != 1 else found.unit
        this = f"{found.this} of this day" if found.tied else f"this {found.this}"
        counted = f"counted {found.counted} earlier + {this} = {total}"
        lines += beside(f"{counted}, limit {found.limit} {unit}")
        if found.possible is None:
            lines += beside("history is not complete: there may be more")
        elif found.possible > found.counted:
            lines += beside(
                f"up to {found.possible} earlier, where a group is not known"
            )
    lines += event_columns(found)
    if found.next_date:
        why = (
            f" ({found.leaves} leaves the window)"
            if found.leaves and found.limit
            else ""
        )
        lines += beside(f"next eligible date {found.next_date}{why}")
    if found.remark:
        lines += beside(found.remark)
    return lines


def event_columns(found: Arithmetic) -> list[str]:
    """The services that counted, two a row."""
    shown = [f"{e.date}  {'-'.join([e.code, *e.modifiers])}" for e in found.events]
    rows = [shown[i : i + 2] for i in range(0, len(shown), 2)]
    return [
        f"{INDENT}  " + "".join(f"{cell:<27}" for cell in row).rstrip() for row in rows
    ]


def searched(answer: ClaimAnswer) -> Iterator[str]:
    """What was consulted, so that silence can be read."""
    found = answer.searched
    who = found.payer or "not found"
    if found.contractor:
        who += f", contractor {found.contractor}"
    yield f"payer      {who}"
    yield from listed("consulted  ", found.policies or ("no policy",))


def listed(label: str, names: Iterable[str]) -> Iterator[str]:
    """A label and names beside it, wrapped."""
    parts = wrap(", ".join(names), WIDTH - len(label), break_on_hyphens=False)
    for i, part in enumerate(parts):
        yield (label if i == 0 else " " * len(label)) + part


def receipt(answer: ClaimAnswer) -> Iterator[str]:
    """What the answer was made from."""
    r = answer.receipt
    editions = ", ".join(f"{name} {edition}" for name, edition in r.editions)
    tables = f"  code tables {editions}" if editions else "  no code tables loaded"
    yield f"receipt    language {r.language}  engine {r.engine}{tables}"
    yield f"           database {r.database[:23]}  claim {r.claim[:23]}"
