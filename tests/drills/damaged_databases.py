"""Bits of a knowledge base turned over: it is refused, or answers as before.

Run as ``python -m tests.drills.damaged_databases [HOW_MANY [SEED]]``.  A build in the
damaged file's place has to bring the old bytes back.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from kb import Engine, KnowledgeBaseError, build_folder
from kb.claims import read_json_value
from kb.read.search import search
from kb.read.store import open_knowledge_base
from tests.drills.small_base import CLAIM, built

FLIPS = 500
BUILD_EVERY = 10
"""A build takes longer than all the rest."""


def flipped(content: bytes, chance: Random) -> tuple[int, bytes]:
    """The content with one bit of it turned over, and which."""
    bit = chance.randrange(len(content) * 8)
    damaged = bytearray(content)
    damaged[bit // 8] ^= 1 << bit % 8
    return bit, bytes(damaged)


def answered(database: Path) -> tuple[object, ...]:
    """All that the drill asks: a claim, its receipt apart, and a search."""
    (answer,) = Engine.open(database).answer(read_json_value(CLAIM).claims)
    connection = open_knowledge_base(database)
    try:
        hits = search(connection, "epidural sessions", limit=20)
    finally:
        connection.close()
    return answer.outcome, answer.lines, answer.searched, tuple(hits)


def drill(folder: Path, how_many: int, seed: int) -> Counter[str]:
    """How many flips were refused, and how many changed nothing.

    Raises ``AssertionError`` when one gave another answer, or was not mended by a build.
    """
    database = built(folder)
    policies = database.with_suffix("")
    whole, expected = database.read_bytes(), answered(database)
    chance, seen = Random(seed), Counter[str]()
    for number in range(how_many):
        bit, damaged = flipped(whole, chance)
        repeat = f"bit {bit}, flip {number} of seed {seed}"
        database.write_bytes(damaged)
        try:
            assert answered(database) == expected, repeat
            seen["the same answer"] += 1
        except KnowledgeBaseError:
            seen["refused"] += 1
        if number % BUILD_EVERY == 0:
            assert build_folder(policies, database).written, repeat
            assert database.read_bytes() == whole, repeat
    return seen


def main() -> None:
    """Run the drill; the seed is told before, so that any end can be repeated."""
    how_many = int(sys.argv[1]) if len(sys.argv) > 1 else FLIPS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int.from_bytes(os.urandom(4))
    print(f"{how_many} single bits turned over, seed {seed}", flush=True)
    with TemporaryDirectory() as folder:
        for what, times in drill(Path(folder), how_many, seed).items():
            print(f"{what}: {times}")


if __name__ == "__main__":
    main()
