"""A hundred faults as authors make them: ten files of one good text with ten each."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "language" / "forms.md"
SHOWN: dict[str, str] = dict(
    re.findall(r"```policy (\S+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
)
POLICY = "example/injections.policy"
GOOD = SHOWN[POLICY]
SHARED = ("shared.policy", SHOWN["shared.policy"])

Faults = list[tuple[str, str]]
"""What stands in the good text, and what is written instead."""

FILES: dict[str, Faults] = {
    "labels": [
        ("  contractor: example-north", "  contracter: example-north"),
        ("  publisher: Example Health", "  publishers: Example Health"),
        ("  include: 64479, 64480, 64483", "  includes: 64479, 64480, 64483"),
        ("  means: pain-duration", "  mean: pain-duration"),
        ("  require: diagnosis in", "  requires: diagnosis in"),
        ("  if unknown: needs evidence\n  grade", "  if unkown: needs evidence\n  grade"),
        ("  looking at: last", "  look at: last"),
        ("  limit: 2 levels", "  limits: 2 levels"),
        ("  interval: at least 14", "  intervall: at least 14"),
        ("  chart: pain-duration 30", "  charts: pain-duration 30"),
    ],
    "names": [
        ("  payer: example-health", "  payer: example-helth"),
        ("  2 weeks when radicular-pain", "  2 weeks when radiculer-pain"),
        ("for: injections except 64480", "for: injectons except 64480"),
        ("diagnosis in nerve-root-diagnoses", "diagnosis in nerve-root-diagnosis"),
        ("surgery-refused to wait-first", "surgery-refused to wait-frist"),
        ("pain-relief at least enough-relief", "pain-relief at least enough-releif"),
        ("opioid-risk is low", "opiod-risk is low"),
        ("per region in one session", "per regoin in one session"),
        ("expect: line 1 met by sessions", "expect: line 1 met by session"),
        ("  like: fifth", "  like: fith"),
    ],
    "dates": [
        ("  in force: from 2020-01-01\n  cite: GUIDE, chapter", "  in force: from 01/01/2020\n  cite: GUIDE, chapter"),
        ("  read on: 2026-11-23", "  read on: 2026-11-31"),
        ("  include from 2021-01-01: 64484", "  include since 2021-01-01: 64484"),
        ("  4 weeks from 2020-01-01 through 2024-12-31 when", "  4 weeks from 2024-12-31 through 2020-01-01 when"),
        ("  50 percent from 2020-01-01", "  50 percent from 2020"),
        ("  in force: from 2022-01-01", "  in force: after 2022-01-01"),
        ("date after 2025-12-31", "date after 2025-13-31"),
        ("by date-requested, then", "by date-asked, then"),
        ("date 2025-06-10", "date June 10"),
        ("expect: next date 2025-09-01", "expect: next date soon"),
    ],
    "codes": [
        ("  include: 64479, 64480, 64483", "  include: 6447, 64480, 64483"),
        ("  include: 80305-80307", "  include: 80307-80305"),
        ("M54.12, M54.16-M54.17", "M5412x, M54.16-M54.17"),
        ("  include: 11, 49", "  include: 11, 64483"),
        ("primary diagnosis in M54.12", "primary diagnosis in 64483"),
        ("with modifier KX\n  require", "with modifier K\n  require"),
        ("modifier GX absent", "modifier GXX absent"),
        ("otherwise: deny for filing CO-29", "otherwise: deny for filing CO29"),
        ("  for: 62322", "  for: M54.16"),
        ("  line 1: 64483-RT-KX, dx M54.16, level L4-L5\n  earlier: 64483-RT-KX on 2024-09", "  line 1: 64483RT, dx M54.16, level L4-L5\n  earlier: 64483-RT-KX on 2024-09"),
    ],
    "amounts": [
        ("  8 weeks otherwise", "  8 wks otherwise"),
        ("  40 percent through", "  40 pct through"),
        ("more than 6 months", "more than six months"),
        ("pain-duration at least wait", "pain-duration at least 50 percent"),
        ("pain-score at least 8", "pain-score at least 8 weeks"),
        ("less than 50 percent", "less than 50 weeks"),
        ("mri-date within 24 months", "mri-date within 24 percent"),
        ("billed-amount at most 500 dollars", "billed-amount at most 500"),
        ("limit: 4 sessions per", "limit: four sessions per"),
        ("  chart: pain-duration 30 weeks", "  chart: pain-duration long"),
    ],
    "tests": [
        ("M54.12 and pain-score at least 8", "M54.12 and pain-score at least 8 or radicular-pain"),
        ("  when: reason-to-repeat is documented", "  when: reason-to-repeat"),
        ("      -- at least 2 of\n", "      -- at least 5 of\n"),
        ("opioid-risk in moderate, high", "opioid-risk in medium, high"),
        ("modifier 59 present", "modifier 59 there"),
        ("in a lifetime, at least 14", "in the lifetime, at least 14"),
        ("mri-date at least 1 day before service", "pain-duration at least 1 day before service"),
        ("place in offices", "place in nerve-root-diagnoses"),
        ("rendering-npi is supervising-npi", "rendering-npi is doctor"),
        ("authorization is approved and", "authorization is granted and"),
    ],
    "outcomes": [
        ("  otherwise: deny for necessity\n  fix", "  otherwise: reject for necessity\n  fix"),
        ("  otherwise: deny for necessity\n  if", "  otherwise: deny for neccessity\n  if"),
        ("  grade: secondary", "  grade: second"),
        ("  otherwise: needs evidence", "  otherwise: need evidence"),
        ("  otherwise: review\n  if unknown: note\n  cite: GUIDE, repeats", "  otherwise: maybe\n  if unknown: note\n  cite: GUIDE, repeats"),
        ("  otherwise: fix for provider", "  otherwise: fix provider"),
        ("  otherwise: needs auth for authorization", "  otherwise: needs authorization"),
        ("  otherwise: deny for frequency CO-151, N362", "  otherwise: deny"),
        ("  otherwise: deny for bundled", "  otherwise: deny because bundled"),
        ("  covered: never", "  covered: no"),
    ],
    "scenarios": [
        ("  claim: plan commercial, state ME", "  claim: plan commercial, stat ME"),
        ("dx M54.16, level L4-L5\n  earlier: 64483-RT-KX on 2024-09", "diagnosis M54.16, level L4-L5\n  earlier: 64483-RT-KX on 2024-09"),
        ("2025-02-01 2025-04-01, level L4-L5,\n    pain-relief 60 percent\n  chart", "2025-02-01 2025-04-31, level L4-L5,\n    pain-relief 60 percent\n  chart"),
        ("mri-date 2025-01-10", "mri-date January"),
        ("expect: line 1 deny CO-151 by sessions", "expect: line 1 denied CO-151 by sessions"),
        ("expect: counted 4", "expect: counted four"),
        ("expect: line 1 gap by training", "expect: line 1 gap"),
        ("radicular-pain no", "radicular-pain none"),
        ("exempt by wait-first", "exempt by surgery-refused"),
        ("about pain-duration, radicular-pain,\n", "about pain-lasting, radicular-pain,\n"),
    ],
    "missing": [
        ("  payer: example-health\n", ""),
        ("codes offices: Places that are offices\n  include: 11, 49", "codes offices: Places that are offices"),
        ("  8 weeks otherwise\n", ""),
        ("define long-pain: Pain of more than half a year\n  means: pain-duration more than 6 months", "define long-pain: Pain of more than half a year"),
        ("  require: diagnosis in nerve-root-diagnoses\n", ""),
        ("  grade: secondary\n  cite: GUIDE, waiting", "  grade: secondary"),
        ("  otherwise: fix for provider\n", ""),
        ("rule levels: Two levels", "rule levels Two levels"),
        ("  line 1: 64483-RT-KX, dx M54.16, level L4-L5\n", ""),
        ("  expect: line 1 exempt by wait-first\n  expect: line 1 not applicable by different-approach\n  expect: line 1 not in scope by never-blind\n", ""),
    ],
    "pasted": [
        ("  states: ME, NH, VT", "  states: ME; NH; VT"),
        ("  include: 64479, 64480, 64483", "  include: 64479, 64480 and 64483"),
        ("  include: M54.12, M54.16-M54.17", "  include: M54.12 to M54.17"),
        ("    - pain-relief at least", "    * pain-relief at least"),
        ("      -- reason-to-repeat is", "      \u2022 reason-to-repeat is"),
        ("  require: received at most 90 days after service", "  require: received no later than 90 days after service"),
        ("in any 12 months\n  counting", "in a rolling 12 month period\n  counting"),
        ("limit: 6 sessions in each plan year", "limit: 6 sessions every plan year"),
        ("  interval: at least 14 days between", "  interval: 14 days or more between"),
        ("  expect: line 1 deny CO-151 by sessions", "  expect: \u201cline 1 deny CO-151 by sessions\u201d"),
    ],
}  # fmt: skip


HEAD_LINE = re.compile(r"^[a-z]", re.MULTILINE)


def planted(name: str) -> tuple[str, list[int]]:
    """The text with the faults of a file, and the lines on which they stand.

    What is missing stands at the head of its item.
    """
    text, lines, done = "", [], 0
    places = sorted((GOOD.index(right), right, wrong) for right, wrong in FILES[name])
    for start, right, wrong in places:
        text += GOOD[done:start]
        pairs = zip(right, wrong, strict=False)
        same = sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))
        at = len(text) + same
        text += wrong
        done = start + len(right)
        if not wrong or right.startswith(wrong + "\n"):
            heads = [m.start() for m in HEAD_LINE.finditer(text)]
            at = heads[-1]
        lines.append(text.count("\n", 0, at) + 1)
    return text + GOOD[done:], lines
