"""The code words of 837P that mean something to a claim of ours."""

from __future__ import annotations

from datetime import date

from kb.claims.model import Frequency

FREQUENCY: dict[str, Frequency] = {"1": "original", "7": "replacement", "8": "void"}
"""CLM05-3."""

PLAN = {
    "16": "medicare-advantage",
    "CI": "commercial",
    "MA": "medicare",
    "MB": "medicare",
    "MC": "medicaid",
    "WC": "workers-compensation",
}
"""SBR09 claim filing indicators that say the plan kind; the others leave it open."""

SEX = {"F": "female", "M": "male"}
"""DMG03; ``U`` is unknown, and so left out."""

ICD10 = frozenset({"ABK", "ABF"})
"""HI qualifiers of ICD-10-CM diagnoses: principal, other."""

ICD9 = frozenset({"BK", "BF"})
"""HI qualifiers of ICD-9-CM diagnoses."""

ICD10_FROM = date(2015, 10, 1)
"""Services from this day on have ICD-10-CM diagnoses."""

NO_DIAGNOSES = frozenset({"BG", "BO", "BP"})
"""HI qualifiers of conditions and of the anaesthesia-related procedures."""

FACILITY_NO_DIAGNOSES = frozenset(
    {"ABJ", "BJ", "APR", "PR", "ABN", "BN"}
    | {"BBR", "BR", "CAH", "BBQ", "BQ", "BH", "BI", "BE", "BG", "DR", "TC"}
)
"""HI qualifiers of an 837I that say nothing of what was found and treated.

First the diagnosis at admission, the patient's reason for the visit and causes of
injury; then procedures, occurrences, values, conditions and groups.
"""

UNIT_MEASURES = {"UN": "units", "MJ": "minutes"}
"""SV103: units, or minutes of anaesthesia."""

FACILITY_MEASURES = {"UN": "units", "DA": "days"}
"""SV204."""
