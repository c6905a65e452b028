"""The lines of a claim on the screen: each with what objects, its sum and its source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dsl.ir import duties as d
from kb.engine.judge.answer import ClaimAnswer, LineAnswer, RuleResult
from kb.engine.judge.evaluate import Engine
from kb.engine.report import counts
from kb.engine.report.claim_sentences import Said, of_this_state, unnamed
from kb.engine.report.screen import OF_LINE, SENTENCE_END, WIDTH, labelled, plain
from kb.engine.report.sentences import (
    CLEAN,
    OBJECTIONS,
    OPEN_FOR,
    deciding,
    do_finding,
    do_line,
    lacking,
    lacking_approvals,
    raised,
    say_finding,
    say_line,
)
from kb.engine.report.words import (
    billed,
    fix_text,
    in_a_row,
    lines_named,
    source_text,
    title_of,
    words_of,
)

QUIET = {
    "met": "met",
    "exempt": "exempt",
    "not-applicable": "not applicable",
}

NOTHING = Said("", "")
LINES = r"lines? \d+(?:-\d+)?(?:(?:, | and )\d+(?:-\d+)?)*"
"""How lines are named in a sentence."""
Before = dict[tuple[str, ...], int]
"""What was told of lines so far, each with the line that it was told of."""


def line_blocks(
    answer: ClaimAnswer, engine: Engine, told: Said, *, verbose: bool
) -> list[str]:
    """Every line with what there is to say of it; lines that say the same, once.

    What the headline has said already is not repeated.
    """
    found: list[str] = []
    before: Before = {}
    refused = frozenset(refused_lines(answer, engine))
    told = Said(of_this_state(told.say, answer), told.do)
    for block in told_together(answer, engine):
        found += heads(block, answer, engine)
        found += details(block[0], engine, told, codes_of(block), before, refused)
        if verbose:
            found += quiet(block, engine)
    return found


def told_together(answer: ClaimAnswer, engine: Engine) -> list[list[LineAnswer]]:
    """The lines in their order, those that tell the same in one block."""
    blocks: dict[tuple[str, ...], list[LineAnswer]] = {}
    for line in answer.lines:
        text = " ".join("\n".join(details(line, engine, NOTHING, "{}")).split())
        key = (line.outcome, line.as_billed, unnamed(text, line))
        # A line of which nothing is told keeps its place.
        alone = (str(line.number),) if not text else ()
        blocks.setdefault((*key, *alone), []).append(line)
    return list(blocks.values())


def heads(
    block: list[LineAnswer], answer: ClaimAnswer, engine: Engine
) -> Iterator[str]:
    """``line 1  64483-RT  2026-03-10   DENY  CO-151 N362`` of each line of a block."""
    width = max(len(billed(line)) for line in answer.lines)
    for line in block:
        head = f"  line {line.number}  {billed(line):<{width}}  {line.date}   "
        codes = reason_codes(line, engine)
        split = line.as_billed != line.outcome and line.as_billed not in CLEAN
        other = f"(as billed {line.as_billed})" if split else ""
        yield "  ".join(filter(None, (head + line.outcome.upper(), codes, other)))


def reason_codes(line: LineAnswer, engine: Engine) -> str:
    """CARC and RARC of the rule that decides the line."""
    for result in deciding(line):
        if result.status == "not-met":
            words = words_of(result.rule, engine)
            return " ".join(filter(None, [words.carc, *words.rarc]))
    return ""


def codes_of(block: list[LineAnswer]) -> str:
    """The codes of a block, each once: ``64483 and 64484``."""
    return in_a_row([*dict.fromkeys(line.code for line in block)])


def details(
    line: LineAnswer,
    engine: Engine,
    told: Said,
    codes: str,
    before: Before | None = None,
    refused: frozenset[int] = frozenset(),
) -> list[str]:
    """What objects, what is open, the limits and the notes of a line.

    ``codes`` stand for its own where one reason holds for several lines, and what was told
    in the same words ``before`` is not told again: a diagnosis code is wrong once a claim.
    ``refused`` are lines that are not covered beside this one.
    """
    found: list[str] = []
    objections = objections_of(line, engine)
    told_first: list[int] = []
    for result in objections:
        said = objection(result, line, engine, told, refused)
        first = line.number
        if before is not None:
            first = before.setdefault((*said,), line.number)
        found += said if first == line.number else []
        told_first += [first] if first != line.number else []
    if told_first and not found:
        found += plain(f"As line {told_first[0]}.", OF_LINE[0])
    if not objections and line.outcome not in ("needs-evidence", "pass"):
        reason = say_line(line, engine).replace(line.code, codes)
        found += plain(untold(reason, told.say), OF_LINE[0])
        todo = "" if line.reason else untold(do_line(line, engine), told.do)
        found += labelled("do", todo) if todo else []
    now = " ".join([told.say, *" ".join(found).split()])
    found += open_rules(line, engine, now)
    found += limits(line, now)
    found += notes(line, engine, told.say)
    found += approvals(line, engine, told.say)
    return found


def objections_of(line: LineAnswer, engine: Engine) -> list[RuleResult]:
    """The findings that are told by themselves.

    What a pair takes off needs no first code: an old table of add-on codes is silent then.
    """
    found = [r for r in raised(line) if is_told(r)]
    taken_off = any(
        r.outcome in OBJECTIONS and words_of(r.rule, engine).reason == "bundled"
        for r in found
    )
    found = [r for r in found if not (taken_off and is_old_add_on(r))]
    return [r for r in found if is_first_of_pair(r, found, engine)]


def is_first_of_pair(
    result: RuleResult, found: list[RuleResult], engine: Engine
) -> bool:
    """Whether no finding before tells the same lines apart: a pair is told once."""
    alike = (r for r in found if r.with_lines == result.with_lines)
    pairs = [r for r in alike if is_pair(r, engine)]
    return not pairs or not is_pair(result, engine) or pairs[0] is result


def is_pair(result: RuleResult, engine: Engine) -> bool:
    """Whether a finding is of services that do not go together."""
    if result.table is not None:
        return result.table.kind == "ptp"
    tree = engine.program.tree(result.rule)
    broken = result.status == "not-met" and bool(result.with_lines)
    return broken and tree is not None and isinstance(tree.duty, d.NotWith)


def is_old_add_on(result: RuleResult) -> bool:
    """Whether a table of add-on codes only asks to look the code up."""
    table = result.table
    return result.outcome == "review" and table is not None and table.kind == "aoc"


def is_told(result: RuleResult) -> bool:
    """Whether a finding is told by itself: not what the chart or other lists tell."""
    if result.status == "gap" and result.outcome == "unknown":
        return False
    return (
        result.status in ("not-met", "gap")
        or bool(result.disputed)
        or (result.outcome in ("needs-auth", "review"))
    )


def is_in(said: str, told: str) -> bool:
    """Whether the headline holds a sentence already."""
    return not said or said.rstrip(".").lower() in told.lower()


def untold(said: str, told: str) -> str:
    """The sentences that the headline does not hold yet."""
    return " ".join(one for one in SENTENCE_END.split(said) if not is_in(one, told))


def undone(todo: str, told: str, number: int) -> str:
    """The advice that the headline does not give, alone or for several lines at once."""
    left = untold(todo, told)
    own = re.escape(left.rstrip(".")).replace(rf"line\ {number}", rf"({LINES})")
    for found in re.finditer(own, told, re.IGNORECASE) if left else ():
        if all(number in numbers_of(lines) for lines in found.groups()):
            return ""
    return left


def numbers_of(named: str) -> set[int]:
    """The numbers of ``lines 1-3 and 5``."""
    runs = re.findall(r"(\d+)(?:-(\d+))?", named)
    return {n for a, b in runs for n in range(int(a), int(b or a) + 1)}


def refused_lines(answer: ClaimAnswer, engine: Engine) -> Iterator[int]:
    """The lines that a rule never covers as they stand: no modifier pays them."""
    for line in answer.lines:
        for result in deciding(line):
            tree = engine.program.tree(result.rule)
            never = tree is not None and isinstance(tree.duty, d.NeverCovered)
            if never and (result.status, result.outcome) == ("not-met", "deny"):
                yield line.number


def is_moot(result: RuleResult, line: LineAnswer, refused: frozenset[int]) -> bool:
    """Whether a line only cannot stand beside lines that go anyhow."""
    others = set(result.with_lines) - {line.number}
    return bool(others) and line.number not in refused and others <= refused


def objection(
    result: RuleResult,
    line: LineAnswer,
    engine: Engine,
    told: Said,
    refused: frozenset[int] = frozenset(),
) -> list[str]:
    """A finding: its sentence, what to do, the days that counted, its source."""
    words = words_of(result.rule, engine)
    found: list[str] = []
    if said := untold(say_finding(result, line, engine), told.say):
        label = "" if result.outcome == line.outcome else result.outcome
        found += labelled(label, said) if label else plain(said, OF_LINE[0])
    todo = do_finding(result, line, engine)
    if is_moot(result, line, refused):
        gone = lines_named(sorted(set(result.with_lines) - {line.number}))
        todo = f"Nothing of this line: {gone} goes, and with it the pair."
    if todo := undone(todo, told.do, line.number):
        found += labelled("do", todo)
    if result.arithmetic and (days := counts.counted_dates(result.arithmetic)):
        found += labelled("counted", days)
    if result.arithmetic and result.arithmetic.remark:
        found += labelled("", result.arithmetic.remark)
    if result.outcome == "review" and words.prose:
        before = " ".join([told.say, told.do, *" ".join(found).split()])
        prose = untold(" ".join(words.prose.split()), before)
        found += labelled("text", prose) if prose else []
    return [*found, *source(result.rule, engine), *also(result, line, engine)]


def also(result: RuleResult, line: LineAnswer, engine: Engine) -> Iterator[str]:
    """What says the same and is not told by itself, by its source."""
    for one in line.results:
        if one.same_as == result.rule:
            words = words_of(one.rule, engine)
            yield from labelled("also", source_text(words) or one.rule)


def source(rule: str, engine: Engine) -> list[str]:
    """What the rule cites and where it stands, as much as there is room on a line."""
    words = words_of(rule, engine)
    place = f"{words.file}:{words.line}" if words.file else rule
    cited = source_text(words)
    if not cited:
        return labelled("source", place)
    bare = source_text(words, versioned=False)
    ways = (f"{cited}   {place}", cited, bare)
    room = WIDTH - sum(OF_LINE)
    return labelled("source", next((way for way in ways if len(way) <= room), bare))


def open_rules(line: LineAnswer, engine: Engine, before: str) -> list[str]:
    """Rules that the claim leaves open, by what it does not say, those told already not."""
    if line.reason:
        return []
    asked: dict[tuple[str, ...], list[str]] = {}
    told = {state.rule for state in line.limits if counts.is_told(state)}
    for result in raised(line):
        silent = is_told(result) or result.outcome != "unknown"
        if silent or result.status == "gap" or result.rule in told:
            continue
        title = title_of(words_of(result.rule, engine))
        if not is_in(f"{OPEN_FOR} {lacking(result.about)}: {title}", before):
            asked.setdefault(result.about, []).append(title)
    found: list[str] = []
    for names, titles in asked.items():
        said = "; ".join(dict.fromkeys(titles))
        not_given = f" (not given: {lacking(names)})" if names else ""
        found += labelled("open", f"{said}{not_given}")
    return found


def limits(line: LineAnswer, told: str) -> list[str]:
    """The limits over time that are kept or open, each once."""
    found: list[str] = []
    told_of = [s for s in line.limits if counts.is_told(s)]
    # One that is kept whatever the choice is beside the one that decides.
    decided = any(s.status != "met" for s in told_of)
    states = [
        s
        for s in told_of
        if s.status != "not-met"
        and not (decided and s.status == "met" and s.arithmetic.choices)
    ]
    for said in dict.fromkeys(counts.said(state) for state in states):
        found += labelled("limit", said) if not is_in(said, told) else []
    return found


def notes(line: LineAnswer, engine: Engine, told: str) -> list[str]:
    """Rules that note something, with what their authors wrote."""
    found: list[str] = []
    for result in line.results:
        if result.outcome != "note" or result.status != "not-met":
            continue
        said = say_finding(result, line, engine)
        prose = words_of(result.rule, engine).prose
        text = " ".join(filter(None, (said, prose)))
        found += labelled("note", text) if not is_in(text, told) else []
    return found


def approvals(line: LineAnswer, engine: Engine, told: str) -> list[str]:
    """Approvals that the claim does not show and may do without, those of one advice once."""
    advice: dict[str, str] = {}
    for result in lacking_approvals(line):
        fix = fix_text(words_of(result.rule, engine).fix, result, line)
        advice.setdefault(fix, say_finding(result, line, engine))
    found: list[str] = []
    for fix, said in advice.items():
        text = untold(f"{said} {fix}", told)
        found += labelled("note", text) if text else []
    return found


def quiet(block: list[LineAnswer], engine: Engine) -> Iterator[str]:
    """The rules that do not object, by name; for one line of a block."""
    line = block[0]
    if len(block) > 1:
        yield from plain(f"{lines_named([x.number for x in block])}:", OF_LINE[0])
    asking = [r for r in line.results if r.status == "unknown" and r.outcome != "pass"]
    yield from named("asks", asking, engine)
    silent = [r for r in line.results if (r.status, r.outcome) == ("unknown", "pass")]
    yield from named("not asked", silent, engine)
    for status, label in QUIET.items():
        yield from named(label, [r for r in line.results if r.status == status], engine)


def named(label: str, results: Iterable[RuleResult], engine: Engine) -> Iterator[str]:
    """Rules by name, each with what exempts it or what it is about."""
    names = []
    for result in results:
        name = words_of(result.rule, engine).name
        more = result.exempt_by or ", ".join(result.about)
        names.append(f"{name} ({more})" if more else name)
    if names:
        yield from labelled(label, ", ".join(names))
