"""The workbook: a knowledge base opened for its authors, with all of its scenarios."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kb.engine.judge.evaluate import Engine
from kb.engine.program import CompiledPolicy
from kb.mutation.mutants import Sites, read_sites
from kb.proofs.scenario_claims import WorkedClaim, read_worked_claims
from kb.read.store import open_knowledge_base


@dataclass(frozen=True, slots=True)
class Workbook:
    """An engine, the scenarios of each policy version, and where everything stands."""

    engine: Engine
    worked: dict[str, tuple[WorkedClaim, ...]]
    sites: Sites

    @classmethod
    def open(cls, database: Path) -> Workbook:
        """The workbook of a knowledge base file.

        Raises ``kb.read.store.KnowledgeBaseError`` when there is no usable database.
        """
        with closing(open_knowledge_base(database)) as connection:
            return cls(
                engine=Engine.reading(connection).taking_any_facts(),
                worked=read_worked_claims(connection),
                sites=read_sites(connection),
            )

    def policies(self, path: str | None = None) -> tuple[CompiledPolicy, ...]:
        """The policy versions, or those of one path or row id."""
        # A payer that follows another's policies has copies of them; each is meant once.
        once = {policy.id: policy for policy in reversed(self.engine.program.policies)}
        return tuple(
            once[key]
            for key in sorted(once)
            if path is None or path in (once[key].policy, key)
        )

    def scenarios(self, policy: CompiledPolicy) -> tuple[WorkedClaim, ...]:
        """The scenarios of a policy version."""
        return self.worked.get(policy.id, ())
