"""A knowledge base opened while others take its place: the receipt names what answered.

Run as ``python -m tests.drills.receipt_while_swapped [HOW_MANY]``.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import threading
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from kb import Engine
from kb.claims import read_json_value
from tests.drills.small_base import CLAIM, built

OPENS = 60
OUTCOMES = {"deny": "strict", "pass": "loose"}


def receipts(folder: Path, how_many: int) -> Counter[tuple[str, str]]:
    """How often the receipt named which file while which one's rules answered."""
    files = {"strict": built(folder, 4), "loose": built(folder, 400)}
    names = {hash_of(path): name for name, path in files.items()}
    served = folder / "served.db"
    shutil.copy(files["strict"], served)
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            for path in files.values():
                shutil.copy(path, folder / "next.db")
                (folder / "next.db").replace(served)

    swapper = threading.Thread(target=swap)
    swapper.start()
    claims, seen = read_json_value(CLAIM).claims, Counter[tuple[str, str]]()
    try:
        for _ in range(how_many):
            engine = Engine.open(served)
            outcome = engine.answer(claims)[0].outcome
            named = names.get(engine.program.database, "neither")
            seen[named, OUTCOMES.get(outcome, outcome)] += 1
    finally:
        done.set()
        swapper.join()
    return seen


def hash_of(path: Path) -> str:
    """As a receipt says it."""
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Run the drill; leaves with 1 when a receipt is of the other file."""
    how_many = int(sys.argv[1]) if len(sys.argv) > 1 else OPENS
    with TemporaryDirectory() as folder:
        seen = receipts(Path(folder), how_many)
    for (named, answered), times in sorted(seen.items()):
        print(f"the receipt names {named}, the rules were {answered}: {times}")
    raise SystemExit(any(named != answered for named, answered in seen))


if __name__ == "__main__":
    main()
