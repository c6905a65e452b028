"""One edit in a folder of a thousand policies: until its messages are known.

    python -m bench.editor

``policy`` edits one policy; ``shared words`` edits a fact that every policy may use, after
which all of them are compiled again.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.policies import write_policies
from dsl.load.session import Session

FILES = 1000
RULES_EACH = 5
EDITS = 20


def opened(folder: Path) -> Session:
    """A session of all files of a folder, checked once."""
    session = Session()
    for file in sorted(folder.rglob("*.policy")):
        session.put(file.relative_to(folder).as_posix(), file.read_text("utf-8"))
    session.loaded()
    return session


def edited(session: Session, path: str, edits: int) -> list[float]:
    """Seconds from each edit of a file to its messages."""
    text = session.files[path][0].text
    found = []
    for number in range(edits):
        start = perf_counter()
        session.put(path, f"{text}\n# edit {number}\n")
        session.loaded()
        found.append(perf_counter() - start)
    return found


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_policies(folder, FILES, RULES_EACH)
        lines = sum(f.read_text("utf-8").count("\n") for f in folder.rglob("*.policy"))
        session = opened(folder)
        policy = next(p for p in session.files if p.endswith("policy-500.policy"))
        shared = next(p for p in session.files if "policy-" not in p)
        fact = session.files[shared][0].text
        one = edited(session, policy, EDITS)
        start = perf_counter()
        session.put(shared, fact.replace("kind: duration", "kind: number", 1))
        session.loaded()
        all_again = perf_counter() - start
    print(f"editor: one edit in {FILES:,} files, {lines:,} lines; milliseconds")
    print(f"{'policy':<16}median {1000 * median(one):.0f}, worst {1000 * max(one):.0f}")
    print(f"{'shared words':<16}{1000 * all_again:.0f}")


if __name__ == "__main__":
    main()
