"""Rows of one policy: its versions, sets, values, rules and scenarios, and what they answer.

Columns are told as in ``kb.database.word_rows``.
"""

from __future__ import annotations

from typing import NamedTuple

from kb.database.word_rows import Day


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
