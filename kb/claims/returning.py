"""Which patients of a file come back after another patient's claims, in one fast look.

Readers of formats are imported for files of theirs only, as in ``kb.claims.read``.
Kept is a number of 8 bytes for each patient, nothing of a claim.  The look may take a
patient for one that comes back who does not; never the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, count
from typing import TYPE_CHECKING, BinaryIO, Literal

from kb.claims.identity import member_in
from kb.claims.json.text import Document, documents_of, first_part, lines_of
from kb.claims.model import Claim, own_patient
from kb.claims.read import chunks_of, first_filled, format_of, tell_from

if TYPE_CHECKING:
    from kb.claims.x12.segments import Separators


def number_of(patient: str) -> int:
    """What stands for a patient, in this process only."""
    return hash(patient.encode("utf-8", "surrogatepass"))


def coming_back(patients: Iterable[int]) -> frozenset[int]:
    """Those that stand in two places or more, given in the order of the file."""
    seen: set[int] = set()
    back: set[int] = set()
    last = None
    for patient in patients:
        if patient != last:
            (back if patient in seen else seen).add(patient)
            last = patient
    return frozenset(back)


UNTOLD = 0
"""The number that comes back where a look cannot tell who does."""
Look = Literal["member", "patient", ""]
"""What numbers of a look stand for; empty where only reading the claims can tell."""


def look(chunks: Iterator[bytes]) -> tuple[Look, Iterator[int]]:
    """Numbers of the people of a file in its order, for several files to be put together.

    They are those of ``number_of``, of members or of patients; a member whose dependants
    are told apart stands once for all of them.
    """
    start = first_filled(chunks)
    everything = chain((start,), chunks)
    match format_of(start):
        case "x12":
            return "member", _subscribers(everything)
        case "json":
            return "patient", _patients(everything)
        case "gzip":
            return look(_unpacked(everything))
        case "table":
            return "patient", _patients_of_rows(everything)
        case "zip" | "parquet":
            return "patient", _patients_of_claims(start, chunks)
        case _:
            return "", iter(())


def returning(stream: BinaryIO) -> frozenset[int] | None:
    """The numbers of the patients of a file who come back.

    ``None`` when some may, but only reading the claims can tell who.
    """
    chunks = chunks_of(stream)
    return _returning(first_filled(chunks), chunks)


def _returning(start: bytes, chunks: Iterator[bytes]) -> frozenset[int] | None:
    everything = chain((start,), chunks)
    match format_of(start):
        case "x12":
            return None if coming_back(_members(everything)) else frozenset()
        case "gzip":
            inside = _unpacked(everything)
            return _returning(first_filled(inside), inside)
        case "table":
            return coming_back(_patients_of_rows(everything))
        case "zip" | "parquet":
            return coming_back(_patients_of_claims(start, chunks))
        case _:
            back = coming_back(_patients(everything))
            return None if UNTOLD in back else back


def _unpacked(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The bytes of a packed file up to where reading its claims ends too."""
    from kb.claims.archives import BrokenArchiveError, unpacked  # noqa: PLC0415

    try:
        yield from unpacked(chunks)
    except BrokenArchiveError:
        return


def _patients_of_rows(chunks: Iterator[bytes]) -> Iterator[int]:
    """The patient of each row of a table."""
    from kb.claims.rows.text import patients_in_table  # noqa: PLC0415

    return map(number_of, patients_in_table(chunks))


def _patients_of_claims(start: bytes, chunks: Iterator[bytes]) -> Iterator[int]:
    """The patient of each claim, of a file that has to be read for it."""
    for one in tell_from(start, chunks):
        if isinstance(one, Claim):
            yield number_of(one.patient)


# The claim's own `patient`, not one inside another object; without an escape in it.
_PATIENT = re.compile(rb'\s*\{[^{]*?"patient"[ \t]*:[ \t]*"([^"\\]*)"')


def _patients(chunks: Iterator[bytes]) -> Iterator[int]:
    """The patient of each claim of a JSON text."""
    start, per_line = first_part(chunks)
    everything = chain((start,), chunks)
    if not per_line:
        yield from _patients_of(documents_of(everything))
        return
    for line in lines_of(everything):
        found = _PATIENT.match(line)
        ours = line.count(b'"patient"') == 1 and b'"claim"' in line
        if found and ours and b"\\" not in line:
            yield hash(found[1])
        elif line.strip():
            yield from _patients_of(documents_of([line]))


def _patients_of(documents: Iterable[Document]) -> Iterator[int]:
    for document in documents:
        if isinstance(document.value, dict):
            named = document.value.get("patient")
            if "claim" not in document.value:
                # Another format, which names its patients in another way.
                yield from (UNTOLD, 1, UNTOLD)
            if not isinstance(named, str):
                named = own_patient(str(document.value.get("claim")))
            yield number_of(named)


def _subscribers(chunks: Iterable[bytes]) -> Iterator[int]:
    """Subscribers as an X12 file names them, whose dependants are not told apart.

    The first answer waits for this look through all files, so the work on each of them is
    one search and one number.  For other separators see ``_members``.
    """
    nobody = count(1)
    for text, separators in _pieces(chunks):
        if _has_other_separators(text, separators):
            yield from (UNTOLD, 1, UNTOLD)
        members = _plain(_member_ids(separators).findall(text))
        # Who has no number is nobody who was there before.
        numbers = [hash(member) if member else next(nobody) for member in members]
        yield from numbers


def _plain(ids: list[str]) -> Iterable[str]:
    """``member_in`` of each: for all of them at once where none has a mark in it."""
    together = "\n".join(ids).upper()
    only = together.replace("\n", "")
    if ids and only.isascii() and only.isalnum():
        return together.split("\n")
    return map(member_in, ids)


@lru_cache
def _member_ids(separators: Separators) -> re.Pattern[str]:
    """NM109 of each subscriber; empty where the segment ends before it."""
    element, segment = re.escape(separators.element), re.escape(separators.segment)
    before = f"(?:[^{element}{segment}]*{element}){{7}}"
    return re.compile(f"NM1{element}IL{element}(?:{before}([^{element}{segment}]*))?")


def _members(chunks: Iterable[bytes]) -> Iterator[int]:
    """Subscribers and their dependants as an X12 file names them, claims or none.

    Where the separators change inside the file nothing can be told by one look: then
    a number comes back, so that the claims themselves are read.
    """
    nobody = count()
    member, waiting = "", 0
    for text, separators in _pieces(chunks):
        if _has_other_separators(text, separators):
            yield from (UNTOLD, 1, UNTOLD)
        for found in _people(separators).finditer(text):
            elements = found["rest"].split(separators.element)
            if found["code"] == "IL":
                if waiting:
                    yield waiting
                member = member_in("".join(elements[7:8]))
                waiting = hash(member) if member else next(nobody)
            else:
                yield hash((member, "".join(elements[2:3]).upper()))
                waiting = 0
    if waiting:
        yield waiting


def _people(separators: Separators) -> re.Pattern[str]:
    """NM1 of a subscriber (IL) or a patient (QC), its elements from NM102 on."""
    element, segment = re.escape(separators.element), re.escape(separators.segment)
    return re.compile(f"NM1{element}(?P<code>IL|QC){element}(?P<rest>[^{segment}]*)")


def _has_other_separators(text: str, separators: Separators) -> bool:
    """Whether an interchange begins in the text that is written otherwise."""
    from kb.claims.x12.segments import separators_of  # noqa: PLC0415

    at = text.find("ISA")
    while at >= 0:
        begins = text[:at].rstrip().endswith(("", separators.segment)[at > 0])
        if begins and separators_of(text[at:]) != separators:
            return True
        at = text.find("ISA", at + 1)
    return False


def _pieces(chunks: Iterable[bytes]) -> Iterator[tuple[str, Separators]]:
    """The text of an X12 file in pieces of whole segments, without line breaks."""
    from kb.claims.x12.segments import separators_of  # noqa: PLC0415

    rest = ""
    separators: Separators | None = None
    for chunk in chunks:
        rest += chunk.decode("latin-1")
        if separators is None:
            rest = rest.removeprefix("\xef\xbb\xbf").lstrip()
            separators = separators_of(rest)
            if separators is None:
                continue
        for mark in "\r\n":
            if mark != separators.segment:
                rest = rest.replace(mark, "")
        whole, _, rest = rest.rpartition(separators.segment)
        yield whole, separators
    if separators is not None:
        yield rest, separators
