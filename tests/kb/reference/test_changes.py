"""What changes for claims between two days, and whether it is stricter or looser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from kb.build.compiler import build_folder
from kb.read.store import KnowledgeBase, open_knowledge_base, policies
from kb.reference.changes import Change, changes_between, due_between
from kb.reference.strictness import SEVERITY, opposite

ALWAYS = (date(1990, 1, 1), date(2090, 1, 1))
HEAD = """\
payer acme: Acme
  line of business: commercial
payer other: Other
  line of business: commercial
source S: A document
  grade: primary
  read on: 2026-01-01
  review by: 2026-09-01
code 64483: A code
code 64484: Another code
reasons commercial: Reasons
  frequency: CO-151
fact imaging-done: Imaging
  kind: yes-no
  of: claim
"""
OLD = "  in force: from 2025-01-01 through 2025-12-31\n  cite: S\n"
NEW = "  in force: from 2026-01-01\n  cite: S\n"
Built = Callable[..., KnowledgeBase]


def policy(days: str, *rules: str, payer: str = "acme") -> str:
    return f"policy {payer}/p: A policy\n  payer: {payer}\n{days}\n" + "\n".join(rules)


def rule(
    duty: str, name: str = "few", otherwise: str = "deny for frequency", more: str = ""
) -> str:
    return (
        f"rule {name}: Title of {name}\n  for: 64483\n{more}  {duty}\n"
        f"  otherwise: {otherwise}\n  fix: Wait.\n  cite: S\n"
    )


@pytest.fixture
def built(tmp_path: Path) -> Iterator[Built]:
    opened = []

    def build(*texts: str) -> KnowledgeBase:
        folder = tmp_path / "policies"
        folder.mkdir()
        for number, text in enumerate([HEAD, *texts]):
            (folder / f"{number}.policy").write_text(text, "utf-8")
        report = build_folder(folder, tmp_path / "kb.db")
        assert [d.render() for d in report.diagnostics if d.severity == "error"] == []
        opened.append(open_knowledge_base(tmp_path / "kb.db"))
        return KnowledgeBase(opened[-1])

    yield build
    for each in opened:
        each.close()


def told(kb: KnowledgeBase) -> list[tuple[str, str, str, str]]:
    return [(c.day, c.kind, c.text, c.was) for c in changes_between(kb, *ALWAYS)]


YEAR = "in any 12 months"
APART = "interval: at least"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (f"limit: 4 sessions {YEAR}", f"limit: 3 sessions {YEAR}", "stricter"),
        (f"limit: 3 sessions {YEAR}", f"limit: 4 sessions {YEAR}", "looser"),
        (f"limit: 3 sessions {YEAR}", "limit: 3 sessions in any 6 months", "looser"),
        ("limit: 3 sessions in any 30 days", f"limit: 3 sessions {YEAR}", "stricter"),
        (f"limit: 3 sessions {YEAR}", f"limit: 3 sessions per level {YEAR}", "changed"),
        (f"limit: 3 sessions {YEAR}", f"limit: 3 lines {YEAR}", "changed"),
        *(
            (f"{APART} {one} between sessions", f"{APART} {other} between sessions", kind)
            for one, other, kind in (
                ("14 days", "7 days", "looser"),
                ("14 days", "4 weeks", "stricter"),
                ("2 months", "10 weeks", "stricter"),
            )
        ),
        ("require: imaging-done", f"limit: 3 sessions {YEAR}", "changed"),
    ],
)  # fmt: skip
def test_two_versions_are_compared_by_their_numbers(
    built: Built, before: str, after: str, kind: str
) -> None:
    kb = built(policy(OLD, rule(before)), policy(NEW, rule(after)))
    (found,) = [c for c in changes_between(kb, *ALWAYS) if c.day == "2026-01-01"]

    assert found.kind == kind
    assert found.was
    assert found.path == "/policy/acme/p@2026-01-01#rule-few"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("deny for frequency", "review", "looser"),
        ("review", "deny for frequency", "stricter"),
    ],
)
def test_a_harder_outcome_is_stricter(
    built: Built, before: str, after: str, kind: str
) -> None:
    one = f"limit: 3 sessions {YEAR}"
    kb = built(
        policy(OLD, rule(one, otherwise=before)),
        policy(NEW, rule(one, otherwise=after)),
    )

    assert [c[1] for c in told(kb) if c[0] == "2026-01-01"] == [kind]


def test_versions_that_say_the_same_have_no_change(built: Built) -> None:
    one = rule(f"limit: 3 sessions {YEAR}")
    kb = built(policy(OLD, one), policy(NEW, one))

    assert [each[:2] for each in told(kb)] == [("2025-01-01", "new")]


def test_a_rule_more_is_stricter_and_one_less_is_looser(built: Built) -> None:
    few = rule(f"limit: 3 sessions {YEAR}")
    apart = rule("interval: at least 14 days between sessions", "apart")
    kb = built(policy(OLD, few), policy(NEW, apart))

    assert told(kb)[:2] == [
        ("2026-01-01", "looser", "", f"At most 3 sessions {YEAR}"),
        ("2026-01-01", "stricter", "At least 14 days between sessions", ""),
    ]


def test_a_rule_that_begins_and_ends_within_its_version(built: Built) -> None:
    more = "  in force: from 2026-03-01 through 2026-06-30\n"
    kb = built(policy(NEW, rule(f"limit: 3 sessions {YEAR}", more=more)))

    assert [each[:2] for each in told(kb)] == [
        ("2026-07-01", "ended"),
        ("2026-03-01", "stricter"),
        ("2026-01-01", "new"),
    ]


def test_a_policy_that_nothing_follows_ends_the_day_after(built: Built) -> None:
    kb = built(policy(OLD, rule(f"limit: 3 sessions {YEAR}")))

    assert told(kb)[0] == ("2026-01-01", "ended", "", "In force through 2025-12-31")


def test_codes_come_into_a_list_and_leave_it(built: Built) -> None:
    listed = "codes some: Some codes\n  include: 64483\n"
    listed += "  include from 2026-04-01 through 2026-08-31: 64484\n"
    listed += rule(f"limit: 3 sessions {YEAR}").replace("for: 64483", "for: some")
    kb = built(policy(NEW, listed))

    assert [each for each in told(kb) if each[1] == "changed"] == [
        ("2026-09-01", "changed", "64484 removed", ""),
        ("2026-04-01", "changed", "64484 added", ""),
    ]


def test_only_the_days_and_the_payer_that_are_asked_for(built: Built) -> None:
    few = rule(f"limit: 3 sessions {YEAR}")
    kb = built(policy(NEW, few), policy(NEW, few, payer="other"))
    day = date(2026, 1, 1)

    assert len(changes_between(kb, day, day)) == 2
    assert [c.policy.payer for c in changes_between(kb, day, day, "other")] == ["other"]
    assert changes_between(kb, date(2026, 1, 2), ALWAYS[1]) == ()
    assert changes_between(kb, ALWAYS[0], date(2025, 12, 31)) == ()


def test_sources_are_due_on_their_review_day(built: Built) -> None:
    kb = built(policy(NEW))
    day = date(2026, 9, 1)

    assert [each.id for each in due_between(kb, day, day)] == ["S"]
    assert due_between(kb, date(2026, 9, 2), ALWAYS[1]) == ()


def test_every_change_of_the_shipped_policies_has_a_key_of_its_own(
    shipped_database: Path,
) -> None:
    with closing(open_knowledge_base(shipped_database)) as connection:
        kb = KnowledgeBase(connection)
        found = changes_between(kb, *ALWAYS)
        versions = [each for each in policies(kb) if each.status != "shared"]

    keys = [each.key for each in found]
    assert len(keys) == len(set(keys))
    begun = {each.policy.id for each in found if each.kind == "new"}
    assert begun == {each.id for each in versions if each.from_day}
    assert all(_says_something(each) for each in found)


def _says_something(change: Change) -> bool:
    return bool(
        change.title and (change.text or change.was or change.policy.rules == 0)
    )


def test_the_way_back_of_the_way_back_is_the_way() -> None:
    for direction in ("stricter", "looser", "changed"):
        assert opposite(opposite(direction)) == direction
    assert SEVERITY[-1] == "deny"
