"""The files that answers are written to: in parts beside them, whole at the end.

While claims are answered, each output grows in a part of its own, ``NAME.part``.  At the
end the parts are finished and put in place, each in one step: a file of the output's name
is always a whole one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from dsl.errors import PayerkbError
from kb.whole_files import NotWrittenError, place_of, put_in_place, words_of

PART = ".part"
KINDS = (".ndjson", ".csv", ".parquet", ".html")
USUAL = "answers.ndjson"
FHIR = ".fhir.ndjson"


class OutputError(PayerkbError):
    """An output that is of no kind that is written, or that is named twice."""


@dataclass(slots=True)
class Output:
    """One file to be written."""

    path: Path
    kind: str
    """One of ``KINDS``, or ``.fhir.ndjson``."""
    part: BinaryIO | None = field(default=None, repr=False)

    @property
    def beside(self) -> Path:
        """Where it is finished."""
        return self.path.with_name(self.path.name + PART)

    @property
    def grows(self) -> Path:
        """Where it grows: a table of columns as rows, which are put in columns at the end."""
        rows = ".rows" if self.kind == ".parquet" else ""
        return self.path.with_name(f"{self.path.name}{rows}{PART}")

    def begin(self, at: int = 0) -> None:
        """Open its part, which has so many good bytes.

        Raises ``kb.whole_files.NotWrittenError``.
        """
        place_of(self.path)
        if self.path.exists() and not os.access(self.path, os.W_OK):
            message = f"{self.path} cannot be written: it is read-only."
            raise NotWrittenError(message)
        try:
            self.part = self.grows.open("r+b" if at else "w+b")
            if self.part.seek(0, 2) < at:
                message = f"{self.grows} is shorter than when it was left."
                raise NotWrittenError(message)
            self.part.truncate(at)
            self.part.seek(at)
        except OSError as error:
            message = f"{self.path} cannot be written: {words_of(error)}."
            raise NotWrittenError(message) from None

    def write(self, text: str) -> None:
        """Add text."""
        assert self.part is not None
        self.part.write(text.encode("utf-8", "surrogatepass"))

    def flush(self) -> None:
        """Let others see what there is."""
        assert self.part is not None
        self.part.flush()

    def through(self) -> int:
        """Write what there is through to the disk; how much it is."""
        assert self.part is not None
        self.part.flush()
        os.fsync(self.part.fileno())
        return self.part.tell()

    def close(self) -> None:
        """Close its part, and leave it."""
        if self.part is not None:
            self.part.close()
            self.part = None

    def remove(self) -> None:
        """Remove its part."""
        self.close()
        for path in {self.grows, self.beside}:
            path.unlink(missing_ok=True)

    def place(self) -> None:
        """Give the finished part the output's name.

        Raises ``kb.whole_files.NotWrittenError``.
        """
        self.close()
        if not self.beside.exists():  # it was placed before the program was killed
            return
        try:
            put_in_place(self.beside, place_of(self.path))
        except OSError as error:
            message = f"{self.path} cannot be written: {words_of(error)}."
            raise NotWrittenError(message) from None
        self.grows.unlink(missing_ok=True)


def outputs_of(paths: Iterable[Path]) -> tuple[Output, ...]:
    """The outputs by the endings of their names; a folder has ``answers.ndjson`` in it.

    Raises ``OutputError`` for an ending that is none of ours, or a file named twice.
    """
    outputs = tuple(Output(_in_folder(path), "") for path in paths)
    for output in outputs:
        output.kind = _kind_of(output.path)
    places = [output.path.resolve() for output in outputs]
    for place in places:
        if places.count(place) > 1:
            message = f"--out names {place.name} twice. Name each file once."
            raise OutputError(message)
    return outputs


def _in_folder(path: Path) -> Path:
    return path / USUAL if path.is_dir() else path


def _kind_of(path: Path) -> str:
    if path.name.endswith(FHIR):
        return FHIR
    if path.suffix in KINDS:
        return path.suffix
    message = (
        f"--out {path.name}: its ending tells no form. Write a name that ends in"
        f" {', '.join(KINDS)} or {FHIR}, or name a folder."
    )
    raise OutputError(message)
