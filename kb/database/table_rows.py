"""Every table that a model fills, with the named tuple of its rows, in the order of filling."""

from __future__ import annotations

from collections.abc import Sequence

from kb.database.policy_rows import (
    CardAnswerRow,
    CardPolicyRow,
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
    RuleCitationRow,
    RuleCodeRow,
    RuleExceptionRow,
    RuleFactRow,
    RuleMentionRow,
    RuleRow,
    ScenarioRow,
    SearchEntryRow,
)
from kb.database.word_rows import (
    AliasRow,
    CodeAddOnRow,
    CodeCitationRow,
    CodeGroupingRow,
    CodeGroupMemberRow,
    CodeRow,
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

DATED = tuple(
    table
    for table, row in TABLE_ROWS.items()
    if {"from_day", "through_day"} <= set(row._fields)  # type: ignore[attr-defined]
)
"""The tables whose rows hold from a first day through a last one."""


Rows = dict[str, Sequence[Row]]
