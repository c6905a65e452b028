"""Files and folders to the checked model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from dsl.base.companions import is_words
from dsl.base.diagnostics import Diagnostic, in_order
from dsl.base.model import Alias, File, Model
from dsl.compile.compiler import compile_documents
from dsl.compile.incremental import Kept
from dsl.load.policy_files import (
    PolicyFile,
    UnreadableError,
    policy_files_in,
    read_policy,
)
from dsl.load.words import read_words
from dsl.syntax.parser import Parsed, parse

LANGUAGE_VERSION = "1.0"

Parse = Callable[[str, str], Parsed]
"""Text and path to the parsed file."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model with everything that was found wrong in its files."""

    model: Model
    diagnostics: tuple[Diagnostic, ...]

    @property
    def has_errors(self) -> bool:
        """Whether any diagnostic is an error."""
        return any(d.severity == "error" for d in self.diagnostics)


def load_folder(
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
    parsing: Parse = parse,
    kept: Kept | None = None,
) -> Loaded:
    """Read, parse and check every ``.policy`` file under a folder, and its words.

    Paths in the model are relative to the folder, with forward slashes.  ``progress``
    is told how many of how many files are parsed.  ``parsing`` may know what ``parse``
    would give, ``kept`` what the compiler would.  What cannot be read, or is passed over,
    is a diagnostic.
    """
    listing = policy_files_in(folder)
    told = list(listing.told)
    texts = _texts_of((*listing.files, *listing.words), told)
    return load_texts(texts, progress, told, parsing, kept)


def texts_of_folder(folder: Path) -> tuple[list[tuple[str, str]], list[Diagnostic]]:
    """The policy files below a folder with their texts, and what is told of the others."""
    listing = policy_files_in(folder)
    told = list(listing.told)
    return _texts_of(listing.files, told), told


def _texts_of(
    files: Iterable[PolicyFile], told: list[Diagnostic]
) -> list[tuple[str, str]]:
    """Files with their texts; what cannot be read is told instead."""
    texts: list[tuple[str, str]] = []
    for file in files:
        try:
            texts.append((file.name, read_policy(file.path)))
        except UnreadableError as error:
            message = f"This file {error}"
            told.append(Diagnostic("P009", message, file.name, error.line))
    return texts


def load_texts(
    texts: Iterable[tuple[str, str]],
    progress: Callable[[int, int], None] | None = None,
    found: Iterable[Diagnostic] = (),
    parsing: Parse = parse,
    kept: Kept | None = None,
) -> Loaded:
    """The same for texts that are given with their paths."""
    given = list(texts)
    diagnostics = list(found)
    units = []
    files: list[File] = []
    words: list[Alias] = []
    for done, (path, text) in enumerate(given, 1):
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        plain = text.replace("\r\n", "\n").replace("\r", "\n")
        file = File(path, plain, sha256)
        if is_words(path):
            aliases, faults = read_words(file.text, path)
            words += aliases
            diagnostics += faults
            files.append(file)
        else:
            parsed = parsing(text, path)
            diagnostics += parsed.diagnostics
            units.append((file, parsed.document))
        if progress:
            progress(done, len(given))
    model, more = compile_documents(units, kept)
    model = replace(model, files=(*model.files, *files), words=tuple(words))
    return Loaded(model, in_order([*diagnostics, *more]))
