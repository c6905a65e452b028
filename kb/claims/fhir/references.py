"""Where a reference leads: inside the resource or its Bundle, never anywhere else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kb.claims.fhir.nodes import word
from kb.claims.json.checks import Json, Node, wrong
from kb.claims.near import listed


class Resource(NamedTuple):
    """A resource, and the one in whose ``contained`` its ``#`` references are found."""

    node: Node
    holder: Node

    @property
    def kind(self) -> str:
        """The resource's type, as ``Patient``."""
        return str(self.node.obj.get("resourceType"))


class Bundle:
    """The resources that references may lead to, by each name that they have.

    A name that two resources share leads to neither.
    """

    def __init__(self, entries: Iterable[tuple[str, Json, str]] = ()) -> None:
        self._named: dict[str, tuple[Json, str] | None] = {}
        for url, resource, path in entries:
            for name in _names_of(url, resource):
                known = self._named.get(name, (resource, path))
                same = known is not None and known[0] is resource
                self._named[name] = (resource, path) if same else None

    def find(
        self, reference: Node, holder: Node, kinds: tuple[str, ...]
    ) -> Resource | None:
        """The resource that a reference leads to, of one of these types.

        ``None`` when it is not here.  One of another type is a fault.
        """
        name = word(reference, "reference")
        if not name:
            return None
        found = (
            self._contained(name, holder)
            if name[0] == "#"
            else self._entry(name, holder)
        )
        if found is None or found.kind in kinds:
            return found
        reference.faults.append(
            wrong(f"{reference.at}reference", name, f"a reference to {listed(kinds)}")
        )
        return None

    def _contained(self, name: str, holder: Node) -> Resource | None:
        listed_there = holder.obj.get("contained")
        for index, one in enumerate(
            listed_there if isinstance(listed_there, list) else ()
        ):
            if isinstance(one, dict) and one.get("id") == name[1:]:
                node = Node(one, f"{holder.at}contained[{index}].", holder.faults)
                return Resource(node, holder)
        return None

    def _entry(self, name: str, holder: Node) -> Resource | None:
        found = self._named.get(name.partition("/_history/")[0])
        if found is None:
            return None
        node = Node(found[0], found[1], holder.faults)
        return Resource(node, node)


def _names_of(url: str, resource: Json) -> set[str]:
    """How references name a resource: by its full address, and by type and id."""
    kind, identifier = resource.get("resourceType"), resource.get("id")
    names = {url} if url else set()
    if isinstance(kind, str) and isinstance(identifier, str):
        names.add(f"{kind}/{identifier}")
    return names


def logical_id(reference: Node, kind: str) -> str:
    """The id of the resource that a reference names, be it here or not.

    Empty for a reference to another type, into the resource, or by a search.
    """
    name = word(reference, "reference").partition("/_history/")[0]
    if name.startswith("urn:uuid:"):
        return name.removeprefix("urn:uuid:")
    before, _, identifier = name.rpartition("/")
    is_one = before == kind or before.endswith(f"/{kind}")
    return identifier if is_one and "?" not in name else ""
