"""Files that hold claims or payments in another format than ours: which one it is.

Nothing of such a file is read but what tells its format.
"""

from __future__ import annotations

GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
PARQUET = b"PAR1"
NOT_READ = "only X12, JSON, FHIR and tables of claims are read"
"""What is said after the name of a file of another kind."""
NOT_READ_X12 = "of X12 only 837P, 837I and 835 are read"
"""What is said after the name of another transaction."""

_TRANSACTIONS = {
    "270": "an eligibility question (270)",
    "271": "an eligibility answer (271)",
    "276": "a question about a claim's state (276)",
    "277": "an answer about a claim's state (277)",
    "278": "a request for approval (278)",
    "820": "a premium payment (820)",
    "834": "an enrolment file (834)",
    "997": "an acknowledgment (997)",
    "999": "an acknowledgment (999)",
}
PROFESSIONAL = "005010X222"
FACILITY = "005010X223"
DENTAL = "X224"
REMITTANCES_READ = "005010X221"
_STARTS = (
    (b"MSH|", "an HL7 version 2 message"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook or another Office file"),
    (b"BZh", "a file compressed with bzip2"),
    (b"\xfd7zXZ", "a file compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "a file compressed with zstd"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"<", "an XML or HTML file"),
)


def other_transaction(transaction: str, version: str) -> str:
    """What an X12 transaction is, by its ST01 and guide; empty for one that is read."""
    if transaction == "835":
        read = not version or version.startswith(REMITTANCES_READ)
        return (
            "" if read else f"a remittance of a version other than {REMITTANCES_READ}"
        )
    if transaction != "837":
        return _TRANSACTIONS.get(transaction, "a transaction other than 837 and 835")
    if not version or version.startswith((PROFESSIONAL, FACILITY)):
        return ""
    if DENTAL in version:
        return "dental claims (837D)"
    return f"claims of a version of 837 other than {PROFESSIONAL} and {FACILITY}"


def is_facility(version: str) -> bool:
    """Whether a guide is that of institutional claims."""
    return version.startswith(FACILITY)


def other_file(start: bytes) -> str:
    """What a file is that is neither X12 nor JSON; empty when its start does not tell."""
    for begin, called in _STARTS:
        if start.startswith(begin):
            return called
    return "a tar archive" if start[257:262] == b"ustar" else ""
