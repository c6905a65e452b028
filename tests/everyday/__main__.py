"""``make everyday``: what the claims of an ordinary weekday are told.

``python -m tests.everyday [DATABASE [WORD]]`` prints the figures of both days; with a
word of a kind, payer or claim also the answers to its claims, as a person reads them;
with ``--unknown`` in its place what is unknown, by payer and cause.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kb.engine import Engine
from kb.read.store import KnowledgeBaseError
from tests.everyday.claims import DAYS
from tests.everyday.told import Told, lacking, table, told_on


def chosen(told: Told, word: str) -> bool:
    """Whether the answer is of what a word names."""
    return any(word.lower() in line.lower() for line in told.text)


def main(arguments: list[str]) -> int:
    """Print the figures; 2 where there is no knowledge base."""
    database = Path(arguments[0] if arguments else "build/kb.db")
    try:
        engine = Engine.open(database)
    except KnowledgeBaseError as error:
        print(error, file=sys.stderr)
        return 2
    for day in DAYS:
        told = told_on(day, engine)
        if "--unknown" in arguments:
            print(lacking(told), end="\n\n")
        for one in told:
            if arguments[1:] and chosen(one, arguments[1]):
                print("\n".join(one.text), end="\n\n")
        print(table(day, told), end="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
