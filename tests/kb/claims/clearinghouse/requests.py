"""A clearinghouse's request for tests: one good professional claim."""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]

SECRETS = (
    "Hollowell",
    "Imogen",
    "Tobias",
    "W778899001",
    "19610817",
    "Pelican",
    "A55667788",
)
"""Values of the request that no message may hold."""


def line(code: str, *pointers: str, **more: Any) -> Json:
    service = {
        "procedureIdentifier": "HC",
        "procedureCode": code,
        "procedureModifiers": ["RT"],
        "lineItemChargeAmount": "400.00",
        "measurementUnit": "UN",
        "serviceUnitCount": "1",
        "compositeDiagnosisCodePointers": {"diagnosisCodePointers": list(pointers)},
    }
    return {"serviceDate": "20260310", "professionalService": service, **more}


REQUEST: Json = {
    "controlNumber": "000000001",
    "tradingPartnerServiceId": "60054",
    "tradingPartnerName": "AETNA",
    "submitter": {"organizationName": "Bay Spine"},
    "receiver": {"organizationName": "A CLEARINGHOUSE"},
    "subscriber": {
        "memberId": "W7788-99001",
        "firstName": "Imogen",
        "lastName": "Hollowell",
        "gender": "F",
        "dateOfBirth": "19610817",
        "address": {"address1": "4 Pelican Way"},
    },
    "billing": {"npi": "2000000010", "address": {"state": "FL"}},
    "rendering": {"npi": "2000000028", "taxonomyCode": "208VP0014X"},
    "claimInformation": {
        "claimFilingCode": "CI",
        "patientControlNumber": "CH-1",
        "claimChargeAmount": "800.00",
        "placeOfServiceCode": "24",
        "claimFrequencyCode": "1",
        "claimSupplementalInformation": {"priorAuthorizationNumber": "A55667788"},
        "healthCareCodeInformation": [
            {"diagnosisTypeCode": "ABK", "diagnosisCode": "M5416"},
            {"diagnosisTypeCode": "ABF", "diagnosisCode": "M48061"},
        ],
        "serviceLines": [line("64483", "1"), line("64484", "2", "1")],
    },
}


def request_with(**more: Any) -> Json:
    """The request with other parts at its top; ``None`` drops one."""
    found = {**copy.deepcopy(REQUEST), **more}
    return {key: value for key, value in found.items() if value is not None}


def about_with(**more: Any) -> Json:
    """The request whose ``claimInformation`` has this."""
    return request_with(
        claimInformation={**copy.deepcopy(REQUEST["claimInformation"]), **more}
    )


def line_with(**more: Any) -> Json:
    """The request with one line, which has this."""
    return about_with(serviceLines=[line("64483", "1", **more)], claimChargeAmount=None)


def service_with(**more: Any) -> Json:
    """The request with one line, whose service has this."""
    found = line_with()
    found["claimInformation"]["serviceLines"][0]["professionalService"] |= more
    return found
