"""The version of the policy language, which every answer carries."""

LANGUAGE_VERSION = "1.0"
