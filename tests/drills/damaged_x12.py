"""X12 files damaged at random, read for some minutes: claims, remittances of each kind.

Run as ``python -m tests.drills.damaged_x12 [SECONDS]``.  It fails where a file raises,
is passed in silence, tells a name, id or date of the file, or where a plain claim is
read otherwise than by the reader that looks at everything.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import monotonic

from kb.claims.model import BadClaim, Remark
from kb.claims.past import Told
from kb.claims.x12.claim import claim_from_loops
from kb.claims.x12.envelope import transactions_of
from kb.claims.x12.loops import ClaimLoops
from kb.claims.x12.reader import tell_x12
from kb.claims.x12.segments import segments_of
from kb.claims.x12.straight import straight_claim
from kb.claims.x12.transactions import parts_of
from tests.kb.claims.conftest import secrets_of
from tests.seeds import fresh, how_to_repeat

DATA = Path(__file__).parents[1] / "data" / "x12"
SECONDS = 600
CHUNKS = (7, 100, 65536)
SHORT = 4
"""Names and ids up to this length stand in other words too."""
OURS = "1234567893 M5416 00009307301"
"""What stands in the advice of faults as an example."""
ELEMENTS = (
    *(
        "",
        "0",
        "1",
        "2",
        "7",
        "8",
        "22",
        "25",
        "-1",
        "1.5",
        "99999999999999",
        "é",
        "\0",
    ),
    *("HC:64483", "HC:64483:RT:RT", "NU:0250", "HC:", "::", "ABK:M5416", "BK:7244"),
    *("ABK:M5416:::::::Y", "BBR:00HU3MZ", "24:B:1", "83:A:1", "13:A:7", "1:2", "9"),
    *("20260310", "20261310", "20260310-20260311", "D8", "RD8", "472", "434", "150"),
    *("IL", "QC", "PR", "82", "72", "XX", "G1", "F8", "6R", "CO", "197", "HE", "NPR"),
)


def damaged(text: str, chance: Random) -> str:
    """The file with some segments lost, doubled, moved or changed."""
    found = text.split("~\n")
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(found))
        match chance.choice(["lose", "double", "move", "element", "element", "sign"]):
            case "lose" if len(found) > 1:
                del found[at]
            case "double":
                found.insert(at, found[at])
            case "move":
                found.insert(chance.randrange(len(found)), found.pop(at))
            case "sign" if found[at]:
                place = chance.randrange(len(found[at]))
                sign = chance.choice("*:~\n A1^é\0")
                found[at] = found[at][:place] + sign + found[at][place + 1 :]
            case _:
                others = chance.choice(found).split("*")
                elements = found[at].split("*")
                place = chance.randrange(len(elements))
                elements[place] = chance.choice([*ELEMENTS, *others])
                found[at] = "*".join(elements)
    return "~\n".join(found)


def failures_of(content: bytes, secrets: set[str], size: int) -> Iterator[str]:
    """What no damage may do."""
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    try:
        found = list(tell_x12(chunks, "damaged"))
    except Exception as error:  # whatever it is, the drill goes on
        yield f"raised {type(error).__name__}"
        return
    if not found:
        yield "passed in silence"
    said = " ".join(map(sentences_of, found))
    if any(secret in said for secret in secrets):
        yield "told what is a patient's"
    for part in parts_of(transactions_of(segments_of(chunks))):
        plain = straight_claim(part) if isinstance(part, ClaimLoops) else None
        if plain is not None and isinstance(part, ClaimLoops):
            careful, notes = claim_from_loops(part)
            if plain != careful or notes.faults or notes.remarks:
                yield "read otherwise"


def sentences_of(told: Told) -> str:
    """What a fault or a remark says."""
    if isinstance(told, BadClaim):
        return f"{told.where} {told.reason} {told.fix}"
    return f"{told.where} {told.text}" if isinstance(told, Remark) else ""


def texts() -> dict[str, tuple[str, set[str]]]:
    """Each file, with what may stand in no sentence about it."""
    paths = [*DATA.rglob("*.837*"), DATA / "remittance" / "payments.835"]
    found = {}
    for path in sorted(paths):
        text = path.read_text("utf-8")
        long = {secret for secret in secrets_of(text) if len(secret) > SHORT}
        found[path.name] = (text, {secret for secret in long if secret not in OURS})
    return found


def main(seconds: float = SECONDS) -> int:
    """Damage and read until the time is over; 1 when anything failed."""
    files = texts()
    tried: Counter[str] = Counter()
    failed = 0
    end = monotonic() + seconds
    while monotonic() < end:
        chance = Random(fresh(tried.total()))
        name = chance.choice([*files])
        text, secrets = files[name]
        content = damaged(text, chance).encode()
        for failure in failures_of(content, secrets, chance.choice(CHUNKS)):
            failed += 1
            print(f"{name}, number {tried.total()}: {failure} {how_to_repeat()}")
        tried[Path(name).suffix] += 1
    counts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(tried.items()))
    print(f"{counts} files damaged and read, {failed} failures")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if sys.argv[1:] else SECONDS))
