"""What ordinary claims are told: outcomes, grounds, what nobody judged, lengths."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from statistics import median

from kb.engine import Engine
from kb.engine.judge.answer import HEADLINE_ORDER, ClaimAnswer, LineAnswer, Outcome
from kb.engine.report.explain import explain
from tests.everyday.claims import everyday
from tests.everyday.spoken import declared_only, families_of, spoken_of

PASSING = ("pass", "note")
USEFUL = ("deny", "fix", "needs-auth", "needs-evidence", "review")
"""Outcomes that name something to do."""


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to one claim, and its text."""

    answer: ClaimAnswer
    text: tuple[str, ...]
    gaps_alone: frozenset[int] = frozenset()
    """Numbers of the lines of whose family the payer's policies say only what they lack."""
    declared: frozenset[int] = frozenset()
    """Numbers of the lines that pass by "covered without a policy" alone."""

    @property
    def to_do(self) -> int:
        """On which line of the text the thing to do stands, from 1; 0 where none does."""
        begins = [n for n, line in enumerate(self.text, 1) if line.startswith("  do  ")]
        return begins[0] if begins else 0

    @property
    def unfounded(self) -> list[LineAnswer]:
        """Lines that pass on nothing."""
        return [
            line
            for line in self.answer.lines
            if line.outcome == "pass" and not line.grounds
        ]


def told_on(day: date, engine: Engine) -> tuple[Told, ...]:
    """What the claims of a day are told."""
    program = engine.program
    spoken, declared = spoken_of(program), declared_only(program)
    return tuple(
        Told(
            answer,
            tuple(explain(answer, engine).splitlines()),
            gaps_alone=frozenset(
                line.number
                for line in answer.lines
                if line.outcome == "unknown"
                and not any(
                    (answer.searched.payer, family) in spoken
                    for family in families_of(line.code, program)
                )
            ),
            declared=frozenset(
                line.number
                for line in answer.lines
                if line.outcome in PASSING and line.grounds
                if declared.issuperset(line.grounds)
            ),
        )
        for answer in engine.answer(everyday(day))
    )


def table(day: date, told: tuple[Told, ...]) -> str:
    """The figures of a day."""
    lines = [line for one in told for line in one.answer.lines]
    unknown, apart = unknown_of(told)
    passing = [line for line in lines if line.outcome in PASSING]
    founded = sum(bool(line.grounds) for line in passing)
    declared = sum(len(one.declared) for one in told)
    useful = sum(one.answer.outcome in USEFUL for one in told)
    lengths = [len(one.text) for one in told]
    places = [one.to_do for one in told if one.to_do]
    return "\n".join(
        [
            f"{day}: {len(told)} claims, {len(lines)} lines",
            counted("  claims", Counter(x.answer.outcome for x in told)),
            counted("  as billed", Counter(x.answer.as_billed for x in told)),
            counted("  lines", Counter(x.outcome for x in lines)),
            f"  {'with something to do':<22}{useful} of {len(told)} claims",
            f"  {'unknown':<22}{of_lines(unknown, len(lines))}",
            (
                f"  {'  policy on family':<22}{of_lines(unknown - apart, len(lines) - apart)};"
                f" apart {apart} without a coverage policy on the family"
            ),
            (
                f"  {'pass on a ground':<22}{founded} of {len(passing)} lines,"
                f" {declared} of them covered without a policy"
            ),
            f"  {'length':<22}median {median(lengths):g} lines, longest {max(lengths)}",
            f"  {'to do':<22}on line {max(places, default=0)} at the latest",
            not_judged(lines),
        ]
    )


def unknown_of(told: tuple[Told, ...]) -> tuple[int, int]:
    """How many lines are unknown, and how many of them because there are gaps alone."""
    unknown = sum(x.outcome == "unknown" for one in told for x in one.answer.lines)
    return unknown, sum(len(one.gaps_alone) for one in told)


def lacking(told: tuple[Told, ...]) -> str:
    """What is unknown, by payer and cause: the codes as billed."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in told:
        for line in one.answer.lines:
            if line.outcome == "unknown":
                gap = "no coverage policy on the family: "
                cause = gap if line.number in one.gaps_alone else ""
                why = without_code(line.reason, line.code)
                billed = "-".join((line.code, *line.modifiers))
                found[one.answer.searched.payer][cause + why].append(billed)
    return "\n".join(
        f"{payer}\n"
        + "\n".join(f"  {why}: {', '.join(codes)}" for why, codes in causes.items())
        for payer, causes in found.items()
    )


def without_code(reason: str, code: str) -> str:
    """A reason that reads alike for every code."""
    return reason.replace(f" {code}", " this code") or "a rule cannot tell"


def of_lines(some: int, lines: int) -> str:
    """How many lines, and their share."""
    return f"{some} of {lines} lines ({some / lines:.0%})"


def counted(label: str, found: Counter[Outcome]) -> str:
    """Outcomes with their counts, the strictest first."""
    said = ", ".join(f"{found[o]} {o}" for o in HEADLINE_ORDER if found[o])
    return f"{label:<24}{said}"


def not_judged(lines: list[LineAnswer]) -> str:
    """How often each question stayed open, the most frequent first."""
    asked = Counter(q for x in lines for q in {n.question for n in x.not_judged})
    said = ", ".join(f"{question} {count}" for question, count in asked.most_common())
    return f"  {'not judged':<22}{said}"
