"""Files and folders to the checked model, with a cache of parsed files."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from dsl.compiler import compile_documents
from dsl.diagnostics import Diagnostic, in_order
from dsl.model import File, Model
from dsl.parser import Parsed, parse

LANGUAGE_VERSION = "1.0"
ENDING = ".policy"


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
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Loaded:
    """Read, parse and check every ``.policy`` file under a folder.

    Paths in the model are relative to the folder, with forward slashes.  ``cache``
    is a folder for parsed files, by content hash.  ``progress`` is told how many of
    how many files are parsed.  A file that cannot be read is a diagnostic.
    """
    paths = sorted(p for p in folder.rglob(f"*{ENDING}") if p.is_file())
    texts: list[tuple[str, str]] = []
    unreadable: list[Diagnostic] = []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            texts.append((name, path.read_bytes().decode("utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            reason = "it is not UTF-8 text" if isinstance(error, ValueError) else error
            message = f"I cannot read this file: {reason}."
            unreadable.append(Diagnostic("P009", message, name, 1))
    return load_texts(texts, cache, progress, unreadable)


def load_texts(
    texts: Iterable[tuple[str, str]],
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    found: Iterable[Diagnostic] = (),
) -> Loaded:
    """The same for texts that are given with their paths."""
    given = list(texts)
    diagnostics = list(found)
    units = []
    for done, (path, text) in enumerate(given, 1):
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        parsed = parse_cached(path, text, sha256, cache)
        diagnostics += parsed.diagnostics
        plain = text.replace("\r\n", "\n").replace("\r", "\n")
        units.append((File(path, plain, sha256), parsed.document))
        if progress:
            progress(done, len(given))
    model, more = compile_documents(units)
    return Loaded(model, in_order([*diagnostics, *more]))


def parse_cached(path: str, text: str, sha256: str, cache: Path | None) -> Parsed:
    """Parse a text, or take what was parsed from the same text before."""
    if cache is None:
        return parse(text, path)
    key = hashlib.sha256(f"{parser_fingerprint()} {path} {sha256}".encode()).hexdigest()
    stored = cache / key[:2] / key[2:]
    try:
        # The cache is our own build folder, as trusted as the code that writes it.
        kept = pickle.loads(stored.read_bytes())  # noqa: S301
        if isinstance(kept, Parsed):
            return kept
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError):
        pass
    parsed = parse(text, path)
    stored.parent.mkdir(parents=True, exist_ok=True)
    beside = stored.with_suffix(".new")
    beside.write_bytes(pickle.dumps(parsed))
    beside.replace(stored)
    return parsed


def parser_fingerprint() -> str:
    """A hash of the code that parses: a change of it empties the cache."""
    if not _fingerprint:
        names = (
            "policy.lark",
            "parser.py",
            "builder.py",
            "nodes.py",
            "expectations.py",
        )
        sources = (files("dsl").joinpath(name).read_bytes() for name in names)
        _fingerprint.append(hashlib.sha256(b"\0".join(sources)).hexdigest())
    return _fingerprint[0]


_fingerprint: list[str] = []
