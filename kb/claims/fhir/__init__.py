"""Claims and explanations of benefits in FHIR R4, JSON."""
