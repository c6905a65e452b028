"""What a claim's provider numbers and taxonomy say of who gave the service."""

from __future__ import annotations

SPECIALTY = {
    "111N": "chiropractic",
    "207L": "anesthesiology",
    "207LP2900X": "pain-medicine",
    "207Q": "family-medicine",
    "207R": "internal-medicine",
    "207T": "neurosurgery",
    "207X": "orthopaedic-surgery",
    "2081": "physical-medicine",
    "2081P2900X": "pain-medicine",
    "2084N": "neurology",
    "2084P2900X": "pain-medicine",
    "2085": "radiology",
    "208VP0000X": "pain-medicine",
    "208VP0014X": "interventional-pain-medicine",
    "363A": "physician-assistant",
    "363L": "nurse-practitioner",
    "364S": "clinical-nurse-specialist",
    "367500000X": "nurse-anesthetist",
}
"""Begins of taxonomy codes, and the specialty that the longest one means."""

SURGERY_CENTER = "24"
"""Its place of service."""
_CENTER = "261QA1903"
"""How the taxonomy of an ambulatory surgery center begins (NUCC)."""

PERFORMER = frozenset(
    {"clinical-nurse-specialist", "nurse-practitioner", "physician-assistant"}
)
"""Specialties that also say who performed the service."""


def specialty_of(taxonomy: str) -> str:
    """The specialty that a taxonomy code means; empty for those without a word."""
    begins = [begin for begin in SPECIALTY if taxonomy.startswith(begin)]
    return SPECIALTY[max(begins, key=len)] if begins else ""


def is_surgery_center(taxonomy: str) -> bool:
    """Whether a taxonomy code is that of a surgery center."""
    return taxonomy.startswith(_CENTER)


def performed(rendering: str, supervisor: str, specialty: str) -> dict[str, str]:
    """Who gave the service, which a claim says where it names a supervisor.

    A supervisor is named only beside a rendering provider whom he supervises.  Without
    one the number billed may be that of a physician who did not see the patient.
    """
    if not supervisor or supervisor == rendering:
        return {}
    performer = specialty if specialty in PERFORMER else ""
    return {"performer-npi": rendering, "performer": performer}
