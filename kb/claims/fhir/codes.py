"""The code systems and code words of FHIR that mean something to a claim of ours.

Systems are compared as ``plain_system`` gives them, because senders write them with
``http`` and ``https``, with and without a slash at their end.
"""

from __future__ import annotations

from functools import lru_cache

from kb.claims.model import ClaimKind


@lru_cache(maxsize=1024)
def plain_system(system: str) -> str:
    """A system's address as it is compared: small letters, https, no last slash."""
    plain = system.strip().lower().rstrip("/")
    return (
        f"https://{plain.removeprefix('http://')}"
        if plain.startswith("http:")
        else plain
    )


_TERMINOLOGY = "https://terminology.hl7.org/codesystem/"
_CARIN = "https://hl7.org/fhir/us/carin-bb/codesystem/"
_VARIABLES = "https://bluebutton.cms.gov/resources/variables/"

PROCEDURES = frozenset(
    {
        "https://www.ama-assn.org/go/cpt",
        "https://www.cms.gov/medicare/coding/hcpcsreleasecodesets",
        "https://bluebutton.cms.gov/resources/codesystem/hcpcs",
        "urn:oid:2.16.840.1.113883.6.12",
        "urn:oid:2.16.840.1.113883.6.285",
    }
)
"""Systems of CPT and HCPCS codes, and of their modifiers."""

ICD10 = "https://hl7.org/fhir/sid/icd-10-cm"
ICD10_ELSEWHERE = "https://hl7.org/fhir/sid/icd-10"
"""WHO's ICD-10; Blue Button of Medicare writes its ICD-10-CM codes under it."""
ICD9 = "https://hl7.org/fhir/sid/icd-9-cm"

NDC = "https://hl7.org/fhir/sid/ndc"
NPI = "https://hl7.org/fhir/sid/us-npi"
BENEFICIARY = "https://hl7.org/fhir/sid/us-mbi"
TAXONOMY = "https://nucc.org/provider-taxonomy"
FILING = "https://codesystem.x12.org/005010/1032"
"""X12's claim filing indicators."""
PAYMENT_SOURCES = frozenset(
    {"https://nahdo.org/sopt", "urn:oid:2.16.840.1.113883.3.221.5"}
)
"""The typology of payment sources; its codes go from the general to the special."""
POLICY_TYPES = f"{_TERMINOLOGY}v3-actcode"
CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
RARC = "https://x12.org/codes/remittance-advice-remark-codes"
STATUS = f"{_CARIN}c4bbpayeradjudicationstatus"
LINE_INDICATOR = f"{_VARIABLES}line_prcsg_ind_cd"
CARRIERS_NUMBER = f"{_VARIABLES}carr_clm_cntl_num"
"""The carrier's own number of a claim, which a correction names."""
ACCOUNT_NUMBER = "patientaccountnumber"
"""The category of the information that holds the sender's own number."""
CLAIM_DENIAL = f"{_VARIABLES}carr_clm_pmt_dnl_cd"
AUTHORIZATION_NUMBER = "https://hl7.org/fhir/us/davinci-pas/structuredefinition/extension-authorizationnumber"

PLACES = frozenset(
    {
        "https://www.cms.gov/medicare/coding/place-of-service-codes/place_of_service_code_set",
        "https://www.cms.gov/medicare/coding/place-of-service-codes",
        f"{_VARIABLES}line_place_of_srvc_cd",
    }
)

KINDS: dict[str, ClaimKind] = {
    "professional": "professional",
    "institutional": "facility",
}
"""Claim.type; the other types are no claims of ours."""
OTHER_KINDS = {
    "oral": "a dental claim",
    "pharmacy": "a pharmacy's claim",
    "vision": "a claim for glasses",
}

RENDERING = frozenset({"performing", "rendering"})
"""Roles of who gave the service."""
PRIMARY = "primary"
"""The role of who gave the service where nobody has one of ``RENDERING``."""
FIELD_OF_ROLE = {
    "supervisor": "supervising-npi",
    "supervising": "supervising-npi",
    "ordering": "ordering-npi",
    "referring": "referring-npi",
}

SEX = {"female": "female", "male": "male"}

PLAN_OF_POLICY = {"WCBPOL": "workers-compensation", "AUTOPOL": "auto"}
PLAN_OF_SOURCE = {
    "11": "medicare-advantage",
    "12": "medicare",
    "2": "medicaid",
    "5": "commercial",
    "95": "workers-compensation",
}
"""Begins of payment source codes, and the plan kind that they say."""

DENIED_LINES = frozenset("BCDILMNP")
"""Line processing indicators of Medicare's carriers: not paid, and why."""
ALLOWED_LINE = "A"
DENIED_CLAIM = "0"
NOT_DENIED = frozenset({"", "0", "00", "N/A", "NA", "NONE"})
"""Denial reasons that say that there is none."""
PATIENTS_SHARE = frozenset({"eligible", "deductible", "coinsurance", "copay"})
"""Amounts that only an allowed line has."""
PAID_TO = frozenset({"paidtoprovider", "paidtopatient"})

CONTENT = ("Claim", "ExplanationOfBenefit")
"""Resources that tell of claims."""
KNOWN_RESOURCES = frozenset(
    {
        "Account", "AllergyIntolerance", "Bundle", "CarePlan", "CareTeam", "Claim",
        "ClaimResponse", "Condition", "Coverage", "Device", "DeviceRequest",
        "DiagnosticReport", "DocumentReference", "Encounter", "ExplanationOfBenefit", "Group",
        "ImagingStudy", "Immunization", "InsurancePlan", "Invoice", "Location", "Medication",
        "MedicationAdministration", "MedicationRequest", "MessageHeader", "Observation",
        "OperationOutcome", "Organization", "Parameters", "Patient", "PaymentNotice",
        "PaymentReconciliation", "Practitioner", "PractitionerRole", "Procedure",
        "Provenance", "Questionnaire", "QuestionnaireResponse", "RelatedPerson",
        "ServiceRequest", "SupplyDelivery", "Task",
    }
)  # fmt: skip
"""Names of resources that an error may show."""
