"""What the commands for authors share: which policies and rules are meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.options import stop
from kb.read.store import KnowledgeBaseError

if TYPE_CHECKING:
    from kb.engine.program import CompiledPolicy
    from kb.mutation.mutants import Mutant
    from kb.proofs.authoring_session import Workbook


policy_option = click.option(
    "--policy",
    "path",
    metavar="POLICY",
    help="Only this policy: its path, or its row id with the day.",
)
fail_under_option = click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    default=0,
    metavar="PERCENT",
    help="Leave with 1 when a policy is below this.",
)


def open_workbook(database: Path) -> Workbook:
    """The knowledge base with its scenarios; leaves with 2 when there is none."""
    from kb.proofs.authoring_session import Workbook  # noqa: PLC0415  (only authors need it)

    try:
        return Workbook.open(database)
    except KnowledgeBaseError as error:
        stop(str(error))


def policies_meant(book: Workbook, path: str | None) -> tuple[CompiledPolicy, ...]:
    """The policies to look at; leaves with 2 when there is no such policy."""
    found = book.policies(path)
    if not found:
        known = ", ".join(sorted({policy.policy for policy in book.policies()}))
        stop(f"There is no policy `{path}` that decides. There are: {known or 'none'}.")
    return found


def about(name: str | None) -> Callable[[Mutant], bool]:
    """Whether a mutant's policy, rule or code list has a name that holds ``name``."""

    def meant(mutant: Mutant) -> bool:
        return name is None or name in mutant.policy.policy or name in mutant.subject

    return meant
