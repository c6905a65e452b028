"""Answers as a person reads them: what is wrong, what to do, then why.

The first lines are for who holds the claim: claim, payer and outcome, the worst finding
in a sentence, what to do.  Then each line, what the chart must show, what nobody judged,
and what the answer was made from.
"""

from __future__ import annotations

from kb.engine.judge.answer import ClaimAnswer
from kb.engine.judge.evaluate import Engine
from kb.engine.judge.wording import inside
from kb.engine.report.claim_sentences import Said, billed_words, tell
from kb.engine.report.footer import footer
from kb.engine.report.line_text import line_blocks
from kb.engine.report.lists import (
    chart_lines,
    consulted,
    later_texts,
    not_judged_lines,
)
from kb.engine.report.screen import OF_CLAIM, apart, labelled, plain, shortened
from kb.engine.report.sentences import CLEAN
from kb.engine.report.words import payer_of

BEFORE_DO = 3
"""So many lines stand before what to do."""


def explain(answer: ClaimAnswer, engine: Engine, *, verbose: bool = False) -> str:
    """The whole answer to a claim as text, ending in a newline.

    ``verbose`` adds the rules that are met, not asked or not applicable, how to ask for
    each point of the chart, and the policies that were consulted.
    """
    told = tell(answer, engine)
    first, said = headline(answer, told.claim, engine)
    lines = [*first, ""]
    shown = Said(said, told.claim.do)
    lines += line_blocks(answer, engine, shown, verbose=verbose)
    lines += chart_lines(answer, engine, verbose=verbose)
    lines += not_judged_lines(answer, said, engine, verbose=verbose)
    lines += later_texts(answer, engine)
    if answer.searched.history:
        lines += labelled("history", answer.searched.history, OF_CLAIM)
    if verbose:
        lines += consulted(answer)
    lines += footer(answer, verbose=verbose)
    return "\n".join(lines) + "\n"


def headline(answer: ClaimAnswer, told: Said, engine: Engine) -> tuple[list[str], str]:
    """Claim, payer, outcome; how it stands as billed; the worst finding; what to do.

    With what was said of the worst finding: whole sentences, and no more than lets what
    to do begin on the fourth line.
    """
    said = told.say
    head = f"{answer.claim}  {payer_of(answer, engine)}"
    lines = [apart(head, answer.outcome.upper())]
    if needs_second_headline(answer):
        words = billed_words(answer, engine)
        if told_as_billed := as_billed(said, words):
            said = told_as_billed
        else:
            lines += plain(f"as billed: {words}")
    room = BEFORE_DO if told.do else BEFORE_DO + 1
    said = shortened(said, room - len(lines))
    lines += plain(said)
    lines += labelled("do", told.do, OF_CLAIM) if told.do else []
    return lines, said


def as_billed(said: str, words: str) -> str:
    """The sayings with how the claim stands as billed called so; empty where none says it."""
    start = said.lower().find(words.lower())
    if start < 0:
        return ""
    head = "As billed" if start else "as billed"
    told = said[start : start + len(words)]
    return f"{said[:start]}{head}: {inside(told)}{said[start + len(words) :]}"


def needs_second_headline(answer: ClaimAnswer) -> bool:
    """Whether claim, history and tables alone come to something else."""
    both_clean = answer.outcome in CLEAN and answer.as_billed in CLEAN
    return answer.as_billed != answer.outcome and not both_clean
