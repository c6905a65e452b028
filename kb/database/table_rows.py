"""One named tuple per table: the rows of the knowledge base, in column order.

The field names are the column names of ``kb.database.schema``; days are ``YYYY-MM-DD`` or
``None`` for open; columns that hold lists or trees hold canonical JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Day = str | None


class SourceFileRow(NamedTuple):
    """Table ``source_file``."""

    path: str
    sha256: str
    text: str


class SourceRow(NamedTuple):
    """Table ``source``."""

    id: str
    title: str
    publisher: str
    url: str
    version: str
    grade: str
    read_on: Day
    review_by: Day
    prose_html: str
    file: str
    line: int


class PayerRow(NamedTuple):
    """Table ``payer``."""

    id: str
    title: str
    line_of_business: str
    prose_html: str
    file: str
    line: int


class PayerMatchRow(NamedTuple):
    """Table ``payer_match``."""

    kind: str
    value: str
    payer: str


class ContractorRow(NamedTuple):
    """Table ``contractor``."""

    id: str
    title: str
    payer: str
    prose_html: str
    file: str
    line: int


class ContractorStateRow(NamedTuple):
    """Table ``contractor_state``."""

    contractor: str
    state: str


class ReasonRow(NamedTuple):
    """Table ``reason``."""

    line_of_business: str
    kind: str
    carc: str
    rarc: str


class FactRow(NamedTuple):
    """Table ``fact``."""

    id: str
    title: str
    kind: str
    scope: str
    where_found: str
    ask: str
    prose_html: str
    file: str
    line: int


class FactChoiceRow(NamedTuple):
    """Table ``fact_choice``."""

    fact: str
    position: int
    choice: str


class CodeRow(NamedTuple):
    """Table ``code``."""

    id: str
    kind: str
    label: str
    imaging: str
    sides: str
    global_days: str
    prose_html: str
    file: str | None
    line: int | None


class CodeAddOnRow(NamedTuple):
    """Table ``code_add_on``."""

    code: str
    base: str


class CodeGroupingRow(NamedTuple):
    """Table ``code_grouping``."""

    id: str
    title: str
    prose_html: str
    file: str
    line: int


class CodeGroupMemberRow(NamedTuple):
    """Table ``code_group_member``."""

    code_grouping: str
    code_group: str
    code: str
    from_day: Day
    through_day: Day


class PolicyRow(NamedTuple):
    """Table ``policy``."""

    id: str
    title: str


class PolicyVersionRow(NamedTuple):
    """Table ``policy_version``."""

    id: str
    policy: str
    title: str
    payer: str | None
    any_payer: int
    contractor: str | None
    status: str
    based_on: str | None
    defers_to: str | None
    delegated_to: str
    decides: str
    from_day: Day
    through_day: Day
    clock: str
    ended: int
    first_day_source: str | None
    first_day_passage: str
    first_day_grade: str
    stand_in: int
    read_in: Day
    carried: int
    prose_html: str
    prose_text: str
    file: str
    line: int
    end_line: int
    sha256: str = ""
    """Over all rows of the version in all tables (``kb.database.row_hashes``)."""


class PolicyStateRow(NamedTuple):
    """Table ``policy_state``."""

    policy_version: str
    state: str


class PolicyPlanRow(NamedTuple):
    """Table ``policy_plan``."""

    policy_version: str
    plan: str


class PolicyOverlayRow(NamedTuple):
    """Table ``policy_overlay``."""

    policy_version: str
    action: str
    item: str


class CodeSetRow(NamedTuple):
    """Table ``code_set``."""

    id: str
    policy_version: str | None
    name: str
    title: str
    kind: str
    sha256: str
    prose_html: str
    file: str
    line: int


class CodeSetMemberRow(NamedTuple):
    """Table ``code_set_member``."""

    code_set: str
    code: str
    from_day: Day
    through_day: Day


class DatedValueRow(NamedTuple):
    """Table ``dated_value``."""

    policy_version: str
    name: str
    title: str
    prose_html: str
    file: str
    line: int


class DatedValueAmountRow(NamedTuple):
    """Table ``dated_value_amount``."""

    policy_version: str
    name: str
    amount: str
    unit: str
    in_case: str
    from_day: Day
    through_day: Day


class DatedValueCitationRow(NamedTuple):
    """Table ``dated_value_citation``."""

    policy_version: str
    name: str
    position: int
    source: str
    passage: str
    quote: str


class RuleRow(NamedTuple):
    """Table ``rule``."""

    id: str
    policy_version: str
    position: int
    name: str
    title: str
    kind: str
    duty: str
    from_day: Day
    through_day: Day
    code_set: str | None
    outcome: str
    reason: str
    carc: str
    rarc: str
    fix: str
    grade: str
    sentence: str
    text: str
    prose_html: str
    prose_text: str
    ir: str
    ir_sha256: str
    carried: int
    origin: str
    file: str
    line: int
    end_line: int


class RuleCodeRow(NamedTuple):
    """Table ``rule_code``."""

    rule: str
    code: str
    from_day: Day
    through_day: Day


class RuleFactRow(NamedTuple):
    """Table ``rule_fact``."""

    rule: str
    fact: str


class RuleMentionRow(NamedTuple):
    """Table ``rule_mention``."""

    rule: str
    use: str
    code_set: str | None
    code: str | None


class RuleExceptionRow(NamedTuple):
    """Table ``rule_exception``."""

    rule: str
    position: int
    name: str
    title: str
    of: str
    sentence: str
    text: str
    prose_html: str
    citations: str
    file: str
    line: int


class ScenarioRow(NamedTuple):
    """Table ``scenario``."""

    id: str
    policy_version: str
    position: int
    name: str
    title: str
    claim: str
    expect: str
    prose_html: str
    origin: str
    file: str
    line: int
    end_line: int


class CardAnswerRow(NamedTuple):
    """Table ``card_answer``."""

    rule: str
    from_day: Day
    through_day: Day
    aspect: str
    short: str
    sentence: str
    condition: str
    caveat: str
    sources: str
    confined: str
    in_some_cases: int
    lists: str


class CardPolicyRow(NamedTuple):
    """Table ``card_policy``."""

    payer: str
    version: str
    followed_by: str
    from_day: Day
    through_day: Day
    states: str
    plans: str


class SearchEntryRow(NamedTuple):
    """Table ``search_entry``."""

    id: int
    kind: str
    item: str
    title: str
    subtitle: str
    path: str
    codes: str
    body: str


class PayerCitationRow(NamedTuple):
    """Table ``payer_citation``."""

    payer: str
    position: int
    source: str
    passage: str
    quote: str


class ContractorCitationRow(NamedTuple):
    """Table ``contractor_citation``."""

    contractor: str
    position: int
    source: str
    passage: str
    quote: str


class CodeCitationRow(NamedTuple):
    """Table ``code_citation``."""

    code: str
    position: int
    source: str
    passage: str
    quote: str


class CodeSetCitationRow(NamedTuple):
    """Table ``code_set_citation``."""

    code_set: str
    position: int
    source: str
    passage: str
    quote: str


class PolicyCitationRow(NamedTuple):
    """Table ``policy_citation``."""

    policy_version: str
    position: int
    source: str
    passage: str
    quote: str


class RuleCitationRow(NamedTuple):
    """Table ``rule_citation``."""

    rule: str
    position: int
    source: str
    passage: str
    quote: str


class AliasRow(NamedTuple):
    """Table ``alias``."""

    word: str
    kind: str
    target: str
    file: str
    line: int


Row = tuple[object, ...]

TABLE_ROWS: dict[str, type[Row]] = {
    "source_file": SourceFileRow,
    "source": SourceRow,
    "payer": PayerRow,
    "payer_match": PayerMatchRow,
    "payer_citation": PayerCitationRow,
    "contractor": ContractorRow,
    "contractor_citation": ContractorCitationRow,
    "contractor_state": ContractorStateRow,
    "reason": ReasonRow,
    "fact": FactRow,
    "fact_choice": FactChoiceRow,
    "code": CodeRow,
    "code_add_on": CodeAddOnRow,
    "code_citation": CodeCitationRow,
    "code_grouping": CodeGroupingRow,
    "code_group_member": CodeGroupMemberRow,
    "policy": PolicyRow,
    "policy_version": PolicyVersionRow,
    "policy_state": PolicyStateRow,
    "policy_plan": PolicyPlanRow,
    "policy_citation": PolicyCitationRow,
    "policy_overlay": PolicyOverlayRow,
    "code_set": CodeSetRow,
    "code_set_member": CodeSetMemberRow,
    "code_set_citation": CodeSetCitationRow,
    "dated_value": DatedValueRow,
    "dated_value_amount": DatedValueAmountRow,
    "dated_value_citation": DatedValueCitationRow,
    "rule": RuleRow,
    "rule_code": RuleCodeRow,
    "rule_citation": RuleCitationRow,
    "rule_fact": RuleFactRow,
    "rule_mention": RuleMentionRow,
    "rule_exception": RuleExceptionRow,
    "scenario": ScenarioRow,
    "alias": AliasRow,
    "card_answer": CardAnswerRow,
    "card_policy": CardPolicyRow,
    "search_entry": SearchEntryRow,
}
"""Every table that a model fills, in the order in which it is filled."""

Rows = dict[str, Sequence[Row]]
