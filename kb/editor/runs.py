"""Scenarios run and twins proposed for the text as it stands in the editor, saved or not."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from dsl.load.session import Session
from kb.build.compiler import build_folder
from kb.editor.index import Index
from kb.proofs.authoring_session import Workbook
from kb.proofs.bench import set_up
from kb.proofs.scenarios import run_scenarios
from kb.proofs.score import score_bench
from kb.proofs.twins import proposals_of
from kb.read.store import open_knowledge_base


class RunError(Exception):
    """Why nothing could be run; its text is for the author."""


def run_scenario(session: Session, index: Index, path: str, name: str) -> str:
    """What came out of one scenario of a file, in sentences.

    A scenario of a shared text is run for every policy based on it.  Raises
    ``RunError`` when the policy has errors or does not have the scenario.
    """
    with TemporaryDirectory() as scratch:
        database = built(session, index, path, Path(scratch))
        book = Workbook.open(database)
        with closing(open_knowledge_base(database)) as connection:
            runs = [
                run
                for run in run_scenarios(connection, book.engine)
                if run.name == name and run.file == path
            ]
    if not runs:
        raise RunError(f"No policy runs a scenario `{name}` of {path}.")
    failures = [f"{run.policy}: {text}" for run in runs for text in run.failures]
    if failures:
        return "\n".join([f"{name} failed:", *failures])
    policies = f"{len(runs)} policies" if len(runs) > 1 else runs[0].policy
    return f"{name} passed for {policies}."


def twins_of(session: Session, index: Index, path: str, rule: str) -> str:
    """Scenarios, ready to paste, that notice what none notices yet about a rule.

    Empty when every change of the rule is noticed.  Raises ``RunError``.
    """
    with TemporaryDirectory() as scratch:
        book = Workbook.open(built(session, index, path, Path(scratch)))
        found: list[str] = []
        taken: set[str] = set()
        for policy in book.policies():
            bench = set_up(book.engine, policy, book.scenarios(policy))
            score = score_bench(bench, book.sites, wanted=lambda m: m.subject == rule)
            names = {worked.name for worked in book.scenarios(policy)} | taken
            made = proposals_of(bench, score.survivors, taken=names)
            found += [twin.text for twin in made.twins if twin.text not in found]
            taken |= {twin.worked.name for twin in made.twins}
    return "\n".join(found)


def built(session: Session, index: Index, path: str, scratch: Path) -> Path:
    """A knowledge base of a file's policy and of all that it needs, and no more."""
    wanted = {index.policy_of.get(path, "")}
    wanted |= {p for p in index.based_on if wanted & set(index.lineage(p))}
    lines = {policy for one in wanted for policy in index.lineage(one)}
    folder = scratch / "policies"
    for name, (file, parsed) in session.files.items():
        own = index.policy_of.get(name, "")
        if own and own not in lines:
            sources = [
                i for i in parsed.document.items if i.kind in ("source", "payer")
            ]
            if not sources:
                continue
        place = folder / name
        if not place.resolve().is_relative_to(folder.resolve()):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(file.text, "utf-8")
    report = build_folder(folder, scratch / "kb.db")
    if report.errors:
        first = next(d for d in report.diagnostics if d.severity == "error")
        raise RunError(
            f"There are {report.errors} errors; the first: {first.file}:{first.line} "
            f"{first.message}"
        )
    return scratch / "kb.db"
