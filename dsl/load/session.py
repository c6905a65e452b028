"""Policy files that change one by one, kept parsed and checked: what an editor works on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from dsl.base.characters import unix_ends
from dsl.base.diagnostics import in_order
from dsl.base.model import File
from dsl.compile.compiler import compile_documents
from dsl.compile.incremental import Kept
from dsl.load.folder import Loaded
from dsl.syntax.parser import Parsed, parse


@dataclass(slots=True)
class Session:
    """The files of one folder; paths are relative to it, with forward slashes."""

    files: dict[str, tuple[File, Parsed]] = field(default_factory=dict)
    kept: Kept = field(default_factory=Kept)

    def put(self, path: str, text: str) -> None:
        """Take a file's text, new or changed; the same text again costs nothing."""
        sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if path in self.files and self.files[path][0].sha256 == sha256:
            return
        self.files[path] = (File(path, unix_ends(text), sha256), parse(text, path))

    def drop(self, path: str) -> None:
        """Forget a file; one that is not there is no matter."""
        self.files.pop(path, None)

    def loaded(self) -> Loaded:
        """The model with all diagnostics, as ``dsl.load.folder.load_texts`` gives them.

        Only what a change can have touched is compiled again.
        """
        units = [(file, parsed.document) for file, parsed in self.files.values()]
        model, found = compile_documents(units, self.kept)
        of_parsing = (
            d for _file, parsed in self.files.values() for d in parsed.diagnostics
        )
        return Loaded(model, in_order([*of_parsing, *found]))
