"""Any folder of claim files: what is read, what is refused, and why.

Run as ``python -m tests.check_samples FOLDER [DATABASE]``, or as
``make check-samples SAMPLES=FOLDER``.  Every file of the folder and of the folders in
it is read as a claim file and its claims are answered.  It fails when the program
does: when a file makes it crash.  A file that is refused with place and reason is none.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.claims import BadClaim, ClaimFileError, ReadResult, read_claims
from kb.claims.model import Claim, Remark
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
    outcomes: tuple[tuple[str, int], ...] = ()
    said: tuple[str, ...] = ()
    """Each cause once, with how often and its first place."""
    crashed: str = ""
    """The kind of error that the program ended with; empty: it held."""

    def rows(self) -> Iterator[str]:
        """The row of the table, and a row for each cause below it."""
        answers = ", ".join(f"{count} {outcome}" for outcome, count in self.outcomes)
        verdict = f"CRASHED: {self.crashed}" if self.crashed else answers
        yield f"{self.name:<58}{self.claims:>7}{self.lines:>7}{self.unread:>9}  {verdict}".rstrip()
        yield from (f"    {cause}" for cause in self.said[:SHOWN])
        if len(self.said) > SHOWN:
            yield f"    and {len(self.said) - SHOWN} other causes"


def sample_of(path: Path, name: str, engine: Engine) -> Sample:
    """A file read and answered."""
    try:
        read = read_claims(path)
        answers = [engine.answer([claim]) for claim in checked(read, engine)]
    except ClaimFileError as error:
        return Sample(name, said=(str(error),))
    except Exception as error:  # whatever it is, the other files are still tried
        return Sample(name, crashed=type(error).__name__)
    refused = [*read.bad, *engine.faults_of(read.claims)]
    outcomes = Counter(answer.outcome for (answer,) in answers)
    return Sample(
        name,
        claims=len(read.claims),
        lines=sum(len(claim.lines) for claim in read.claims),
        unread=len({fault.claim or fault.where for fault in refused}),
        outcomes=tuple(outcomes.most_common()),
        said=(*causes(refused, "not read"), *causes(read.remarks, "remark")),
    )


def checked(read: ReadResult, engine: Engine) -> Iterator[Claim]:
    """The claims whose facts are known and of their kind."""
    return (claim for claim in read.claims if not any(engine.faults_of([claim])))


def causes(found: Iterable[BadClaim | Remark], label: str) -> Iterator[str]:
    """What was found, each cause once: how often, and where first."""
    first: dict[str, str] = {}
    often: Counter[str] = Counter()
    for one in found:
        text = one.reason if isinstance(one, BadClaim) else one.text
        first.setdefault(text, one.where)
        often[text] += 1
    for text, count in often.items():
        times = f", {count} times" if count > 1 else ""
        yield f"{label}: {text}{times} ({first[text]})"


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
