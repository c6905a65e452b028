"""Any folder of claim files: what is read, what is refused, and why.

Run as ``python -m tests.check_samples FOLDER [DATABASE]``, or as
``make check-samples SAMPLES=FOLDER``.  Every file of the folder and of the folders in
it is read as a claim file and its claims are answered.  It fails when the program
does: when a file makes it crash.  A file that is refused with place and reason is none.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.claims import Claim, ClaimFileError
from kb.claims.causes import Causes
from kb.claims.read import chunks_of, opened, tell_chunks
from kb.claims.reading import Reading
from kb.engine import Engine
from kb.read.store import KnowledgeBaseError

DATABASE = Path("build/kb.db")
NO_CLAIMS = frozenset({".md", ".txt", ".pdf", ".py", ".sh", ".policy"})
"""Files that lie beside claim files and are none."""
SHOWN = 3
"""Causes that are shown of a file."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What became of a file."""

    name: str
    claims: int = 0
    lines: int = 0
    unread: int = 0
    earlier: int = 0
    outcomes: tuple[tuple[str, int], ...] = ()
    said: tuple[str, ...] = ()
    """Each cause once, with how often and its first place."""
    crashed: str = ""
    """The kind of error that the program ended with; empty: it held."""

    def rows(self) -> Iterator[str]:
        """The row of the table, and a row for each cause below it."""
        answers = ", ".join(f"{count} {outcome}" for outcome, count in self.outcomes)
        if self.earlier:
            answers += f"{', ' if answers else ''}{self.earlier} earlier"
        verdict = f"CRASHED: {self.crashed}" if self.crashed else answers
        yield f"{self.name:<58}{self.claims:>7}{self.lines:>7}{self.unread:>9}  {verdict}".rstrip()
        yield from (f"    {cause}" for cause in self.said[:SHOWN])
        if len(self.said) > SHOWN:
            yield f"    and {len(self.said) - SHOWN} other causes"


def sample_of(path: Path, name: str, engine: Engine) -> Sample:
    """A file read and answered."""
    reading, outcomes = Reading(), Counter[str]()
    try:
        with opened(path) as (stream, said):
            for told in tell_chunks(chunks_of(stream, said), said):
                faults = engine.faults_in(told) if isinstance(told, Claim) else []
                for fault in faults:
                    reading.count(fault)
                if not faults:
                    reading.count(told)
                if isinstance(told, Claim) and not faults:
                    outcomes.update(one.outcome for one in engine.answer([told]))
    except ClaimFileError as error:
        return Sample(name, said=(str(error),))
    except Exception as error:  # whatever it is, the other files are still tried
        return Sample(name, crashed=type(error).__name__)
    return Sample(
        name,
        claims=reading.claims,
        lines=reading.lines,
        unread=reading.not_read or len(reading.faults),
        earlier=reading.earlier,
        outcomes=tuple(outcomes.most_common()),
        said=(*causes(reading.faults, "not read"), *causes(reading.remarks, "remark")),
    )


def causes(found: Causes, label: str) -> Iterator[str]:
    """What was found, each cause once: how often, and where first."""
    for cause in found.values():
        times = f", {cause.count} times" if cause.count > 1 else ""
        yield f"{label}: {cause.said}{times} ({cause.places[0]})"


def claim_files(folder: Path) -> list[Path]:
    """The files of a folder that may hold claims, by name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in files if path.suffix.lower() not in NO_CLAIMS)


def main(arguments: list[str]) -> int:
    """Try every file: 0 when the program held, 1 when it crashed, 2 for bad usage."""
    if not 1 <= len(arguments) <= 2 or not Path(arguments[0]).is_dir():
        print("Usage: make check-samples SAMPLES=FOLDER, a folder of claim files")
        return 2
    folder = Path(arguments[0])
    try:
        engine = Engine.open(Path(arguments[1]) if arguments[1:] else DATABASE)
    except KnowledgeBaseError as error:
        print(error, file=sys.stderr)
        return 2
    samples = []
    print(f"{'':<58}{'claims':>7}{'lines':>7}{'not read':>9}  answers")
    for path in claim_files(folder):
        samples.append(sample_of(path, str(path.relative_to(folder)), engine))
        print("\n".join(samples[-1].rows()), flush=True)
    crashed = sum(bool(sample.crashed) for sample in samples)
    print(
        f"\n{len(samples)} files, {sum(s.claims for s in samples)} claims read, "
        f"{sum(s.unread for s in samples)} not read; {crashed} files crashed the program."
    )
    return int(crashed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
