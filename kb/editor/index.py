"""Where names are declared and used, over all files of a session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from dsl.base.companions import is_scenarios, stem
from dsl.load.session import Session
from dsl.resolve.vocabulary import word_under
from dsl.syntax import nodes as n
from kb.editor.roles import KINDS_OF_ROLE, Spot, spots


@dataclass(frozen=True, slots=True)
class Place:
    """A word of a file."""

    path: str
    word: n.Word


@dataclass(frozen=True, slots=True)
class Declared:
    """An item that declares a name, with the policy that it belongs to."""

    path: str
    item: n.Item
    policy: str
    """Path of the policy of its file; empty in a file of shared words."""

    @property
    def place(self) -> Place:
        """Its name in its file."""
        return Place(self.path, self.item.name)


@dataclass(frozen=True, slots=True)
class Index:
    """All declarations by kind and name, and how policies build on each other."""

    declared: dict[tuple[str, str], list[Declared]]
    based_on: dict[str, str]
    files: dict[str, tuple[n.Item, ...]]
    policy_of: dict[str, str]
    """File -> its policy."""

    def meant(self, name: str, role: str, path: str) -> list[Declared]:
        """What a name in a file may mean, the nearest first.

        Items of the file's own policy, then of what it is based on, then shared words;
        items of other policies only when nothing nearer bears the name.
        """
        found = [
            one
            for kind in KINDS_OF_ROLE.get(role, ())
            for one in self.declared.get((kind, name), ())
        ]
        line = self.lineage(self.policy_of.get(path, ""))
        near = {policy: place for place, policy in enumerate([*line, ""])}
        inside = [one for one in found if one.policy in near]
        return sorted(inside or found, key=lambda one: near.get(one.policy, 0))

    def lineage(self, policy: str) -> list[str]:
        """A policy and what it is based on, deeper and deeper."""
        line: list[str] = []
        while policy and policy not in line:
            line.append(policy)
            policy = self.based_on.get(policy, "")
        return line

    def names(self, role: str, path: str) -> dict[str, Declared]:
        """Every name that may stand in a role in a file, with what it means."""
        kinds = KINDS_OF_ROLE.get(role, ())
        near = {*self.lineage(self.policy_of.get(path, "")), ""}
        found: dict[str, Declared] = {}
        for (kind, name), items in sorted(self.declared.items()):
            if kind not in kinds:
                continue
            fitting = [one for one in items if one.policy in near or role == "source"]
            if fitting or role in ("policy", "payer", "contractor"):
                found.setdefault(name, (fitting or items)[0])
        return found

    def uses(self, target: Declared) -> Iterator[Place]:
        """Every word that names an item, its declaration too."""
        name, kind = target.item.name.text, target.item.kind
        yield target.place
        for path, items in self.files.items():
            for item in items:
                for spot in spots(item):
                    fits = kind in KINDS_OF_ROLE.get(spot.role, ())
                    if not fits or spot.word.text != name:
                        continue
                    meant = self.meant(name, spot.role, path)
                    if meant and meant[0] == target:
                        yield Place(path, spot.word)


def index_of(session: Session) -> Index:
    """The index of a session's files."""
    declared: dict[tuple[str, str], list[Declared]] = defaultdict(list)
    based_on: dict[str, str] = {}
    policy_of: dict[str, str] = {}
    files: dict[str, tuple[n.Item, ...]] = {}
    heads = heads_of(session)
    for path, (_file, parsed) in sorted(session.files.items()):
        items = parsed.document.items
        files[path] = items
        head = heads.get(stem(path))
        policy = head.name.text if head else ""
        policy_of[path] = policy
        if head and (base := word_under(head, "based on")):
            based_on[policy] = base.text
        for item in items:
            if item.kind in ("change", "drop"):
                continue
            own = "" if item.kind in ("source", "payer", "contractor") else policy
            if item.kind in ("fact", "grouping", "code", "policy"):
                own = ""
            one = Declared(path, item, own)
            declared[item.kind, item.name.text].append(one)
    return Index(declared, based_on, files, policy_of)


def heads_of(session: Session) -> dict[str, n.Item]:
    """The head of each policy, by the path that its files share."""
    return {
        stem(path): item
        for path, (_file, parsed) in session.files.items()
        if not is_scenarios(path)
        for item in reversed(parsed.document.items)
        if item.kind == "policy"
    }


def meaning_of(spot: Spot, path: str, index: Index) -> Declared | None:
    """The item that a word names; for an item's own name the item itself."""
    if spot.role == "name":
        kinds = (spot.item.kind,)
        same = [
            one
            for kind in kinds
            for one in index.declared.get((kind, spot.word.text), ())
            if one.path == path and one.item is spot.item
        ]
        return same[0] if same else None
    found = index.meant(spot.word.text, spot.role, path)
    return found[0] if found else None
