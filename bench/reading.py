"""X12 files read: claims a second of one core, with pyx12 beside it in the same run.

    python -m bench.reading [CLAIMS]

Claims of two lines.  CPU seconds, the best of five rounds; pyx12 as the reader of segments
alone, and with its maps, which is the work that is like ours.  Wanted: 20,000 claims a
second on a quiet core, and 20 times pyx12 with its maps.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from time import process_time

from pyx12.error_handler import errh_null
from pyx12.params import params
from pyx12.x12context import X12ContextReader
from pyx12.x12file import X12Reader

from bench.stream import X12_CLAIM, X12_START
from kb.claims.model import Claim
from kb.claims.past import PastClaim
from kb.claims.x12.reader import tell_x12

CLAIMS = 10_000
WITH_MAPS = 500
"""Claims that pyx12 reads with its maps: it takes as long for them as we for all."""
ROUNDS = 5
_CHUNK = 1 << 16

_SECOND = """\
LX*2~
SV1*HC:64484:RT*200*UN*1***1~
DTP*472*D8*2026{month:02}10~
"""
_PROFESSIONAL = X12_CLAIM.replace("*450***24", "*650***24") + _SECOND
_FACILITY = (
    _PROFESSIONAL.replace("***24:B:1*Y*A", "***83:A:1**A")
    .replace("SV1*HC:", "SV2*0490*HC:")
    .replace("UN*1***1~", "UN*1~")
    .replace("NM1*82*", "NM1*71*")
)
_PAID_START = """\
ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260402*0900*^*00501\
*000000001*0*T*:~
GS*HP*SENDER*RECEIVER*20260402*0900*1*X*005010X221A1~
ST*835*0001*005010X221A1~
BPR*I*1*C*ACH*CCP*01*1*DA*1*1**01*1*DA*2*20260402~
TRN*1*1*1~
DTM*405*20260401~
N1*PR*MEDICARE PART B FLORIDA*XV*SYNMB~
N1*PE*SPINE PRACTICE*XX*1234567893~
LX*1~
"""
_PAID = """\
CLP*C-{number}*1*650*260*65*MB*ICN{number}*11*1~
NM1*QC*1*TEST*ADA****MI*MBI{patient:07}~
SVC*HC:64483:RT*450*200**1~
DTM*472*2026{month:02}10~
CAS*CO*45*200~
CAS*PR*2*50~
SVC*HC:64484:RT*200*60**1~
DTM*472*2026{month:02}10~
CAS*CO*45*125~
CAS*PR*2*15~
"""


def text_of(start: str, claim: str, claims: int) -> str:
    """A file of that many claims, two of a patient."""
    parts = [start]
    for number in range(claims):
        month = 1 + number % 2
        named = {"level": number + 2, "number": number, "patient": number // 2}
        parts.append(claim.format(month=month, **named))
    segments = start.count("~\n") - 2 + claims * claim.count("~\n") + 1
    parts.append(f"SE*{segments}*0001~\nGE*1*1~\nIEA*1*000000001~\n")
    return "".join(parts)


def ours(text: str) -> int:
    """Claims and earlier claims as the program reads them."""
    content = text.encode()
    chunks = (content[at : at + _CHUNK] for at in range(0, len(content), _CHUNK))
    return sum(isinstance(one, Claim | PastClaim) for one in tell_x12(chunks))


def segments_by_pyx12(text: str) -> int:
    """Claims counted by their first segment, envelopes checked."""
    reader = X12Reader(io.StringIO(text))
    return sum(segment.get_seg_id() in ("CLM", "CLP") for segment in reader)


def loops_by_pyx12(text: str) -> int:
    """Claims counted by their loops, each segment checked against the map."""
    name = "2100" if "ST*835" in text else "2300"
    loops = X12ContextReader(params(), errh_null(), io.StringIO(text))
    return sum(loop.id == name for loop in loops.iter_segments(name))


def seconds_of(read: Callable[[str], int], text: str, claims: int) -> float:
    """CPU seconds to find every claim."""
    begin = process_time()
    counted = read(text)
    seconds = process_time() - begin
    assert counted == claims, (read.__name__, counted)
    return seconds


def rates_of(start: str, claim: str, claims: int) -> list[float]:
    """Claims a second of each reader, the best of rounds that they take in turn."""
    text, few = text_of(start, claim, claims), text_of(start, claim, WITH_MAPS)
    readers = (
        (ours, text, claims),
        (segments_by_pyx12, text, claims),
        (loops_by_pyx12, few, WITH_MAPS),
    )
    rounds = [
        [count / seconds_of(read, given, count) for read, given, count in readers]
        for _ in range(ROUNDS)
    ]
    return [max(rates) for rates in zip(*rounds, strict=True)]


FILES = {
    "837P": (X12_START, _PROFESSIONAL),
    "837I": (X12_START.replace("X222A1", "X223A2"), _FACILITY),
    "835": (_PAID_START, _PAID),
}


def main() -> None:
    """Print the table; the number of claims may be given."""
    claims = int(sys.argv[1]) if len(sys.argv) > 1 else CLAIMS
    print(f"{claims:,} claims of two lines; load {os.getloadavg()[0]:.1f}")
    print(
        f"{'':<8}{'ours':>12}{'pyx12 segments':>18}{'pyx12 with maps':>18}{'ratios':>16}"
    )
    for name, (start, claim) in FILES.items():
        rates = rates_of(start, claim, claims)
        told = [f"{rate:,.0f}/s" for rate in rates]
        ratios = f"{rates[0] / rates[1]:.2f}, {rates[0] / rates[2]:.0f}"
        print(f"{name:<8}{told[0]:>12}{told[1]:>18}{told[2]:>18}{ratios:>16}")


if __name__ == "__main__":
    main()
