"""Policies and their versions, code sets and dated values, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dsl.base.model import CodeSet, Policy, Value
from kb.build.prose import read_prose
from kb.database.policy_rows import (
    CodeSetCitationRow,
    CodeSetMemberRow,
    CodeSetRow,
    DatedValueAmountRow,
    DatedValueCitationRow,
    DatedValueRow,
    PolicyCitationRow,
    PolicyOverlayRow,
    PolicyPlanRow,
    PolicyRow,
    PolicyStateRow,
    PolicyVersionRow,
)
from kb.database.row_values import citation_rows, day_text
from kb.database.table_rows import Rows

ANY_PAYER = "any"


def policy_rows(policies: Sequence[Policy]) -> Rows:
    """One row a policy, titled as its latest version (``policies`` by version)."""
    titles = {policy.path: policy.title for policy in policies}
    return {"policy": [PolicyRow(path, title) for path, title in titles.items()]}


def policy_version_rows(policies: Sequence[Policy]) -> Rows:
    """Rows of versions with their states, plans, citations and overlay actions."""
    return {
        "policy_version": [_version_row(policy) for policy in policies],
        "policy_state": [
            PolicyStateRow(policy.version, state)
            for policy in policies
            for state in sorted(set(policy.states))
        ],
        "policy_plan": [
            PolicyPlanRow(policy.version, plan)
            for policy in policies
            for plan in sorted(set(policy.plans))
        ],
        "policy_citation": [
            row
            for policy in policies
            for row in citation_rows(
                PolicyCitationRow, policy.version, policy.citations
            )
        ],
        "policy_overlay": [
            PolicyOverlayRow(policy.version, action, item)
            for policy in policies
            for action, items in (
                ("changed", policy.changed),
                ("dropped", policy.dropped),
            )
            for item in sorted(set(items))
        ],
    }


def _version_row(policy: Policy) -> PolicyVersionRow:
    named = policy.payer not in {"", ANY_PAYER}
    stated = policy.first_day.stated
    return PolicyVersionRow(
        id=policy.version,
        policy=policy.path,
        title=policy.title,
        payer=policy.payer if named else None,
        any_payer=int(policy.payer == ANY_PAYER),
        contractor=policy.contractor or None,
        status=policy.status,
        based_on=policy.based_on or None,
        defers_to=policy.defers_to or None,
        delegated_to=policy.delegated_to,
        decides=policy.decides,
        from_day=day_text(policy.span.start),
        through_day=day_text(policy.span.end),
        clock=policy.span.clock,
        ended=int(policy.span.ended),
        first_day_source=stated.source if stated else None,
        first_day_passage=stated.passage if stated else "",
        first_day_grade=policy.first_day.grade,
        stand_in=int(not policy.first_day.found),
        read_in=day_text(policy.first_day.read_in),
        carried=int(policy.carried),
        prose_html=read_prose(policy.prose).html,
        prose_text=read_prose(policy.prose).text,
        file=policy.place.file,
        line=policy.place.line,
        end_line=policy.place.end_line,
    )


def code_set_rows(code_sets: Mapping[str, CodeSet], versions: set[str]) -> Rows:
    """Rows of code sets; one whose key starts with a policy version is its own."""
    return {
        "code_set": [
            CodeSetRow(
                id=key,
                policy_version=_owner(key, versions),
                name=code_set.name,
                title=code_set.title,
                kind=code_set.kind,
                sha256=code_set.sha256,
                prose_html=read_prose(code_set.prose).html,
                file=code_set.place.file,
                line=code_set.place.line,
            )
            for key, code_set in code_sets.items()
        ],
        "code_set_member": [
            row for code_set in code_sets.values() for row in _member_rows(code_set)
        ],
        "code_set_citation": [
            row
            for key, code_set in code_sets.items()
            for row in citation_rows(CodeSetCitationRow, key, code_set.citations)
        ],
    }


def _owner(key: str, versions: set[str]) -> str | None:
    version = key.partition("#")[0]
    return version if version in versions else None


def _member_rows(code_set: CodeSet) -> Iterator[CodeSetMemberRow]:
    for member in code_set.members:
        yield CodeSetMemberRow(
            code_set.key,
            member.code,
            day_text(member.span.start),
            day_text(member.span.end),
        )


def value_rows(policies: Iterable[Policy]) -> Rows:
    """Rows of dated values with their amounts and citations."""
    values = [(policy.version, value) for policy in policies for value in policy.values]
    return {
        "dated_value": [
            DatedValueRow(
                policy_version=version,
                name=value.name,
                title=value.title,
                prose_html=read_prose(value.prose).html,
                file=value.place.file,
                line=value.place.line,
            )
            for version, value in values
        ],
        "dated_value_amount": [
            row for version, value in values for row in _amount_rows(version, value)
        ],
        "dated_value_citation": [
            DatedValueCitationRow(
                version, value.name, position, cited.source, cited.passage, cited.quote
            )
            for version, value in values
            for position, cited in enumerate(value.citations, 1)
        ],
    }


def _amount_rows(version: str, value: Value) -> Iterator[DatedValueAmountRow]:
    for dated in value.amounts:
        yield DatedValueAmountRow(
            policy_version=version,
            name=value.name,
            amount=str(dated.amount.amount),
            unit=dated.amount.unit,
            in_case=dated.case,
            from_day=day_text(dated.span.start),
            through_day=day_text(dated.span.end),
        )
