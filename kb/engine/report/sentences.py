"""What findings and lines say, and what to do about them.

Here and in ``claim_sentences`` all sentences are made; text, JSON and lists print them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.engine.judge.answer import (
    Arithmetic,
    LimitState,
    LineAnswer,
    Outcome,
    RuleResult,
)
from kb.engine.judge.evaluate import Engine
from kb.engine.judge.outcome import RANK
from kb.engine.judge.wording import inside
from kb.engine.report import counts
from kb.engine.report.checklist import Document, checklist, number_of_points
from kb.engine.report.screen import SENTENCE_END
from kb.engine.report.unknown import by_reason, do_unknown, reason_in_words
from kb.engine.report.words import (
    ask_of,
    deciding_citation,
    fix_text,
    in_a_row,
    lines_named,
    many,
    sentence,
    title_of,
    words_of,
)
from kb.engine.rule_words import CitationWords, RuleWords

OBJECTIONS: frozenset[Outcome] = frozenset({"deny", "fix"})
CLEAN: frozenset[Outcome] = frozenset({"pass", "note"})
ASKS = re.compile(r"(?:^|(?<=\. ))(?:Send|Keep) [^.]*\.")
"""What the prose of a rule asks for."""
NOT_COVERED = " is not covered"
"""What the reason of a bare prohibition says of the code."""
SAYS_SO = re.compile(r"\bnot (?:covered|paid)\b", re.IGNORECASE)
"""What a title holds that refuses by itself."""
PAIR = re.compile(r"[A-Z\d]\d{3}[A-Z\d] beside ")
"""How a title begins that only lists the codes of a pair, which its reason names."""
UTN = "UTN (unique tracking number)"
"""What Medicare's own approvals are called, as their authors write it."""
OPEN_GAP = ("gap", "unknown")
NAMED = 2
"""So many points are named in a sentence."""
LONG = 154
"""A sentence of so many letters takes two lines of the screen."""
FEW = 3
"""So many documents are named in a sentence."""
UNREAD = "not all could be judged from the claim"
OPEN_FOR = "Open for want of"
AS_BILLED: dict[Outcome, str] = {
    "deny": "denied",
    "fix": "the claim must be corrected",
    "needs-auth": "an approval is lacking",
    "needs-evidence": "records are asked for",
    "review": "a person must look at it",
    "unknown": UNREAD,
    "note": "nothing wrong on the claim",
    "pass": "nothing wrong on the claim",
}


# ---------- findings ----------


def say_finding(result: RuleResult, line: LineAnswer, engine: Engine) -> str:
    """What one rule found, in a sentence."""
    title = title_of(words_of(result.rule, engine))
    if result.status == "not-met":
        return sentence(beside(denial(title, result), result, line))
    if result.disputed:
        return sentence(f"{title}: {result.because}")
    if result.status == "unknown" and "authorization" in result.about:
        apart = ";" if ":" in title else ":"
        return sentence(f"{title}{apart} the claim shows no approval")
    if result.status == "unknown" and result.outcome == "review" and result.about:
        return sentence(f"{title}: {who_decides(result, engine)}")
    if result.status == "gap":
        return f"{sentence(title)} {first_known(result, engine)}".rstrip()
    return sentence(title)


def first_known(result: RuleResult, engine: Engine) -> str:
    """The first sentence of what an author knows of what was not read."""
    prose = " ".join(words_of(result.rule, engine).prose.split())
    first = SENTENCE_END.split(prose)[0]
    return "" if ASKS.match(first) else first


def who_decides(result: RuleResult, engine: Engine) -> str:
    """What an open rule waits for."""
    if all(name in engine.program.facts for name in result.about):
        return "the chart decides"
    return f"{inside(OPEN_FOR)} {lacking(result.about)}"


def lacking(names: Iterable[str]) -> str:
    """What is not given, as people call it."""
    return in_a_row([name.replace("-", " ") for name in names])


def denial(title: str, result: RuleResult) -> str:
    """The number that was too high or the value that was not enough."""
    if result.arithmetic:
        return result.because or counts.broken(result.arithmetic)
    if result.because and PAIR.match(title):
        return result.because
    if NOT_COVERED in result.because:
        return refusal(title, result.because)
    if result.because.lower().startswith(title.lower()):
        return result.because  # A fact that its rule is called by.
    return f"{title}: {result.because}" if result.because else title


def refusal(title: str, because: str) -> str:
    """``64624 (ablation ...) is not covered: nerves around the knee``: what, then why."""
    if SAYS_SO.search(title):
        because = because.replace(NOT_COVERED, "").replace(" here:", ":")
    if ":" in because:
        return f"{because}. {sentence(title)}"
    return f"{because}: {inside(title)}"


def beside(said: str, result: RuleResult, line: LineAnswer) -> str:
    """The sentence with the lines that cannot stand beside this one."""
    others = [
        number
        for number in result.with_lines
        if number != line.number and f"line {number}" not in said
    ]
    if not others:
        return said
    return f"{said}; line {line.number} cannot stand beside {lines_named(others)}"


def do_finding(result: RuleResult, line: LineAnswer, engine: Engine) -> str:
    """What to do about one rule; empty when there is nothing to do."""
    words = words_of(result.rule, engine)
    if result.outcome == "needs-auth":
        return do_approval(result, line, words)
    if result.status == "not-met":
        said = result.do or fix_text(words.fix, result, line) or without_fix(result)
        return with_next_day(said, result.arithmetic)
    if result.status == "unknown" and result.outcome not in CLEAN:
        return " ".join(ask_of(name, engine) for name in result.about)
    return ""


def do_approval(result: RuleResult, line: LineAnswer, words: RuleWords) -> str:
    """How to show an approval, and whom to ask for one."""
    broken = result.status == "not-met"
    said = fix_text(words.fix, result, line) if broken else ""
    if said:
        named = not words.ask_of or words.ask_of in said
        return said if named else f"{said} Ask {words.ask_of}."
    asked = words.ask_of or "the payer"
    number = "UTN" if UTN in words.fix else "approval's number"
    return f"Put the {number} on the claim; if there is none, ask {asked}."


def without_fix(result: RuleResult) -> str:
    """What can always be done about a denial whose rule says nothing of it."""
    if result.outcome != "deny":
        return ""
    return "Write it off, or appeal with the records."


def with_next_day(said: str, found: Arithmetic | None) -> str:
    """The sentence with the first day that has room, where it does not name it."""
    if found is None or found.next_date is None or str(found.next_date) in said:
        return said
    more = f"next from {found.next_date}"
    return f"{said.rstrip('.')}; {more}." if said else sentence(more)


# ---------- lines ----------


def raised(line: LineAnswer) -> list[RuleResult]:
    """What objects or is open, the gravest first, and of these what is broken first."""
    found = (r for r in line.results if r.outcome not in CLEAN and not r.same_as)
    return sorted(found, key=lambda r: (RANK[r.outcome], r.status != "not-met"))


def deciding(line: LineAnswer) -> list[RuleResult]:
    """The results that give the line its outcome."""
    return [r for r in raised(line) if r.outcome == line.outcome]


def broken_of(line: LineAnswer) -> list[RuleResult]:
    """The deciding results that say what they found, not what is missing."""
    return [r for r in deciding(line) if r.status == "not-met" or r.disputed]


def say_line(line: LineAnswer, engine: Engine) -> str:
    """What a biller must know of the line, in a sentence or two."""
    match line.outcome:
        case "needs-evidence":
            said = [say_evidence(line, engine)]
        case "unknown":
            said = [sentence(why_open(line, engine))]
        case "pass":
            said = [say_pass(line, engine)]
        case "note":
            said = [say_note(line, engine)]
        case _:
            return " ".join(say_finding(r, line, engine) for r in deciding(line)[:1])
    return " ".join(filter(None, [*said, limit_in_short(line.limits)]))


def say_evidence(line: LineAnswer, engine: Engine) -> str:
    """How the claim stands without the chart, and how much the chart decides."""
    if broken := broken_of(line):
        return say_finding(broken[0], line, engine)
    points = number_of_points(checklist([line], engine))
    words = as_billed_words(line.as_billed, [line], engine)
    return sentence(f"{words}; {points_decide(points)}")


def as_billed_words(
    outcome: Outcome, lines: Iterable[LineAnswer], engine: Engine
) -> str:
    """How the claim stands by what is on it; of an open one, which text was not read."""
    unread = next(filter(None, (what_was_not_read(x, engine) for x in lines)), "")
    if outcome == "unknown" and unread:
        return f"nothing wrong found; open: {inside(unread)}"
    return AS_BILLED[outcome]


def what_was_not_read(line: LineAnswer, engine: Engine) -> str:
    """What keeps a line open as billed: a declared gap, or that nothing covers it.

    Empty where its reason tells it, or where the claim lacks something.
    """
    if line.as_billed != "unknown" or line.reason:
        return ""
    open_gaps = [r.rule for r in line.results if (r.status, r.outcome) == OPEN_GAP]
    if gap := next(iter([*open_gaps, *line.sought]), ""):
        return title_of(words_of(gap, engine))
    facts = {*engine.program.facts, "history", "authorization"}
    asked = (name for r in line.results if r.status == "unknown" for name in r.about)
    if any(name not in facts for name in asked):
        return ""
    return f"no loaded policy says whether {line.code} is covered as billed here"


def points_decide(points: int) -> str:
    """``6 points of the chart decide``."""
    if not points:
        return "the chart decides"
    plural = "decide" if points > 1 else "decides"
    return f"{many(points, 'point')} of the chart {plural}"


def why_open(line: LineAnswer, engine: Engine) -> str:
    """Why nobody can say yes or no."""
    if line.reason:
        return reason_in_words(line, engine)
    if broken := broken_of(line):
        return say_finding(broken[0], line, engine)
    missing = dict.fromkeys(name for r in deciding(line) for name in r.about)
    if missing:
        titles = [title_of(words_of(r.rule, engine)) for r in deciding(line)]
        return f"{OPEN_FOR} {lacking(missing)}: {'; '.join(dict.fromkeys(titles))}"
    return (
        "not judged: " + "; ".join(by_reason(line.not_judged))
        if line.not_judged
        else "not judged"
    )


def say_pass(line: LineAnswer, engine: Engine) -> str:
    """On what the pass of a line stands."""
    return meets([line], engine)


def meets(lines: Iterable[LineAnswer], engine: Engine) -> str:
    """Which policies lines meet, each once."""
    found = (words_of(rule, engine) for line in lines for rule in line.grounds)
    titles = [*dict.fromkeys(words.policy_title or words.policy for words in found)]
    if not titles:
        return "Nothing objects."
    return sentence(f"covered by {in_a_row([quoted(title) for title in titles])}")


def quoted(title: str) -> str:
    """A title that does not run into the sentence around it."""
    return f'"{title}"'


def say_note(line: LineAnswer, engine: Engine) -> str:
    """The first note, or why no rule was asked."""
    if line.reason:
        return sentence(line.reason)
    noted = [r for r in line.results if r.outcome == "note"]
    broken = [r for r in noted if r.status == "not-met"]
    if not broken:
        return say_pass(line, engine)
    return " ".join(say_finding(r, line, engine) for r in broken[:1])


def lacking_approvals(line: LineAnswer) -> list[RuleResult]:
    """The rules that only note that the claim shows no approval."""
    return [
        result
        for result in line.results
        if (result.status, result.outcome) == ("unknown", "note")
        and "authorization" in result.about
    ]


def limit_in_short(limits: Iterable[LimitState]) -> str:
    """The tightest limit over time that is kept."""
    open_limits = [
        s
        for s in limits
        if s.status != "not-met" and s.left is not None and counts.is_told(s)
    ]
    if not open_limits:
        return ""
    tightest = min(open_limits, key=lambda s: s.left if s.left is not None else 0)
    return sentence(counts.kept(tightest))


def do_line(line: LineAnswer, engine: Engine) -> str:
    """What to do about the line now; empty when there is nothing to do."""
    if line.outcome in CLEAN:
        return ""
    found = deciding(line)
    broken = [r for r in found if r.status == "not-met"]
    if line.outcome == "needs-evidence" and not broken:
        return have_ready(checklist([line], engine))
    if line.outcome == "unknown" and not broken:
        asks = dict.fromkeys(ask_of(name, engine) for r in found for name in r.about)
        return (
            " ".join(asks) or do_unknown(line) or "Check it by the payer's own policy."
        )
    said = next(filter(None, (do_finding(r, line, engine) for r in found)), "")
    if not said and line.outcome == "review":
        return do_review(found, engine)
    return said


def do_review(found: Iterable[RuleResult], engine: Engine) -> str:
    """What an author asks to send or to keep; else which text a person is to read."""
    words = [words_of(result.rule, engine) for result in found]
    asked = (ask for one in words for ask in ASKS.findall(" ".join(one.prose.split())))
    if said := " ".join(dict.fromkeys(asked)):
        return said
    named = dict.fromkeys(name_of(c) for c in map(deciding_citation, words) if c)
    texts = in_a_row([*named]) or "the source"
    return f"Have a person check it against {texts} before it is sent."


def name_of(cited: CitationWords) -> str:
    """A text by its number (L33906, CIGNA-0139); what has none only tells of the payer's."""
    numbered = any(character.isdigit() for character in cited.source)
    return cited.source if numbered else "the payer's own text"


def have_ready(documents: tuple[Document, ...], told: str = "") -> str:
    """Which documents to look at: with what they must hold, or how many points.

    What to do that is ``told`` already is not said again.
    """
    points = number_of_points(documents)
    if not points:
        return ""
    if len(documents) > FEW:
        return (
            f"Check the chart for the {points} listed points before the claim is sent."
        )
    names = [inside(document.name) for document in documents]
    if points <= NAMED:
        holding = []
        for document in documents:
            inner = told_inside(document, told)
            holding.append(inside(document.name) + (f" ({inner})" if inner else ""))
        return sentence(f"have ready: {'; '.join(holding)}")
    # A document may be two, `Therapy notes, medication list`.
    one = any(", " in name for name in names)
    return sentence(f"have ready: {'; '.join(names) if one else in_a_row(names)}")


def told_inside(document: Document, told: str) -> str:
    """What a document must hold, inside of brackets; nothing that is told already."""
    return "; ".join(
        point.short.replace(f" ({point.wanted})", f": {point.wanted}")
        if point.wanted or point.then or not point.demanded
        else inside(point.ask.rstrip("."))
        for point in document.points
        if not (point.then and point.then in told)
    ).rstrip(".")
