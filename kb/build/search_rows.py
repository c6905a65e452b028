"""What the search page looks through: rules, policies, sources, codes and payers.

A policy with several versions is one entry, that of its latest version; a rule is one
entry a policy, from the latest version that has it.  Shared texts decide nothing by
themselves, so their rules are found through the policies based on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from dsl.base.model import Citation, CodeSet, Model, Policy, Rule
from kb.build.labels import diagnosis_labels
from kb.build.prose import read_prose
from kb.build.references import Mentions
from kb.build.rule_rows import rule_ids
from kb.database.policy_rows import SearchEntryRow

NO_DAY = date.min
KIND_WORDS = {
    "procedure": "Procedure code",
    "diagnosis": "Diagnosis code",
    "modifier": "Modifier",
    "place": "Place of service",
    "word": "Word of a list",
}


class _Entry(NamedTuple):
    kind: str
    item: str
    title: str
    subtitle: str
    path: str
    codes: str
    body: str


def search_rows(
    model: Model,
    code_sets: Mapping[str, CodeSet],
    kinds: Mapping[str, str],
    mentions: Mapping[str, Mentions],
) -> Sequence[SearchEntryRow]:
    """All entries, numbered in order of kind and item; ``kinds`` has every code."""
    names = {payer.key: payer.title for payer in model.payers}
    names |= {contractor.key: contractor.title for contractor in model.contractors}
    states = {contractor.key: contractor.states for contractor in model.contractors}
    entries = [
        *_code_entries(model, kinds),
        *_payer_entries(model),
        *(
            _policy_entry(
                policy,
                _whose(policy, names),
                policy.states or states.get(policy.contractor, ()),
                _codes_of(*_sets_of(policy, code_sets, mentions)),
            )
            for policy in latest_versions(model.policies)
        ),
        *_rule_entries(model.policies, names, code_sets),
        *_source_entries(model),
    ]
    entries.sort(key=lambda entry: (entry.kind, entry.item))
    return [SearchEntryRow(number, *entry) for number, entry in enumerate(entries, 1)]


def latest_versions(policies: Iterable[Policy]) -> list[Policy]:
    """The last version of each policy, in order of their paths."""
    latest: dict[str, Policy] = {}
    for policy in sorted(policies, key=lambda policy: policy.span.start or NO_DAY):
        latest[policy.path] = policy
    return [latest[path] for path in sorted(latest)]


def _code_entries(model: Model, kinds: Mapping[str, str]) -> Iterator[_Entry]:
    known = {code.code: code for code in model.codes}
    labels = diagnosis_labels()
    for code, kind in kinds.items():
        item = known.get(code)
        yield _Entry(
            kind="code",
            item=code,
            title=f"{code} {item.label if item else labels.get(code, '')}".strip(),
            subtitle=KIND_WORDS[kind],
            path=f"/code/{code}",
            codes=code,
            body=read_prose(item.prose).text if item else "",
        )


def _payer_entries(model: Model) -> Iterator[_Entry]:
    for payer in model.payers:
        yield _Entry(
            kind="payer",
            item=payer.key,
            title=payer.title,
            subtitle=payer.line_of_business,
            path=f"/payer/{payer.key}",
            codes="",
            body=_joined(
                *payer.also_called, *payer.identifiers, read_prose(payer.prose).text
            ),
        )


def _source_entries(model: Model) -> Iterator[_Entry]:
    for source in model.sources:
        yield _Entry(
            kind="source",
            item=source.key,
            title=f"{source.key} {source.title}",
            subtitle=_joined(
                source.publisher, source.version and f"version {source.version}"
            ),
            path=f"/source/{source.key}",
            codes="",
            body=read_prose(source.prose).text,
        )


def _policy_entry(
    policy: Policy, whose: str, states: Iterable[str], codes: str
) -> _Entry:
    return _Entry(
        kind="policy",
        item=policy.path,
        title=policy.title,
        subtitle=whose,
        path=f"/policy/{policy.path}",
        codes=codes,
        body=_joined(
            read_prose(policy.prose).text,
            *(code_set.title for code_set in policy.code_sets),
            *_cited(policy.citations),
            " ".join(states),
        ),
    )


def _sets_of(
    policy: Policy, code_sets: Mapping[str, CodeSet], mentions: Mapping[str, Mentions]
) -> list[CodeSet]:
    """The policy's own sets, and those elsewhere that its rules name."""
    keys = {code_set.key for code_set in policy.code_sets}
    keys |= {rule.scope for rule in policy.rules if rule.scope is not None}
    for rule_id in rule_ids(policy):
        keys |= {named.code_set for named in mentions[rule_id].code_sets}
    return [code_sets[key] for key in sorted(keys) if key in code_sets]


def _rule_entries(
    policies: Iterable[Policy],
    names: Mapping[str, str],
    code_sets: Mapping[str, CodeSet],
) -> Iterator[_Entry]:
    latest = {policy.path: policy.version for policy in latest_versions(policies)}
    scopes: dict[str, str] = {}
    for (path, name), (policy, rule) in sorted(_latest_rules(policies).items()):
        is_current = latest[path] == policy.version
        where = path if is_current else policy.version
        scope = rule.scope or ""
        if scope in code_sets and scope not in scopes:
            scopes[scope] = _codes_of(code_sets[scope])
        yield _Entry(
            kind="rule",
            item=f"{path}#{name}",
            title=rule.title,
            subtitle=_joined(policy.title, _whose(policy, names)),
            path=f"/policy/{where}#rule-{name}",
            codes=scopes.get(scope, ""),
            body=_rule_body(rule),
        )


def _latest_rules(
    policies: Iterable[Policy],
) -> dict[tuple[str, str], tuple[Policy, Rule]]:
    """Each rule by policy path and name, from the last version that has it."""
    deciding = [policy for policy in policies if policy.status != "shared"]
    found: dict[tuple[str, str], tuple[Policy, Rule]] = {}
    for policy in sorted(deciding, key=lambda policy: policy.span.start or NO_DAY):
        for rule in sorted(policy.rules, key=lambda rule: rule.span.start or NO_DAY):
            found[policy.path, rule.name] = (policy, rule)
    return found


def _codes_of(*code_sets: CodeSet) -> str:
    return " ".join(
        sorted({member.code for one in code_sets for member in one.members})
    )


def _rule_body(rule: Rule) -> str:
    exceptions = (
        text
        for exception in rule.exceptions
        for text in (
            exception.title,
            exception.sentence,
            read_prose(exception.prose).text,
            *_cited(exception.citations),
        )
    )
    return _joined(
        rule.sentence,
        rule.fix,
        read_prose(rule.prose).text,
        rule.carc,
        *rule.rarc,
        *_cited(rule.citations),
        *exceptions,
    )


def _cited(citations: Iterable[Citation]) -> Iterator[str]:
    for cited in citations:
        yield _joined(cited.source, cited.passage, cited.quote)


def _whose(policy: Policy, names: Mapping[str, str]) -> str:
    return names.get(policy.contractor) or names.get(policy.payer) or ""


def _joined(*texts: str) -> str:
    return " \N{MIDDLE DOT} ".join(text for text in texts if text)
