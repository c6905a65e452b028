"""The OpenAPI description of what programs can ask over HTTP; ``docs/http-api.md`` tells it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from kb.version import __version__

Json = dict[str, Any]
CONTRACT = "1.1"
"""Of the addresses and shapes below; the claims and findings have versions of their own."""

ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["status", "title", "message"],
            "properties": {
                "status": {"type": "integer"},
                "title": {"type": "string"},
                "message": {"type": "string"},
            },
        }
    },
}
HIT: Json = {
    "type": "object",
    "properties": {
        name: {"type": "string"}
        for name in ("kind", "id", "title", "subtitle", "path", "snippet")
    },
}


ASKED = ("understood", "title", "path", "lead", "answers", "tables", "notes", "hits")
"""What every answer to a question has."""
LEAD: Json = {
    "type": "array",
    "description": "The answer first: a sentence for each payer and thing that was asked",
    "items": {
        "type": "object",
        "required": ["say", "payer", "known", "source"],
        "properties": {
            "say": {"type": "string"},
            "payer": {"type": "string", "description": "Key of the payer"},
            "known": {"enum": ["known", "partly", "silent"]},
            "source": {
                "type": ["string", "null"],
                "description": "The documents that it rests on, and how well they are known",
            },
        },
    },
}


def query(name: str, words: str) -> Json:
    """A word behind the question mark."""
    return {
        "name": name,
        "in": "query",
        "description": words,
        "schema": {"type": "string"},
    }


CHOSEN = (
    query("state", "Two letters; any state without it"),
    query("place", "A place of service; any without it"),
    query("on", "A day; today without it"),
)


def description() -> Json:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "payerkb",
            "version": CONTRACT,
            "description": (
                "Payer rules for interventional pain billing, and whether a claim will"
                " hold under them. Within a version keys are only added. Served by"
                f" payerkb {__version__}."
            ),
        },
        "paths": {
            "/api/check": {"post": check()},
            "/api/ask": {
                "get": got(
                    "A question in one's own words: how it was understood, and its answer",
                    (
                        query("q", "The question; never a person's name"),
                        query("state", "Two letters, where the question says none"),
                        query("place", "A place of service, where it says none"),
                        query("on", "A day, where it says none; today without it"),
                    ),
                    {
                        "type": "object",
                        "required": list(ASKED),
                        "properties": {"lead": LEAD},
                    },
                )
            },
            "/api/answer/{payer}/{subject}": {
                "get": got(
                    "What a payer says of a procedure: every question, known or not",
                    (
                        path_word("payer", "aetna"),
                        path_word("subject", "64483"),
                        *CHOSEN,
                    ),
                    having("payer", "subject", "on", "answers", "chart", "sources"),
                )
            },
            "/api/compare": {
                "get": got(
                    "Two to four payers side by side for a procedure",
                    (
                        query("payers", "Keys of payers, parted by commas"),
                        query("code", "A procedure code; else family="),
                        query("family", "A family of procedures: epidural"),
                        *CHOSEN,
                    ),
                    having("subject", "on", "payers", "questions", "unanswered"),
                )
            },
            "/api/changes": {
                "get": got(
                    "What changes between two days: stricter, looser, new, ended",
                    (
                        query("from", "First day; six months ago without it"),
                        query("to", "Last day; three months ahead without it"),
                        query("payer", "The key of a payer; all without it"),
                    ),
                    having("from", "to", "payer", "changes", "sources_due"),
                )
            },
            "/api/rule/{policy}/{rule}": {
                "get": got(
                    "One rule: its sentence, tree, sources with their words, exceptions",
                    (
                        path_word("policy", "aetna/transforaminal"),
                        path_word("rule", "two-weeks-apart"),
                        query("on", "A day; the latest version without it"),
                    ),
                    having("rule", "sentence", "outcome", "citations", "ir"),
                )
            },
            "/api/search": {
                "get": got(
                    "Hits in rules, payers, codes and sources, best first",
                    (query("q", "Codes or words; never a person's name"),),
                    listed("hits", HIT),
                )
            },
            "/payers.json": {
                "get": got("Payers, their contractors and states", (), payers())
            },
            "/code/{code}.json": {
                "get": got(
                    "One code across payers on a day; only what is known is told",
                    (
                        path_word("code", "64483"),
                        query("on", "A day; today without it"),
                    ),
                    plain(("code", "kind", "label", "on")),
                )
            },
            "/search.json": {
                "get": got(
                    "Hits in rules, payers, codes and sources, best first",
                    (query("q", "Codes or words; never a person's name"),),
                    listed("hits", HIT),
                )
            },
            "/health": {
                "get": got("Whether a knowledge base is served", (), plain(("status",)))
            },
            "/api/openapi.json": {
                "get": got("This description", (), {"type": "object"})
            },
        },
        "components": {
            "schemas": {
                "Claim": schema("kb.claims", "claim.schema.json"),
                "Findings": schema("kb.engine", "findings.schema.json"),
                "Error": ERROR,
            }
        },
    }


def check() -> Json:
    """The claim check."""
    claim = {"$ref": "#/components/schemas/Claim"}
    text = {"schema": {"type": "string"}}
    return {
        "summary": "The answer to each claim; nothing of them is kept or logged",
        "requestBody": {
            "required": True,
            "description": (
                "One claim, a list of claims, a claim a line, or an X12 file; claims of"
                " FHIR R4 and of clearinghouses too. The bytes tell which it is:"
                " Content-Type is not looked at."
            ),
            "content": {
                "application/json": {
                    "schema": {"anyOf": [claim, {"type": "array", "items": claim}]}
                },
                "application/x-ndjson": text,
                "application/edi-x12": text,
            },
        },
        "responses": {
            "200": answer("Findings", "At least one claim was answered"),
            "422": answer(
                "Findings", "Nothing could be read: `bad` tells why and where"
            ),
            **errors("400", "403", "413", "503"),
        },
    }


def got(summary: str, parameters: tuple[Json, ...], body: Json) -> Json:
    """Something that is read; its ETag says whether it changed."""
    content = {"application/json": {"schema": body}}
    return {
        "summary": summary,
        "parameters": list(parameters),
        "responses": {
            "200": {"description": "Found", "content": content},
            "304": {"description": "As it was when If-None-Match was its ETag"},
            **errors("400", "404", "503"),
        },
    }


def answer(name: str, words: str) -> Json:
    """A response of a shape that has a name."""
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def errors(*statuses: str) -> Json:
    """The responses that say what is wrong, all of one shape."""
    return {
        status: answer("Error", "What is wrong, and what to do") for status in statuses
    }


def path_word(name: str, example: str) -> Json:
    """A part of the path."""
    schema = {"type": "string"}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": schema,
        "example": example,
    }


def plain(names: tuple[str, ...]) -> Json:
    """An object of which some keys are texts."""
    return {
        "type": "object",
        "properties": {name: {"type": "string"} for name in names},
    }


def having(*names: str) -> Json:
    """An object with keys that are always there."""
    return {"type": "object", "required": list(names)}


def listed(name: str, item: Json) -> Json:
    """An object with a list."""
    return {"type": "object", "properties": {name: {"type": "array", "items": item}}}


def payers() -> Json:
    """The shape of the payers."""
    return listed("payers", plain(("id", "title", "line_of_business")))


def schema(package: str, file: str) -> Json:
    """A published JSON Schema, its own definitions kept inside."""
    found: Json = json.loads(files(package).joinpath(file).read_text("utf-8"))
    own = {key: value for key, value in found.items() if key not in ("$id", "$schema")}
    name = file.split(".", 1)[0].capitalize()
    return {key: within(value, name) for key, value in own.items()}


def within(value: Any, name: str) -> Any:  # noqa: ANN401  (any JSON)
    """The same with references that lead into the whole description."""
    if isinstance(value, dict):
        return {key: within(part, name) for key, part in value.items()}
    if isinstance(value, list):
        return [within(part, name) for part in value]
    if isinstance(value, str) and value.startswith("#/$defs/"):
        return f"#/components/schemas/{name}{value[1:]}"
    return value
