"""The summary as one page that prints: what to do on Monday, by payer and rule.

It needs no script, no other file and no network.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from html import escape
from itertools import groupby

from kb.claims.causes import Cause
from kb.engine import Engine
from kb.engine.judge.answer import HEADLINE_ORDER
from kb.evaluate.summary import (
    AT_STAKE,
    About,
    Finding,
    Named,
    Summary,
)
from kb.evaluate.telling import (
    MOST_RULES,
    at_stake,
    counted,
    in_order,
    money,
    payer_name,
)

STYLE = """\
:root { --paper: #fdfdfb; --ink: #1a2226; --quiet: #56636b; --line: #d9dfe0; --soft: #f1f5f4;
  --accent: #0b5c66; --good: #17643a; --good-soft: #e2f3e8; --warn: #7a4a00;
  --warn-soft: #fcefd5; --bad: #98201b; --bad-soft: #fbe6e3; }
* { box-sizing: border-box; }
html { font: 100%/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  color: var(--ink); background: var(--paper); }
body { width: min(100% - 3rem, 74rem); margin: 0 auto 3rem; overflow-wrap: break-word; }
h1, h2, h3 { line-height: 1.2; margin: 2em 0 .5em; }
h1 { font-size: 1.75rem; margin-top: 1.5rem; } h2 { font-size: 1.25rem; }
h3 { font-size: 1.05rem; margin-top: 1.5em; }
p { margin: .4em 0; max-width: 48rem; } .quiet { color: var(--quiet); font-size: .875rem; }
table { border-collapse: collapse; width: 100%; margin: .5em 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem;
  border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 600; font-size: .875rem; }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.claims { columns: 20rem; column-gap: 2rem; list-style: none; padding: 0; margin: .4em 0; }
.claims li { break-inside: avoid; position: relative; padding-left: 1.4rem; }
.claims li::before { content: ""; position: absolute; left: 0; top: .3rem; width: .8rem;
  height: .8rem; border: 1.5px solid var(--quiet); border-radius: 3px; }
.outcome { font-size: .8125rem; padding: 0 .45em; border-radius: 4px; white-space: nowrap;
  background: var(--soft); border: 1px solid var(--line); }
.pass { color: var(--good); background: var(--good-soft); border-color: transparent; }
.deny { color: var(--bad); background: var(--bad-soft); border-color: transparent; }
.fix, .review, .needs-auth, .needs-evidence { color: var(--warn);
  background: var(--warn-soft); border-color: transparent; }
@media print { @page { size: letter; margin: .5in; } html { font-size: 9.5pt; }
  body { width: auto; margin: 0; } h2, h3 { break-after: avoid; }
  tr, h3 + p { break-inside: avoid; } h2.payer { break-before: page; }
  h2.payer:first-of-type { break-before: auto; } }
"""


def page_of(summary: Summary, engine: Engine) -> str:
    """The whole page."""
    body = "\n".join(_body(summary, engine))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>Claims answered</title>\n<style>\n{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _body(summary: Summary, engine: Engine) -> Iterator[str]:
    yield f"<h1>{summary.answers:,} claims, {summary.lines.total():,} lines</h1>"
    yield f"<p>Claims: {_outcomes(summary.claims)}</p>"
    yield f"<p>As billed, without the chart: {_outcomes(summary.as_billed)}</p>"
    yield (
        "<p>Expected by the policies that payers publish, as the knowledge base"
        f" {escape(engine.program.database[:19])} has them; no payer has decided.</p>"
    )
    yield from _payers(summary, engine)
    yield from _to_save(summary, engine)
    yield from _causes("Not read", summary.bad)
    yield from _work(summary, engine)


def _payers(summary: Summary, engine: Engine) -> Iterator[str]:
    seen = [x for x in HEADLINE_ORDER if summary.claims[x] or summary.lines[x]]
    yield "<h2>By payer</h2>\n<table>"
    heads = "".join(f'<th class="n">{outcome}</th>' for outcome in seen)
    yield f'<tr><th>Payer</th><th class="n">Claims</th>{heads}<th class="n">To save</th></tr>'
    for payer, outcomes in sorted(
        summary.payers.items(), key=lambda one: (-one[1].total(), one[0])
    ):
        numbers = [f"{outcomes[x]:,}" if outcomes[x] else "" for x in seen]
        cells = "".join(f'<td class="n">{number}</td>' for number in numbers)
        lost = sum(
            (summary.dollars.get((payer, x), Decimal(0)) for x in AT_STAKE), Decimal(0)
        )
        yield (
            f"<tr><td>{escape(payer_name(payer, engine))}</td>"
            f'<td class="n">{outcomes.total():,}</td>{cells}'
            f'<td class="n">{money(lost) if lost else ""}</td></tr>'
        )
    yield "</table>"


def _to_save(summary: Summary, engine: Engine) -> Iterator[str]:
    found = at_stake(summary)
    if not found:
        return
    yield f"<h2>To save: {money(summary.at_stake())}</h2>"
    yield (
        "<p>Billed on lines that deny or have to be fixed, the rules worth most first."
        " A line that two rules deny counts with both, once in the sum.</p>"
    )
    if summary.uncharged:
        yield f"<p>{summary.uncharged:,} lines say no charge and count as nothing.</p>"
    yield '<table>\n<tr><th class="n">Dollars</th><th class="n">Lines</th><th></th>'
    yield "<th>Payer</th><th>Rule</th></tr>"
    for about, finding in found[:MOST_RULES]:
        yield (
            f'<tr><td class="n">{money(finding.dollars)}</td>'
            f'<td class="n">{finding.lines:,}</td><td>{_outcome(about.outcome)}</td>'
            f"<td>{escape(payer_name(about.payer, engine))}</td>"
            f"<td>{escape(finding.title or about.reason)}</td></tr>"
        )
    yield "</table>"
    if len(found) > MOST_RULES:
        yield f"<p>{len(found) - MOST_RULES:,} more stand in the work list.</p>"


def _causes(title: str, causes: dict[str, Cause]) -> Iterator[str]:
    if not causes:
        return
    yield f"<h2>{title}</h2>\n<table>"
    yield '<tr><th class="n">Times</th><th>Why</th><th>First places</th></tr>'
    for cause in sorted(causes.values(), key=lambda one: (-one.count, one.said)):
        places = "<br>".join(
            escape(f"{place} (claim {name})" if name else place)
            for place, name in zip(cause.places, cause.ids, strict=True)
        )
        yield (
            f'<tr><td class="n">{cause.count:,}</td>'
            f"<td>{escape(cause.said)}<br>{escape(cause.fix)}</td><td>{places}</td></tr>"
        )
    yield "</table>"


def _work(summary: Summary, engine: Engine) -> Iterator[str]:
    """The work list: each payer with what is to do there, the gravest first.

    A line stands under the first rule that decides it, and nowhere else.
    """
    by_payer: dict[str, list[tuple[About, Finding]]] = {}
    for about, finding in in_order(summary):
        if finding.first:
            by_payer.setdefault(about.payer, []).append((about, finding))
    for payer in sorted(by_payer, key=lambda key: payer_name(key, engine)):
        yield f'<h2 class="payer">{escape(payer_name(payer, engine))}</h2>'
        for about, finding in by_payer[payer]:
            if about.outcome != "unknown":
                yield from _finding(about, finding)
        yield from _open(
            [one for one in by_payer[payer] if one[0].outcome == "unknown"]
        )


def _finding(about: About, finding: Finding) -> Iterator[str]:
    title = escape(finding.title or about.reason)
    yield f"<h3>{_outcome(about.outcome)} {title}</h3>"
    source = f" &middot; {escape(finding.source)}" if finding.source else ""
    yield f'<p class="quiet">{_lines_and_worth(finding)}{source}</p>'
    named = sorted(finding.named, key=lambda one: one.order)
    by_text: dict[tuple[str, str], list[Named]] = {}
    for one in named:
        by_text.setdefault((one.say, one.do), []).append(one)
    for said, lines in by_text.items():
        yield f"<p>{escape(' '.join(filter(None, said)))}</p>"
        yield '<ul class="claims">'
        for claim, own in groupby(lines, key=lambda one: (one.claim, one.day)):
            yield f"<li>{_claim(*claim, list(own))}</li>"
        yield "</ul>"
    if finding.first > len(named):
        left = finding.first - len(named)
        yield f'<p class="quiet">and {left:,} more lines; a .csv has all of them.</p>'


def _lines_and_worth(finding: Finding) -> str:
    worth = f", {money(finding.first_dollars)}" if finding.first_dollars else ""
    return f"{finding.first:,} line{'' if finding.first == 1 else 's'}{worth}"


def _claim(claim: str, day: str, lines: list[Named]) -> str:
    """``C-1 line 1: 64483, 2026-03-10, $450.00``."""
    numbers = ", ".join(str(one.line) for one in lines)
    codes = ", ".join(dict.fromkeys(one.code for one in lines))
    dollars = sum((one.dollars for one in lines), Decimal(0))
    worth = f", {money(dollars)}" if dollars else ""
    plural = "s" if len(lines) > 1 else ""
    return (
        f"<b>{escape(claim)}</b> line{plural} {numbers}: {escape(codes)}, {day}{worth}"
    )


def _open(found: list[tuple[About, Finding]]) -> Iterator[str]:
    """What nobody can say of a payer, by reason: there is no list to work on."""
    if not found:
        return
    yield f"<h3>{_outcome('unknown')} Nobody can say</h3>"
    yield '<table>\n<tr><th class="n">Lines</th><th class="n">Billed</th><th>Why</th></tr>'
    for about, finding in found:
        worth = money(finding.first_dollars) if finding.first_dollars else ""
        why = finding.title or _first_capital(about.reason)
        yield (
            f'<tr><td class="n">{finding.first:,}</td><td class="n">{worth}</td>'
            f"<td>{escape(why)}</td></tr>"
        )
    yield "</table>"


def _outcomes(outcomes: Counter[str]) -> str:
    return counted(outcomes) or "none"


def _outcome(outcome: str) -> str:
    return f'<span class="outcome {outcome}">{outcome}</span>'


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]
