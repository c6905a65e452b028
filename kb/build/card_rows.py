"""What cards say, as rows: each rule as an answer, and whose policies hold for a payer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dsl.base.model import CodeSet, Exception_, Model, Policy, Rule
from kb.build.prose import read_prose
from kb.build.rule_rows import rule_ids
from kb.database.policy_rows import CardAnswerRow, CardPolicyRow
from kb.database.row_values import canonical_json, day_text
from kb.database.table_rows import Rows
from kb.engine.program import CompiledPolicy, with_deferrals
from kb.plain.answers import answers_of, caveats_of
from kb.plain.clauses import Names, SetWords
from kb.plain.confined import confines_of
from kb.plain.trade import codes_words, in_trade_words

SHARED = "shared"


def card_rows(
    model: Model, policies: Sequence[Policy], code_sets: Mapping[str, CodeSet]
) -> Rows:
    """Rows of both tables; ``policies`` by version."""
    deciding = [policy for policy in policies if policy.status != SHARED]
    names = Names(
        facts={fact.key: fact.title for fact in model.facts},
        sets={key: _set_words(code_set) for key, code_set in code_sets.items()},
    )
    return {
        "card_answer": [
            row for policy in deciding for row in _answer_rows(policy, names)
        ],
        "card_policy": [*_policy_rows(model, deciding)],
    }


def _set_words(code_set: CodeSet) -> SetWords:
    """A list by its title; one inside a rule only repeats the rule's, so it has none."""
    codes = frozenset(member.code for member in code_set.members)
    return SetWords(
        title="" if "/" in code_set.name else code_set.title,
        codes=codes_words(codes),
        members=codes,
    )


def _answer_rows(policy: Policy, names: Names) -> Iterator[CardAnswerRow]:
    of_policy = caveats_of(read_prose(policy.prose).text)
    for rule_id, rule in zip(rule_ids(policy), policy.rules, strict=True):
        confined = canonical_json(
            [
                [one.field, one.how, one.values]
                for one in confines_of(rule.tree, names.sets)
            ]
        )
        caveat = read_prose(rule.prose).text or of_policy
        for said in answers_of(rule.tree, rule.title, _titles(rule.exceptions), names):
            yield CardAnswerRow(
                rule=rule_id,
                from_day=day_text(said.days.start),
                through_day=day_text(said.days.end),
                aspect=said.aspect,
                short=said.short,
                sentence=said.sentence,
                condition=said.condition,
                caveat=in_trade_words(caveat),
                sources=canonical_json(_sources(policy, rule)),
                confined=confined,
                in_some_cases=int(said.in_some_cases),
                lists=canonical_json(said.lists),
            )


def _titles(exceptions: Iterable[Exception_]) -> dict[str, str]:
    return {exception.name: exception.title for exception in exceptions}


def _sources(policy: Policy, rule: Rule) -> list[str]:
    """The keys of what the rule cites; of what its policy cites where it cites nothing."""
    return [
        *dict.fromkeys(cited.source for cited in rule.citations or policy.citations)
    ]


def _policy_rows(model: Model, policies: Sequence[Policy]) -> Iterator[CardPolicyRow]:
    """Each policy of a payer: its own, those for any payer, and those that it follows."""
    everybody = sorted(payer.key for payer in model.payers)
    for policy in with_deferrals(map(_compiled, policies)):
        for payer in [policy.payer] if policy.payer else everybody:
            first, last = policy.days
            yield CardPolicyRow(
                payer=payer,
                version=policy.id,
                followed_by=policy.followed_by,
                from_day=day_text(first),
                through_day=day_text(last),
                states=canonical_json(sorted(policy.states)),
                plans=canonical_json(sorted(policy.plans)),
            )


def _compiled(policy: Policy) -> CompiledPolicy:
    """The policy as the engine asks who follows it: without its rules."""
    return CompiledPolicy(
        id=policy.version,
        policy=policy.path,
        title=policy.title,
        payer="" if policy.payer == "any" else policy.payer,
        contractor=policy.contractor,
        states=frozenset(policy.states),
        plans=frozenset(policy.plans),
        days=(policy.span.start, policy.span.end),
        ended=policy.span.ended,
        draft=policy.status == "draft",
        carried=policy.carried,
        defers_to=policy.defers_to,
        coverage=policy.decides == "coverage",
        rules=(),
    )
