"""The codes of denials: what each says, what to do, and which rules may be behind it.

Two national lists stand on every remittance: claim adjustment reason codes (CARC) and
remittance advice remark codes (RARC).  The words are ours, as short as a biller says them;
the lists are kept by X12 (CARC) and CMS (RARC).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Denial:
    """What a code says, and what of a card may be behind it."""

    says: str
    """Behind "says that"."""
    do: str
    """What a biller does first, whoever the payer is."""
    kinds: tuple[str, ...]
    """Kinds of reason for which rules deny so."""
    cells: tuple[str, ...] = ()
    """Cells of a card that answer it, whatever their rules deny for."""


_APPROVAL = ("authorization",), ("approval",)
_OFTEN = ("frequency", "units"), ("limit", "session")
_TOGETHER = ("bundled",), ("same-day",)
_DIAGNOSIS = ("diagnosis",), ("diagnosis",)
_PLACE = ("place",), ("place",)
_PROVIDER = ("provider",), ("provider",)
_MODIFIER = ("modifier",), ("modifiers", "sides")
_CHART = ("documentation",), ("chart",)
_NECESSITY = ("necessity",), ()
_CODING = ("coding",), ()
_NONE: tuple[tuple[str, ...], tuple[str, ...]] = (), ()

_CORRECT = "Correct it and send the claim again; an appeal does not help."
_NUMBER = "Look for the authorization: its number, codes, units, dates and place."
_COUNT = (
    "Count the earlier sessions and the units of that day; if the count is right, appeal "
    "with the chart only where the policy has an exception."
)
_APART = (
    "Look which service of that day includes it; a modifier such as 59 or XS only where it "
    "truly was another region or session."
)
_NOTES = "Send the notes that show what the policy asks for."
_LISTED = "Hold the diagnosis against the policy's list; bill what the chart supports."

DENIALS = {
    "4": Denial(
        "a modifier is missing or does not go with the code", _CORRECT, *_MODIFIER
    ),
    "5": Denial("the code does not go with the place of service", _CORRECT, *_PLACE),
    "8": Denial("the code is not one of this kind of provider", _CORRECT, *_PROVIDER),
    "11": Denial("the diagnosis does not support the code", _LISTED, *_DIAGNOSIS),
    "15": Denial(
        "the authorization number is missing or is for something else",
        _NUMBER,
        *_APPROVAL,
    ),
    "16": Denial(
        "something is missing or wrong on the claim; the remark code says what",
        "Look up the remark code beside it, correct the claim and send it again.",
        ("documentation", "coding", "other"),
    ),
    "18": Denial(
        "it is a duplicate of a service that was billed before",
        "Look whether the first claim was paid; a second session needs its modifier and note.",
        *_TOGETHER,
    ),
    "22": Denial(
        "another payer may have to pay first",
        "Find out which payer is first, and send its remittance along.",
        *_NONE,
    ),
    "27": Denial(
        "the coverage had ended on that day",
        "Check the patient's coverage on the date of service.",
        *_NONE,
    ),
    "29": Denial(
        "it was filed too late",
        "Look for proof that it was sent in time (the clearinghouse's report).",
        ("filing",),
        ("filing",),
    ),
    "45": Denial(
        "the charge is above what the contract allows",
        "Nothing: it is the write-off, not a denial.",
        *_NONE,
    ),
    "50": Denial(
        "the payer does not take it as medically necessary",
        "Hold the chart against the policy, point by point, and appeal with the notes.",
        *_NECESSITY,
    ),
    "55": Denial(
        "the payer calls it experimental",
        "Look whether the policy covers the code for this diagnosis at all.",
        *_NECESSITY,
    ),
    "58": Denial("the place is not one where it may be done", _CORRECT, *_PLACE),
    "59": Denial(
        "it was paid by the rules for several procedures of one day",
        "Check the order of the lines; the reduced payment may be right.",
        *_NONE,
    ),
    "96": Denial(
        "it is not covered; the remark code says why",
        "Look up the remark code beside it.",
        *_NECESSITY,
    ),
    "97": Denial("its payment is inside that of another service", _APART, *_TOGETHER),
    "109": Denial(
        "this payer is not the one that covers it",
        "Find the patient's payer on that day (a Medicare Advantage plan?) and bill it.",
        *_NONE,
    ),
    "119": Denial("the most that the plan pays was reached", _COUNT, *_OFTEN),
    "150": Denial(
        "the records do not support this level of service", _NOTES, *_NECESSITY
    ),
    "151": Denial("so many, or so often, is not supported", _COUNT, *_OFTEN),
    "152": Denial("so long is not supported", _NOTES, *_OFTEN),
    "167": Denial("the diagnosis is not a covered one", _LISTED, *_DIAGNOSIS),
    "170": Denial("this kind of provider is not paid for it", _CORRECT, *_PROVIDER),
    "171": Denial(
        "this kind of provider is not paid for it in this place",
        _CORRECT,
        ("provider", "place"),
        ("provider", "place"),
    ),
    "185": Denial("the rendering provider may not do it", _CORRECT, *_PROVIDER),
    "197": Denial("no approval was asked for before the service", _NUMBER, *_APPROVAL),
    "198": Denial("more was done than was approved", _NUMBER, *_APPROVAL),
    "204": Denial(
        "the patient's plan does not cover it",
        "Ask the plan for the exclusion; a signed notice decides whether the patient pays.",
        *_NECESSITY,
    ),
    "222": Denial("there are more units than the contract allows", _COUNT, *_OFTEN),
    "231": Denial(
        "the two procedures exclude each other on one day", _APART, *_TOGETHER
    ),
    "234": Denial("it is not paid by itself", _APART, *_TOGETHER),
    "236": Denial("the two codes are not paid together on one day", _APART, *_TOGETHER),
    "252": Denial("records must be sent", _NOTES, *_CHART),
    "B7": Denial(
        "the provider was not certified for it on that day",
        "Check the enrollment of the rendering provider on that day.",
        *_PROVIDER,
    ),
    "B15": Denial(
        "it needs, or is inside, another service that was not paid", _APART, *_TOGETHER
    ),
}
"""Claim adjustment reason codes by number."""

_LCD = (
    "Read the contractor's policy: its diagnosis list, conservative care, relief and limits; "
    "appeal with the notes that show them."
)
REMARKS = {
    "M15": Denial(
        "services that were billed apart are parts of one procedure", _APART, *_TOGETHER
    ),
    "M20": Denial("the HCPCS code is missing or wrong", _CORRECT, *_CODING),
    "M25": Denial(
        "the records do not show the need for this level of service",
        _NOTES,
        *_NECESSITY,
    ),
    "M51": Denial("a procedure code is missing or wrong", _CORRECT, *_CODING),
    "M76": Denial("a diagnosis is missing or wrong", _CORRECT, *_DIAGNOSIS),
    "M77": Denial("the place of service is missing or wrong", _CORRECT, *_PLACE),
    "M80": Denial(
        "it is not covered on the day of a service that was paid", _APART, *_TOGETHER
    ),
    "M86": Denial(
        "the same or a similar procedure was paid too short a time ago", _COUNT, *_OFTEN
    ),
    "M119": Denial("the drug's NDC is missing or wrong", _CORRECT, *_CODING),
    "M127": Denial("the patient's record for this service is missing", _NOTES, *_CHART),
    "MA04": Denial(
        "the first payer's payment is not told",
        "Send the first payer's remittance along.",
        *_NONE,
    ),
    "MA120": Denial("the CLIA number is missing or wrong", _CORRECT, *_CODING),
    "MA130": Denial(
        "the claim cannot be processed: something on it is incomplete or wrong",
        "Send a new, corrected claim; there is no right to appeal.",
        ("coding", "other"),
    ),
    "N19": Denial("it is incidental to the main procedure", _APART, *_TOGETHER),
    "N20": Denial(
        "it is not paid with another service of that day", _APART, *_TOGETHER
    ),
    "N30": Denial(
        "the patient is not eligible for it",
        "Check the patient's coverage on the date of service.",
        *_NONE,
    ),
    "N54": Denial("the claim is not what was authorized", _NUMBER, *_APPROVAL),
    "N56": Denial(
        "the code is not right for the service or the date", _CORRECT, *_CODING
    ),
    "N63": Denial(
        "the services must stand on lines of their own", _CORRECT, *_MODIFIER
    ),
    "N95": Denial("this kind of provider may not bill it", _CORRECT, *_PROVIDER),
    "N115": Denial(
        "a local coverage determination (LCD) decided it", _LCD, *_NECESSITY
    ),
    "N130": Denial(
        "the plan's own documents restrict it",
        "Ask the plan for the restriction; hold it against the payer's policy.",
        *_NECESSITY,
    ),
    "N180": Denial("it does not meet what its category asks for", _NOTES, *_NECESSITY),
    "N362": Denial(
        "there are more days or units than the payer takes", _COUNT, *_OFTEN
    ),
    "N386": Denial(
        "a national coverage determination (NCD) decided it", _LCD, *_NECESSITY
    ),
    "N517": Denial(
        "a new claim with the missing information is asked for", _CORRECT, *_NONE
    ),
    "N519": Denial("the modifiers do not go together", _CORRECT, *_MODIFIER),
    "N522": Denial(
        "the same claim came, or will come, from the first payer",
        "Wait for the claim that crosses over, or look for its remittance.",
        *_NONE,
    ),
    "N525": Denial(
        "it lies in the days that another procedure includes (its global period)",
        "Modifier 24, 58, 78 or 79 only where the note shows what that modifier says.",
        ("bundled", "modifier"),
        ("same-day", "modifiers"),
    ),
    "N569": Denial("it is not covered for this diagnosis", _LISTED, *_DIAGNOSIS),
    "N623": Denial("the payer calls it unproven or excessive", _LCD, *_NECESSITY),
    "N640": Denial(
        "it is more, or more often, than is allowed in the time", _COUNT, *_OFTEN
    ),
    "N657": Denial("another code is right for the service", _CORRECT, *_CODING),
    "N661": Denial(
        "the records do not show that it was medically necessary", _NOTES, *_NECESSITY
    ),
    "N674": Denial(
        "a procedure that must come before it is missing",
        "Show the earlier procedure: its date, its result, or its claim.",
        *_NECESSITY,
    ),
    "N702": Denial("earlier claims for the same service decided it", _COUNT, *_OFTEN),
    "N705": Denial("the records sent are incomplete", _NOTES, *_CHART),
    "N706": Denial("records are missing", _NOTES, *_CHART),
    "N758": Denial(
        "the decision on prior authorization was followed", _NUMBER, *_APPROVAL
    ),
    "N822": Denial("a modifier is missing", _CORRECT, *_MODIFIER),
    "N823": Denial("a modifier is incomplete or wrong", _CORRECT, *_MODIFIER),
}
"""Remittance advice remark codes."""
