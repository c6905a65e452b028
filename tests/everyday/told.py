"""What ordinary claims are told: outcomes, grounds, what nobody judged, lengths."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from statistics import median

from kb.engine import Engine
from kb.engine.judge.answer import HEADLINE_ORDER, ClaimAnswer, LineAnswer, Outcome
from kb.engine.report.explain import explain
from tests.everyday.claims import everyday

USEFUL = ("deny", "fix", "needs-auth", "needs-evidence", "review")
"""Outcomes that name something to do."""


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to one claim, and its text."""

    answer: ClaimAnswer
    text: tuple[str, ...]

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
    answers = engine.answer(everyday(day))
    return tuple(Told(x, tuple(explain(x, engine).splitlines())) for x in answers)


def table(day: date, told: tuple[Told, ...]) -> str:
    """The figures of a day."""
    lines = [line for one in told for line in one.answer.lines]
    unknown = sum(line.outcome == "unknown" for line in lines)
    passing = [line for line in lines if line.outcome in ("pass", "note")]
    founded = sum(bool(line.grounds) for line in passing)
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
            f"  {'unknown':<22}{unknown} of {len(lines)} lines ({unknown / len(lines):.0%})",
            f"  {'pass on a ground':<22}{founded} of {len(passing)} lines",
            f"  {'length':<22}median {median(lengths):g} lines, longest {max(lengths)}",
            f"  {'to do':<22}on line {max(places, default=0)} at the latest",
            not_judged(lines),
        ]
    )


def counted(label: str, found: Counter[Outcome]) -> str:
    """Outcomes with their counts, the strictest first."""
    said = ", ".join(f"{found[o]} {o}" for o in HEADLINE_ORDER if found[o])
    return f"{label:<24}{said}"


def not_judged(lines: list[LineAnswer]) -> str:
    """How often each question stayed open, the most frequent first."""
    asked = Counter(q for x in lines for q in {n.question for n in x.not_judged})
    said = ", ".join(f"{question} {count}" for question, count in asked.most_common())
    return f"  {'not judged':<22}{said}"
