"""Scenarios run and twins proposed for the text as it stands in the editor, saved or not."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from dsl.base.companions import scenarios_beside
from dsl.errors import PayerkbError
from dsl.load.session import Session
from dsl.resolve.vocabulary import word_under
from dsl.syntax.nodes import Item
from kb.build.compiler import build_folder
from kb.editor.index import Index
from kb.proofs.authoring_session import Workbook
from kb.proofs.bench import set_up
from kb.proofs.scenarios import run_scenarios
from kb.proofs.score import score_bench
from kb.proofs.twins import proposals_of
from kb.read.store import open_knowledge_base

KNOWN_TO_ALL = frozenset(
    {"source", "payer", "contractor", "reasons", "fact", "grouping", "code"}
)
"""Kinds of item that every file may name, wherever they stand."""


class RunError(PayerkbError):
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
        about = about_file(index, path)
        for policy in (p for p in book.policies() if p.policy in about):
            bench = set_up(book.engine, policy, book.scenarios(policy))
            score = score_bench(bench, book.sites, wanted=lambda m: m.subject == rule)
            names = {worked.name for worked in book.scenarios(policy)} | taken
            made = proposals_of(bench, score.survivors, taken=names)
            found += [twin.text for twin in made.twins if twin.text not in found]
            taken |= {twin.worked.name for twin in made.twins}
    return "\n".join(found)


def scenarios_of(session: Session, path: str) -> str:
    """Where a policy's new scenarios go: into the file beside it when there is one."""
    beside = scenarios_beside(path)
    return beside if beside in session.files else path


def built(session: Session, index: Index, path: str, scratch: Path) -> Path:
    """A knowledge base of a file's policy and of all that it needs, and no more."""
    needed = policies_needed(session, index, path)
    folder = scratch / "policies"
    for name, (file, parsed) in session.files.items():
        own = index.policy_of.get(name, "")
        whole = not own or own in needed
        text = file.text if whole else words_for_all(file.text, parsed.document.items)
        if not text:
            continue
        place = folder / name
        if not place.resolve().is_relative_to(folder.resolve()):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    report = build_folder(folder, scratch / "kb.db")
    if report.errors:
        first = next(d for d in report.diagnostics if d.severity == "error")
        raise RunError(
            f"There are {report.errors} errors; the first: {first.file}:{first.line} "
            f"{first.message}"
        )
    return scratch / "kb.db"


def policies_needed(session: Session, index: Index, path: str) -> set[str]:
    """The policies of a file, those based on them, and whatever these rest on.

    They rest on what they are based on, and on the policies of the payer that they defer
    to.  Worked claims of a policy without rules are asked of every policy.
    """
    heads = {
        index.policy_of[name]: item
        for name, (_file, parsed) in session.files.items()
        for item in parsed.document.items
        if item.kind == "policy"
    }
    wanted = about_file(index, path)
    own = index.policy_of[path]
    kinds = {item.kind for name, items in index.files.items()
             if index.policy_of[name] == own for item in items}  # fmt: skip
    if not kinds & {"rule", "gap"} and not any(
        index.based_on.get(policy) for policy in wanted
    ):
        return set(heads)
    lines = {policy for one in wanted for policy in index.lineage(one)}
    payers = {text_of(heads.get(policy), "defers to") for policy in lines} - {""}
    followed = {p for p, head in heads.items() if text_of(head, "payer") in payers}
    return lines | {policy for one in followed for policy in index.lineage(one)}


def about_file(index: Index, path: str) -> set[str]:
    """The policy of a file, and those based on it."""
    own = index.policy_of.get(path, "")
    return {own, *(p for p in index.based_on if own in index.lineage(p))}


def text_of(head: Item | None, label: str) -> str:
    """The word behind a label of a policy's head; empty without it."""
    word = word_under(head, label) if head else None
    return word.text if word else ""


def words_for_all(text: str, items: tuple[Item, ...]) -> str:
    """The items of a policy's file that every file may name, each on its own line."""
    lines = text.split("\n")
    shared = [item for item in items if item.kind in KNOWN_TO_ALL]
    if not shared:
        return ""
    kept = {n for item in shared for n in range(item.line, item.end_line + 1)}
    return "\n".join(x if n in kept else "" for n, x in enumerate(lines, 1)) + "\n"
