"""Compiled policies kept while their files change one by one, as in an editor."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from dsl.base.diagnostics import Diagnostic
from dsl.base.model import File, Policy
from dsl.resolve.overlay import OWN_KINDS, Draft
from dsl.resolve.vocabulary import word_under
from dsl.syntax import nodes as n

OF_A_POLICY = frozenset({*OWN_KINDS, "policy", "change", "drop"})


@dataclass(slots=True)
class Kept:
    """Compiled policies kept from one run to the next, for files that change one by one."""

    policies: dict[str, tuple[str, Policy, tuple[Diagnostic, ...]]] = field(
        default_factory=dict
    )
    """Policy version -> what it was compiled from, the policy, its diagnostics."""
    shared_words: dict[str, str] = field(default_factory=dict)
    """Hash of a file -> hash of what it declares for every policy."""
    earlier: Callable[[str, str], Policy | None] = lambda _version, _made_from: None
    """A policy version without a fault as an earlier process compiled it from the same."""


class Keys:
    """What each policy is compiled from, as a hash: its files and all shared words."""

    def __init__(
        self,
        units: Iterable[tuple[File, n.Document]],
        drafts: dict[str, list[Draft]],
        kept: Kept,
    ) -> None:
        self.kept = kept
        self.files = {file.path: file.sha256 for file, _document in units}
        self.drafts = drafts
        for file, document in units:
            if file.sha256 not in kept.shared_words:
                kept.shared_words[file.sha256] = hash_of(declared(document))
        self.words = hash_of([kept.shared_words[file.sha256] for file, _d in units])

    def of(self, draft: Draft) -> str:
        """The key of a policy version."""
        lineage = lineage_of(draft, self.drafts)
        files = sorted({path for d in lineage for path in d.reporters()})
        return hash_of([self.words, *((f, self.files[f]) for f in files)])


def lineage_of(draft: Draft, drafts: dict[str, list[Draft]]) -> list[Draft]:
    """The policy and every version of what it is based on, however deep."""
    found, waiting, seen = [], [draft], {draft.path}
    while waiting:
        found.append(one := waiting.pop())
        base = word_under(one.head.item, "based on")
        if base and base.text not in seen:
            seen.add(base.text)
            waiting += drafts.get(base.text, [])
    return found


def declared(document: n.Document) -> list[object]:
    """What a file declares for every policy, without its places."""
    has_policy = any(item.kind == "policy" for item in document.items)
    return [
        n.meaning(item)
        for item in document.items
        if item.kind not in (OF_A_POLICY if has_policy else ("scenario",))
    ]


def hash_of(value: object) -> str:
    """A hash of what a value prints as."""
    return hashlib.sha256(repr(value).encode()).hexdigest()
