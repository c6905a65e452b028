"""What a message proposes to write mends the author's own line, and breaks nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from dsl.base.diagnostics import Diagnostic
from dsl.load.folder import load_texts
from dsl.syntax.parser import head_above, parse
from tests.dsl.conftest import HEAD, load
from tests.dsl.suggest.planted_faults import FILES, GOOD, POLICY, SHARED, planted

MESSAGES = Path(__file__).parents[1] / "golden" / "messages"
WORDS = ("shared.policy", (MESSAGES.parent / "shared.policy").read_text("utf-8"))
TWO_TRIPS = {
    (
        "ten-faults",
        "otherwise: deny for necessity",
    ): "the rule lacks `looking at:`, which is only said of a rule that was read whole",
    (
        "ten-faults",
        "in force: from 2024-01-01 through 2024-12-31",
    ): "the rule lacks `cite:`, which is only said of a rule that was read whole",
}
"""Proposals after which another fault comes to light: where, what, and why."""
OWN_LINES = [
    ("rule", "limit: no more than 2 sessions per region in any 12 months", "limit: 2 sessions per region in any 12 months"),
    ("rule", "limit: two sessions per region in a rolling 12-month period", "limit: 2 sessions per region in any 12 months"),
    ("rule", "limit: 3 sessions per region within 24 months", "limit: 3 sessions per region in any 24 months"),
    ("rule", "otherwise: deny for medical necessity CO-50", "otherwise: deny for necessity CO-50"),
    ("rule", "otherwise: denied for frequency CO-151", "otherwise: deny for frequency CO-151"),
    ("rule", "otherwise: denied CO-151", "otherwise: deny CO-151"),
    ("rule", "interval: 30 days or more between sessions", "interval: at least 30 days between sessions"),
    ("rule", "looking at: injections, same level", "looking at: last injections, same level"),
    ("rule", "looking at: the last injections, in the same level", "looking at: last injections, same level"),
    ("rule", "require: two earlier blocks, same region", "require: at least 2 earlier blocks, same region"),
    ("rule", "require: pain relief at least 80 %", "require: pain-relief at least 80 percent"),
    ("rule", "require: pain-duration no less than three months", "require: pain-duration at least 3 months"),
    ("rule", "require: at least 2 earlier blocks, same region, within 2 years", "require: at least 2 earlier blocks, same region, in any 2 years"),
    ("rule", "when: first ablation in the region", "when: no earlier ablation, same region"),
    ("rule", "in force: effective 04/25/2021", "in force: from 2021-04-25"),
    ("rule", "in force: after 2021-04-25", "in force: from 2021-04-26"),
    ("rule", "cite: L38773 limitations 3", "cite: L38773, limitations 3"),
    ("policy", "effective: 2021-04-25", "in force: from 2021-04-25"),
    ("policy", "effective date: 4/25/2021", "in force: from 2021-04-25"),
    ("codes", "codes: 64633", "include: 64633"),
    ("codes", "cpt: 64633 and 64635", "include: 64633, 64635"),
    ("codes", "include: 64490 to 64495", "include: 64490-64495"),
    ("scenario", "line 1: 64493-RT-KX x2, dx M47.816", "line 1: 64493-RT-KX, units 2, dx M47.816"),
    ("scenario", "line 1: 64493-RT dx M47.816", "line 1: 64493-RT, dx M47.816"),
    ("scenario", "earlier: 64635-RT on 05/20/2025 and 11/04/2025", "earlier: 64635-RT on 2025-05-20, 2025-11-04"),
    ("scenario", "expect: line 1 denied CO-151 by two-levels", "expect: line 1 deny CO-151 by two-levels"),
]  # fmt: skip
GLUED = [
    ("limit: 4 sessions perregion inany 12 months", "limit: 4 sessions per region in any 12 months"),
    ("limit: 4 sessionsper region in any12 months", "limit: 4 sessions per region in any 12 months"),
    ("otherwise: denyfor frequency", "otherwise: deny for frequency"),
    ("otherwise: needsauth", "otherwise: needs auth"),
    ("otherwise: needs authorization", "otherwise: needs auth"),
    ("otherwise: notefor other", "otherwise: note for other"),
    ("if unknown: needsevidence", "if unknown: needs evidence"),
    ("require: risk isnot high", "require: risk is not high"),
    ("require: pain atleast 4 weeks", "require: pain at least 4 weeks"),
    ("require: noearlier esi", "require: no earlier esi"),
    ("require: at least 1 same-dayesi", "require: at least 1 same-day esi"),
    ("when: diagnosisin zoster", "when: diagnosis in zoster"),
    ("interval: atleast 14 days betweensessions", "interval: at least 14 days between sessions"),
    ("not with: esi onsame date", "not with: esi on same date"),
    ("counting: deniedtoo", "counting: denied too"),
    ("looking at: lastesi", "looking at: last esi"),
    ("in force: from2026-01-01", "in force: from 2026-01-01"),
    ("covered: nevera", ""),
    ("otherwise: deny-list", ""),
    ("limit: 4 sessions in a lifetimes", ""),
    ("require: modifier KX presentx", ""),
]  # fmt: skip
NO_WAY_TO_MEND = [
    ("rule", "limit: some sessions in a while"),
    ("rule", "otherwise: reject"),
    ("rule", "otherwise: maybe"),
    ("rule", "require: the pain is bad enough"),
    ("rule", "Neck and low back are counted apart"),
]
HEADS = [
    ("rule Two blocks first:", "rule two-blocks-first: Two blocks first"),
    ("rule Two blocks first: Two good blocks", "rule two-blocks-first: Two good blocks"),
    ("scenario x The third", "scenario x: The third"),
    ("codes Facet Injections", "codes facet-injections: Facet Injections"),
    ("exception Other way to Two blocks: A way", "exception other-way to two-blocks: A way"),
    ("policy cgs facet", "policy cgs/facet: Cgs facet"),
    ("policy cgs facet Facet joints", "policy cgs/facet: Facet joints"),
    ("list ablation: Heat ablation", "codes ablation: Heat ablation"),
    ("list ablation:", "codes ablation: Ablation"),
]  # fmt: skip

# ruff: noqa: E501
Key = tuple[str, str]


def errors(shared: tuple[str, str], text: str) -> list[Diagnostic]:
    loaded = load_texts([shared, (POLICY, text)])
    return [d for d in loaded.diagnostics if d.severity == "error" and d.file == POLICY]


def key(found: Diagnostic) -> Key:
    return found.code, found.message


def written(text: str, found: Diagnostic) -> str:
    """The text with what the message proposes in its place."""
    lines = text.split("\n")
    at = found.line - 1
    if found.put == "below":
        lines.insert(head_above(lines, at) + 1, f"  {found.fix}")
    elif found.put == "line":
        lines[at] = found.fix
    else:
        start = found.column - 1
        line = lines[at]
        lines[at] = line[:start] + found.fix + line[start + found.width :]
    return "\n".join(lines)


@pytest.mark.parametrize(("kind", "line", "proposed"), OWN_LINES)
def test_a_proposal_is_the_authors_own_line(
    kind: str, line: str, proposed: str
) -> None:
    (found,) = parse(f"{kind} a: A\n  {line}\n").diagnostics

    assert found.fix == proposed


@pytest.mark.parametrize(("line", "proposed"), GLUED)
def test_a_keyword_ends_where_its_word_ends(line: str, proposed: str) -> None:
    (found,) = parse(f"rule a: A\n  {line}\n").diagnostics

    assert (found.severity, found.fix) == ("error", proposed)


@pytest.mark.parametrize(
    ("expected", "proposed"),
    [
        ("line 1 passes", "expect: line 1 pass"),
        ("line 1 deny CO151", "CO-151"),
        ("line 1 deny x", ""),
    ],
)
def test_what_stands_for_a_reason_code_is_one(expected: str, proposed: str) -> None:
    text = GOOD.replace("expect: line 1 deny CO-151 by sessions", f"expect: {expected}")

    (found,) = errors(SHARED, text)

    assert found.fix == proposed


@pytest.mark.parametrize(("kind", "line"), NO_WAY_TO_MEND)
def test_a_line_that_cannot_be_mended_is_explained_without_a_proposal(
    kind: str, line: str
) -> None:
    (found,) = parse(f"{kind} a: A\n  {line}\n").diagnostics

    assert found.fix == ""
    assert "xpected" in found.message or "begins with" in found.message


@pytest.mark.parametrize(("head", "proposed"), HEADS)
def test_a_bad_head_is_one_error_and_the_item_is_read_on(
    head: str, proposed: str
) -> None:
    read = parse(f"{head}\n  cite: A\n")

    (found,) = read.diagnostics
    (item,) = read.document.items
    assert found.fix == proposed
    assert item.name.text == proposed.split(":")[0].split()[1]
    assert item.broken


def cases() -> list[tuple[str, tuple[str, str], str]]:
    texts = [(f"planted {name}", SHARED, planted(name)[0]) for name in FILES]
    files = sorted(MESSAGES.glob("*.policy"))
    return texts + [(path.stem, WORDS, path.read_text("utf-8")) for path in files]


@pytest.mark.parametrize(("name", "shared", "text"), cases(), ids=lambda x: str(x)[:24])
def test_every_proposal_mends_its_fault_and_adds_none(
    name: str, shared: tuple[str, str], text: str
) -> None:
    before = errors(shared, text)

    for found in before:
        if not found.fix or (name, found.fix) in TWO_TRIPS:
            continue
        after = Counter(map(key, errors(shared, written(text, found))))
        left = Counter(map(key, before)) - Counter([key(found)])
        assert after - left == Counter(), found.render()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("require: pain-duration at least 30 minutes", "`minutes` is no unit"),
        ("limit: 2 sessions per site in any 12 months", "`site` is no grouping"),
        ("require: date at least 2026-01-01", "`date after 2025-12-31`"),
        ("require: authorization is documented", "a field of the claim"),
        ("limit by sex:\n    - a: 2 sessions in any 12 months", "a field of the claim"),
        ("require: rendering-npi is documented", "a provider of the claim"),
        ("require: received is documented", "a day of the claim"),
        ("interval: at least 30 days since last visit", "between sessions"),
        (
            "require: at least 1 same-day esi, with modifier 26",
            "only for what is the same",
        ),
        ("limit: 1 unit per line", "A window is missing"),
        ("limit: 1 unit per year", "A window is missing"),
        ("limit: 1 unit", "A window is missing"),
    ],
)
def test_what_is_meant_as_it_stands_is_explained_and_not_turned_into_another(
    line: str, said: str
) -> None:
    rule = f"rule r: R\n  for: esi\n  {line}\n  otherwise: review\n  cite: X12\n"
    (found, *_more) = load(HEAD + rule).diagnostics

    assert said in found.message
    assert found.fix == ""
