"""Rows of what all policies share: files, sources, payers, facts, codes, names.

The field names are the column names of ``kb.database.schema``; days are ``YYYY-MM-DD`` or
``None`` for open; columns that hold lists or trees hold canonical JSON.
"""

from __future__ import annotations

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


class AliasRow(NamedTuple):
    """Table ``alias``."""

    word: str
    kind: str
    target: str
    file: str
    line: int
