"""The scenarios of a knowledge base, read once: their claims and what they expect."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from kb.claims import Claim, read_json_value

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WorkedClaim:
    """One scenario of a policy version, with its claim as the engine reads it."""

    version: str
    """Row id of the policy version that it runs for."""
    policy: str
    """Path of that policy."""
    name: str
    title: str
    source: Json
    """The claim in its JSON form, as the language wrote it."""
    claim: Claim
    expect: tuple[Json, ...]
    file: str
    line: int

    @property
    def rules_named(self) -> frozenset[str]:
        """Names of the rules that an expectation asks about."""
        return frozenset(x["by"] for x in self.expect if x["by"])


def read_worked_claims(connection: Connection) -> dict[str, tuple[WorkedClaim, ...]]:
    """The scenarios by policy version, in the order of their file.

    A scenario whose claim cannot be read is left out: ``payerkb test`` tells why.
    """
    found: dict[str, list[WorkedClaim]] = defaultdict(list)
    for row in connection.execute(
        "SELECT v.id, v.policy, s.name, s.title, s.claim, s.expect, s.file, s.line"
        " FROM scenario AS s JOIN policy_version AS v ON v.id = s.policy_version"
        " ORDER BY v.policy, v.id, s.position"
    ):
        version, policy, name, title, claim, expect, file, line = tuple(row)
        source = json.loads(claim)
        read = read_json_value(source)
        if read.bad or len(read.claims) != 1:
            continue
        found[version].append(
            WorkedClaim(
                version=version,
                policy=policy,
                name=name,
                title=title,
                source=source,
                claim=read.claims[0],
                expect=tuple(json.loads(expect)),
                file=file,
                line=line,
            )
        )
    return {version: tuple(claims) for version, claims in found.items()}
