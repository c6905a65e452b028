"""The report in sentences: what was counted, and what it may and may not mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kb.calibrate.report import DenialRow, OtherWords, Report, RuleRow
from kb.calibrate.statistics import Interval
from kb.engine.report.words import in_a_row, many, title_of
from kb.engine.rule_words import RuleWords

WordsOf = Callable[[str], RuleWords]
PayerOf = Callable[[str], str]
"""A payer's title by its key."""
MOST_ROWS = 25

TOO_FEW = "too few to say"
NOTHING_HELD = (
    "Nothing can be said of any rule: no line has an outcome. Are these the remittances"
    " for these claims, with the same claim numbers?"
)


def report_text(
    report: Report, words: WordsOf, payer: PayerOf, *, everything: bool = False
) -> list[str]:
    """The report for people, line by line."""
    most = None if everything else MOST_ROWS
    lines = [*matching_text(report), ""]
    if not report.held:
        return [*lines, NOTHING_HELD]
    lines += suspicious_text(report, words, payer, most)
    if everything:
        lines += ["", "Rules that the outcomes do not speak against:"]
        lines += [quiet_row(row) for row in report.rules if row.verdict != "suspicious"]
    lines += ["", *denials_text(report, payer, most)]
    if report.other_words:
        lines += ["", "Denied as a rule foretold, but the payer gives another reason:"]
        lines += [f"  {other_words(row)}" for row in report.other_words[:most]]
        lines += further(len(report.other_words), most, "row")
    return lines


def matching_text(report: Report) -> Iterator[str]:
    """How far claims and remittances found each other, and what was foretold in all."""
    found = report.matching
    yield (
        f"{found.claims:,} claims, {found.lines:,} lines; {report.held:,} lines have an outcome:"
        f" {report.paid:,} paid, {report.denied:,} denied"
    )
    apart = (
        (found.without_remittance, "claim", "without a remittance"),
        (found.without_claim, "claim number", "of remittances without a claim"),
        (found.lines_without_word, "line", "that the remittance does not name"),
        (found.lines_left, "remittance line", "that the claim does not have"),
        (found.not_final, "line", "not decided yet"),
        (found.other_payer, "remittance", "of another payer than the claim's"),
    )
    parts = [f"{many_of(number, what)} {how}" for number, what, how in apart if number]
    if parts:
        yield f"  apart: {'; '.join(parts)}"
    if report.denied:
        said = f"  of the denied, {report.foretold_denied:,} were foretold"
        if report.waiting:
            said += f"; of {report.waiting:,} a rule of that kind could not decide"
        yield said


def many_of(number: int, one: str) -> str:
    """``1 line``, ``2,000 lines``."""
    return f"{number:,} {many(number, one).partition(' ')[2]}"


def suspicious_text(
    report: Report, words: WordsOf, payer: PayerOf, most: int | None
) -> Iterator[str]:
    """The rules that the outcomes speak against, the most suspicious first."""
    rows = report.suspicious
    yield (
        f"{many_of(len(rows), 'rule')} of {len(report.rules):,} that the outcomes speak"
        f" against, the most suspicious first:"
        if rows
        else "The outcomes speak against no rule."
    )
    for number, row in enumerate(rows[:most], 1):
        told = words(row.rule)
        place = f"  {told.file}:{told.line}" if told.file else ""
        yield f"{number:>3}. {row.rule}{place}"
        yield f"     {title_of(told)}"
        yield from (f"     {said}" for said in sentences(row, payer))
    yield from further(len(rows), most, "rule")
    few = sum(row.verdict == "too few" for row in report.rules)
    if few:
        least = report.limits.least
        yield f"{many_of(few, 'rule')}: {TOO_FEW}, under {least} lines."
    if report.rules_left_out:
        yield (
            f"{many_of(report.rules_left_out, 'rule')} left out: under"
            f" {report.limits.fewest} patients."
        )


def sentences(row: RuleRow, payer: PayerOf) -> Iterator[str]:
    """What was seen of a rule, and what it may mean."""
    alarms, misses = row.suspicion.alarms, row.suspicion.misses
    if row.foretold:
        yield foretold_sentence(row, payer)
    if row.missed:
        yield missed_sentence(row)
    if alarms > misses:
        yield "The rule may be wrong or too strict, or the payer does not enforce it."
    elif misses > 0:
        yield "The rule may be too lenient, or does not apply where it should."


def foretold_sentence(row: RuleRow, payer: PayerOf) -> str:
    """In the manner of: it denied 40 lines; the payer paid 38 of them (83 to 99 of 100)."""
    said = (
        f"It denied {many_of(row.foretold, 'line')}; the payer paid {row.paid:,} of them"
        f" ({interval(row.paid_share)}, where {usual(row.usual_paid)} usual)"
    )
    if row.denied_otherwise:
        said += f", and denied {row.denied_otherwise:,} for another reason"
    several = [at for at in row.payers if at.paid] if len(row.payers) > 1 else []
    if several:
        worst = sorted(several, key=lambda at: -at.paid)[:3]
        each = [f"{payer(at.payer)} {at.paid:,} of {at.foretold:,}" for at in worst]
        said += f"; most by {in_a_row(each)}"
    return f"{said}."


def missed_sentence(row: RuleRow) -> str:
    """What it did not foretell though the reason is of its kind."""
    said = (
        f"{many_of(row.missed, 'line')} denied for {reason_of(row)} that neither it nor"
        " another rule foretold"
    )
    if not row.held:
        return f"{said}; others explain them better."
    return (
        f"{said}: {row.held:,} are held against it, of {many_of(row.silent, 'line')} on"
        f" which it objected to nothing ({interval(row.held_share)}, where"
        f" {usual(row.usual_missed)} usual)."
    )


def reason_of(row: RuleRow) -> str:
    """The reason that a rule gives, as a remittance or as its policy names it."""
    return f"CARC {row.carc}" if row.carc else row.reason or "its reason"


def interval(share: Interval) -> str:
    """``95 percent: 83 to 99 of 100``."""
    return f"95 percent: {100 * share.low:.0f} to {100 * share.high:.0f} of 100"


def usual(share: float) -> str:
    """``5 are``, of a hundred; ``0.4 are``, ``1 is``."""
    said = f"{100 * share:.{0 if share >= 0.01 else 1}f}"
    return f"{said} {'is' if said == '1' else 'are'}"


def quiet_row(row: RuleRow) -> str:
    """A rule that nothing is said against, on one line."""
    verdict = TOO_FEW if row.verdict == "too few" else row.verdict
    return (
        f"  {row.rule}  foretold {row.foretold:,}: denied {row.denied:,}, for another"
        f" reason {row.denied_otherwise:,}, paid {row.paid:,}; missed {row.missed:,};"
        f" undecided {row.undecided:,}  ({verdict})"
    )


def denials_text(report: Report, payer: PayerOf, most: int | None) -> Iterator[str]:
    """The denials that no rule foretells, by payer and codes, the weightiest first."""
    rows = report.denials
    if not rows:
        yield "No rule to write: every denial was foretold, or stands for too few patients."
        return
    lines = sum(row.lines for row in rows)
    yield (
        f"{many_of(lines, 'denied line')} that no rule foretells, by payer and reason:"
        " rules to write"
    )
    yield from (f"  {denial_row(row, payer)}" for row in rows[:most])
    yield from further(len(rows), most, "row")
    if report.denials_left_out:
        yield (
            f"  {many_of(report.denials_left_out, 'line')} in rows of under"
            f" {report.limits.fewest} patients left out"
        )


def denial_row(row: DenialRow, payer: PayerOf) -> str:
    """One kind of denial of one payer."""
    carcs = f"CARC {', '.join(row.carcs)}" if row.carcs else "no reason given"
    codes = " ".join(filter(None, (carcs, ", ".join(row.rarcs))))
    said = f"{payer(row.payer)}  {codes}: {many_of(row.lines, 'line')}, ${row.dollars:,.2f}"
    if row.words:
        said += f" ({'; '.join(row.words)})"
    if row.codes:
        said += f"; {in_a_row([f'{code} {n:,}' for code, n in row.codes])}"
    if row.silent:
        said += f"; on {row.silent:,} a rule of that kind objected to nothing"
    return said


def other_words(row: OtherWords) -> str:
    """A rule and a payer that give different reasons."""
    theirs = ", ".join(row.theirs)
    return f"{row.rule}  we say {row.ours}, the payer {theirs}: {many_of(row.lines, 'line')}"


def further(number: int, most: int | None, what: str) -> Iterator[str]:
    """How many more there are than are shown."""
    if most is not None and number > most:
        yield f"  {many_of(number - most, what)} more (--all shows them)"
