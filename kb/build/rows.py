"""A checked model as table rows: the same model always gives the same rows.

Top-level items come in order of their keys, so the order in which files were read
does not show; what has an order of its own (rules, citations) keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from dsl.base.model import CodeSet, Model, Payer, Policy
from kb.build.card_rows import card_rows
from kb.build.code_rows import code_rows, kinds_of_codes
from kb.build.policy_rows import (
    code_set_rows,
    policy_rows,
    policy_version_rows,
    value_rows,
)
from kb.build.prose import read_prose
from kb.build.rule_rows import mentions_by_rule, rule_rows, scenario_rows
from kb.build.search_rows import search_rows
from kb.database.row_values import canonical_json, citation_rows, day_text
from kb.database.table_rows import Rows
from kb.database.word_rows import (
    AliasRow,
    ContractorCitationRow,
    ContractorRow,
    ContractorStateRow,
    FactChoiceRow,
    FactRow,
    PayerCitationRow,
    PayerMatchRow,
    PayerRow,
    ReasonRow,
    SourceFileRow,
    SourceRow,
)
from kb.names import plain_name


def rows_of(model: Model) -> Rows:
    """All rows of ``model`` by table."""
    policies = sorted(model.policies, key=lambda policy: policy.version)
    code_sets = all_code_sets(model.code_sets, policies)
    mentions = mentions_by_rule(policies)
    kinds = kinds_of_codes(model, code_sets.values(), mentions.values())
    return {
        "source_file": [
            SourceFileRow(file.path, file.sha256, file.text)
            for file in sorted(model.files, key=lambda file: file.path)
        ],
        **_source_rows(model),
        **_payer_rows(model),
        **_contractor_rows(model),
        **_fact_rows(model),
        **code_rows(model, kinds),
        **policy_rows(policies),
        **policy_version_rows(policies),
        **code_set_rows(code_sets, {policy.version for policy in policies}),
        **value_rows(policies),
        **rule_rows(policies, code_sets, mentions),
        **scenario_rows(policies),
        "alias": _alias_rows(model),
        **card_rows(model, policies, code_sets),
        "search_entry": search_rows(model, code_sets, kinds, mentions),
    }


def _alias_rows(model: Model) -> list[AliasRow]:
    in_order = sorted(
        model.words, key=lambda each: (each.place.file, each.place.line, each.word)
    )
    return [
        AliasRow(each.word, each.kind, each.target, each.place.file, each.place.line)
        for each in in_order
    ]


def all_code_sets(
    shared: Iterable[CodeSet], policies: Iterable[Policy]
) -> dict[str, CodeSet]:
    """Every code set by key; one that several overlays inherit stands once."""
    own = chain.from_iterable(policy.code_sets for policy in policies)
    found = {code_set.key: code_set for code_set in chain(shared, own)}
    return dict(sorted(found.items()))


def _source_rows(model: Model) -> Rows:
    return {
        "source": [
            SourceRow(
                id=source.key,
                title=source.title,
                publisher=source.publisher,
                url=source.url,
                version=source.version,
                grade=source.grade,
                read_on=day_text(source.read_on),
                review_by=day_text(source.review_by),
                prose_html=read_prose(source.prose).html,
                file=source.place.file,
                line=source.place.line,
            )
            for source in sorted(model.sources, key=lambda source: source.key)
        ]
    }


def _payer_rows(model: Model) -> Rows:
    payers = sorted(model.payers, key=lambda payer: payer.key)
    return {
        "payer": [
            PayerRow(
                id=payer.key,
                title=payer.title,
                line_of_business=payer.line_of_business,
                prose_html=read_prose(payer.prose).html,
                file=payer.place.file,
                line=payer.place.line,
            )
            for payer in payers
        ],
        "payer_match": [row for payer in payers for row in _matches_of(payer)],
        "payer_citation": [
            row
            for payer in payers
            for row in citation_rows(PayerCitationRow, payer.key, payer.citations)
        ],
        "reason": [
            ReasonRow(
                reason.line_of_business,
                reason.kind,
                reason.carc,
                canonical_json(reason.rarc),
            )
            for reason in sorted(
                model.reasons, key=lambda reason: (reason.line_of_business, reason.kind)
            )
        ],
    }


def _matches_of(payer: Payer) -> list[PayerMatchRow]:
    """Every way in which a claim may name the payer; its title is one."""
    names = {plain_name(name) for name in (payer.title, *payer.also_called)}
    ways = {
        "filing": set(payer.filing),
        "identifier": set(payer.identifiers),
        "name": names - {""},
    }
    return [
        PayerMatchRow(kind, value, payer.key)
        for kind, values in ways.items()
        for value in sorted(values)
    ]


def _contractor_rows(model: Model) -> Rows:
    contractors = sorted(model.contractors, key=lambda contractor: contractor.key)
    return {
        "contractor": [
            ContractorRow(
                id=contractor.key,
                title=contractor.title,
                payer=contractor.payer,
                prose_html=read_prose(contractor.prose).html,
                file=contractor.place.file,
                line=contractor.place.line,
            )
            for contractor in contractors
        ],
        "contractor_citation": [
            row
            for contractor in contractors
            for row in citation_rows(
                ContractorCitationRow, contractor.key, contractor.citations
            )
        ],
        "contractor_state": [
            ContractorStateRow(contractor.key, state)
            for contractor in contractors
            for state in sorted(set(contractor.states))
        ],
    }


def _fact_rows(model: Model) -> Rows:
    facts = sorted(model.facts, key=lambda fact: fact.key)
    return {
        "fact": [
            FactRow(
                id=fact.key,
                title=fact.title,
                kind=fact.kind,
                scope=fact.scope,
                where_found=fact.where,
                ask=fact.ask,
                prose_html=read_prose(fact.prose).html,
                file=fact.place.file,
                line=fact.place.line,
            )
            for fact in facts
        ],
        "fact_choice": [
            FactChoiceRow(fact.key, position, choice)
            for fact in facts
            for position, choice in enumerate(fact.choices, 1)
        ],
    }
