"""What a work has done so far, written beside its first output every few seconds.

It tells from what the answers are made (files, knowledge base, options), how many claims
are answered, and how many bytes of each output are good.  Whoever goes on from it cuts the
outputs there; so the bytes at the end are those of a work that nobody stopped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from dsl.errors import PayerkbError
from kb.evaluate.keeping import kept, summary_of
from kb.evaluate.summary import Json, Summary
from kb.whole_files import remove_leftovers, write_whole

FORM = "payerkb-evaluate-journal/2"
ENDING = ".journal"


class ResumeError(PayerkbError):
    """A work that cannot be gone on with: it was begun with something else."""


@dataclass(frozen=True, slots=True)
class Made:
    """What answers are made from: another of these, and nobody may go on."""

    files: tuple[tuple[str, str], ...]
    """Each by name and hash, in their order."""
    database: str
    """The hash of the knowledge base."""
    tables: str
    """The hash of the tables."""
    options: dict[str, str] = field(default_factory=dict)

    def differs(self, other: Made) -> str:
        """The first thing that is not the same, in words; empty where all is."""
        if self.files != other.files:
            changed = [
                name for name, digest in self.files if (name, digest) not in other.files
            ]
            named = f" ({changed[0]})" if changed else ""
            return f"other claim files, or in another order{named}"
        if self.database != other.database:
            return "another knowledge base"
        if self.tables != other.tables:
            return "other tables"
        for name, value in self.options.items():
            if other.options.get(name) != value:
                return f"another {name}"
        return ""


@dataclass(slots=True)
class Progressed:
    """How far a work has come."""

    found: int = 0
    """Runs, faults and remarks that are written."""
    sizes: list[int] = field(default_factory=list)
    """Good bytes of each output that grows."""
    summary: Summary = field(default_factory=Summary)
    finished: bool = False
    """Whether all outputs are whole and only have to be put in place."""


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of one work."""

    path: Path

    def write(self, made: Made, progressed: Progressed) -> None:
        """Write it in one step.

        Raises ``kb.whole_files.NotWrittenError``.
        """
        told = {
            "form": FORM,
            "files": made.files,
            "database": made.database,
            "tables": made.tables,
            "options": made.options,
            "found": progressed.found,
            "sizes": progressed.sizes,
            "finished": progressed.finished,
            "summary": kept(progressed.summary),
        }
        write_whole(self.path, json.dumps(told, separators=(",", ":")))

    def read(self) -> tuple[Made, Progressed] | None:
        """What it tells; ``None`` where there is none.

        Raises ``ResumeError`` when the file is no journal of ours.
        """
        try:
            told = json.loads(self.path.read_bytes())
            return _read(told)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            message = (
                f"{self.path} is no journal of this version. Without --resume the work"
                " begins anew."
            )
            raise ResumeError(message) from None

    def remove(self) -> None:
        """Remove it: the work is done."""
        self.path.unlink(missing_ok=True)
        remove_leftovers(self.path.parent)


def _read(told: Json) -> tuple[Made, Progressed]:
    if told["form"] != FORM:
        raise ValueError
    made = Made(
        tuple((name, digest) for name, digest in told["files"]),
        told["database"],
        told["tables"],
        dict(told["options"]),
    )
    progressed = Progressed(
        told["found"], told["sizes"], summary_of(told["summary"]), told["finished"]
    )
    return made, progressed
