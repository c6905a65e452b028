"""``rule.schema.json`` out of the registry of forms: ``python -m dsl.ir.schema``.

What a form's fields may hold follows from their roles and types; what cannot be told so
(a field is in a list or in a set) is written here, beside the parts that all forms share.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import NoneType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from dsl.ir.forms import DUTIES, TESTS, Form, Part
from dsl.ir.parts import (
    Calendar,
    FactScope,
    Role,
    Rolling,
    Unit,
)
from dsl.ir.rule import OutcomeName

Json = dict[str, Any]
PLACE = Path(__file__).with_name("rule.schema.json")
HEADER = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:payerkb:rule:1.0",
    "title": "payerkb-rule/1.0",
    "description": (
        "One compiled rule or gap. Everything optional is present, as null or an empty "
        "list. Made from the registry of forms by `python -m dsl.ir.schema`."
    ),
}


def ref(name: str) -> Json:
    """A reference to a definition."""
    return {"$ref": f"#/$defs/{name}"}


def or_null(schema: Json) -> Json:
    """The schema, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def closed(description: str, properties: Json, optional: tuple[str, ...] = ()) -> Json:
    """An object that has these keys and no others."""
    return {
        "description": description,
        "type": "object",
        "additionalProperties": False,
        "required": [key for key in properties if key not in optional],
        "properties": properties,
    }


def listed(items: Json, **more: object) -> Json:
    """An array."""
    return {"type": "array", "items": items, **more}


def narrowed(base: str, properties: Json) -> Json:
    """Dated amounts of a narrower kind."""
    return listed({"allOf": [ref(base), {"properties": properties}]}, minItems=1)


def text(pattern: str, description: str) -> Json:
    """Text of a shape."""
    return {"description": description, "type": "string", "pattern": pattern}


PARTS: Json = {
    "day": {
        "description": "A day, as 2026-01-31.",
        "type": "string",
        "format": "date",
        "pattern": r"^\d{4}-\d{2}-\d{2}$",
    },
    "open_day": {"description": "A day; null is open.", **or_null(ref("day"))},
    "span": closed(
        "Days, both inclusive.", {"from": ref("open_day"), "through": ref("open_day")}
    ),
    "word": {"type": "string", "minLength": 1},
    "name": text(r"^\S+$", "The name of an item."),
    "fact": text(r"^\S+$", "Key of a row of table fact."),
    "set": text(r"^\S+$", "Key of a row of table code_set."),
    "modifier": text("^[0-9A-Z]{2}$", "Two characters, as KX or 59."),
    "fact_scope": {
        "description": "Whose fact it is.",
        "enum": list(get_args(FactScope)),
    },
    "groups": {
        "description": (
            "Groups that must be the same: level, side, code, provider, or a grouping's key."
        ),
        **listed({"type": "string", "pattern": r"^\S+$"}, uniqueItems=True),
    },
    "count": closed(
        "How many; max null has no upper end.",
        {
            "min": {"type": "integer", "minimum": 0},
            "max": or_null({"type": "integer", "minimum": 0}),
        },
    ),
    "amount": closed(
        "A number with its unit, on its days; decimals are strings.",
        {
            "amount": {
                "anyOf": [
                    {"type": "integer", "minimum": 0},
                    {"type": "string", "pattern": r"^\d+\.\d+$"},
                ]
            },
            "unit": {"enum": list(get_args(Unit))},
            "from": ref("open_day"),
            "through": ref("open_day"),
        },
    ),
    "amounts": {
        "description": (
            "Dated amounts: the one whose days hold the date of service counts; "
            "none of them: unknown."
        ),
        **listed(ref("amount"), minItems=1),
    },
    "durations": {
        "description": "Dated amounts of time.",
        **narrowed("amount", {"unit": {"enum": ["day", "week", "month", "year"]}}),
    },
    "limits": {
        "description": "The limit by days.",
        **narrowed(
            "amount", {"amount": {"type": "integer"}, "unit": {"const": "number"}}
        ),
    },
    "window": {
        "description": "The time in which is counted.",
        "oneOf": [
            ref(f"window_{kind}")
            for kind in ("rolling", "calendar", "whole", "plan_year")
        ],
    },
    "window_rolling": closed(
        "Looks back from the date of service: later than date minus n.",
        {
            "kind": {"const": "rolling"},
            "n": {"type": "integer", "minimum": 1},
            "unit": {"enum": list(get_args(get_type_hints(Rolling)["unit"]))},
        },
    ),
    "window_calendar": closed(
        "The same year, quarter or month as the date of service.",
        {
            "kind": {"const": "calendar"},
            "unit": {"enum": list(get_args(get_type_hints(Calendar)["unit"]))},
        },
    ),
    "window_whole": closed(
        "All history (lifetime), or the one date of service (session, date).",
        {"kind": {"enum": ["lifetime", "session", "date"]}},
    ),
    "window_plan_year": closed(
        "The member's plan year.", {"kind": {"const": "plan-year"}}
    ),
    "counting": {
        "description": (
            "Which earlier services count; null: those that were not denied, of every biller."
        ),
        "oneOf": [
            {"type": "null"},
            closed(
                "The services that count.",
                {
                    "with": {
                        "description": "Modifiers that a service must carry.",
                        **listed(ref("modifier")),
                    },
                    "without": {
                        "description": "Modifiers that it must not carry.",
                        **listed(ref("modifier")),
                    },
                    "denied": {
                        "description": "Denied services count too.",
                        "type": "boolean",
                    },
                    "own": {
                        "description": "Only this practice's claims count.",
                        "type": "boolean",
                    },
                },
            ),
        ],
    },
    "outcome": closed(
        "What follows, with the reason codes.",
        {
            "outcome": {
                "description": "Headline.",
                "enum": list(get_args(OutcomeName)),
            },
            "reason": {"description": "Kind of reason, or empty.", "type": "string"},
            "carc": text(
                "^([A-Z]{2}-[A-Z]?[0-9]{1,3})?$", "Group and CARC, as CO-151, or empty."
            ),
            "rarc": {
                "description": "RARCs, as N362.",
                **listed({"type": "string", "pattern": "^[A-Z]{1,2}[0-9]{1,4}$"}),
            },
        },
    ),
    "exception": closed(
        "A way out of a rule, or of another exception: met when `when` is, and none of its "
        "own exceptions.",
        {
            "name": ref("name"),
            "in_force": ref("span"),
            "when": ref("test"),
            "exceptions": listed(ref("exception")),
        },
    ),
}
BY_ROLE: dict[Role, Json] = {
    Role.FACT: ref("fact"),
    Role.SCOPE: ref("fact_scope"),
    Role.AMOUNTS: ref("amounts"),
    Role.WINDOW: ref("window"),
    Role.SET: ref("set"),
    Role.GROUPS: ref("groups"),
    Role.MODIFIER: ref("modifier"),
    Role.MODIFIERS: listed(ref("modifier"), uniqueItems=True),
    Role.TEST: ref("test"),
    Role.COUNT: ref("count"),
    Role.COUNTING: ref("counting"),
    Role.NUMBER: {"type": "integer", "minimum": 1},
    Role.DAY: ref("day"),
    Role.CASES: listed(
        closed(
            "One choice and its limit.",
            {"choice": ref("name"), "limit": ref("duty_limit")},
        ),
        minItems=1,
    ),
}
MORE: dict[str, Json] = {
    "choice": {"not": {"properties": {"in": {"maxItems": 0}}}},
    "field": {
        "oneOf": [
            {"properties": {"in": {"minItems": 1}, "set": {"type": "null"}}},
            {"properties": {"in": {"maxItems": 0}, "set": {"type": "string"}}},
        ]
    },
}
"""What a form asks beyond the fields one by one."""
EITHER: dict[str, tuple[tuple[str, ...], ...]] = {
    "elapsed": (("clock",), ("fact", "of"))
}
"""Keys of which a form has one group: those of its optional fields."""


def field_schema(part: Part, hint: object) -> Json:
    """What one field may hold."""
    kinds = get_args(hint) if get_origin(hint) in (Union, type(int | None)) else (hint,)
    nullable = NoneType in kinds and part.role is not Role.COUNTING
    told = [kind for kind in kinds if kind is not NoneType]
    schema = narrower(part, told[0] if len(told) == 1 else hint)
    return or_null(schema) if nullable and not part.optional else schema


def narrower(part: Part, hint: object) -> Json:
    """By the field's own definition, its literal words, its length, or its role."""
    if part.schema:
        return ref(part.schema)
    if hint is Rolling:
        return ref("window_rolling")
    if get_origin(hint) is Literal and part.role is not Role.SCOPE:
        words = list(get_args(hint))
        return {"const": words[0]} if len(words) == 1 else {"enum": words}
    if part.role is Role.TESTS:
        return listed(ref("test"), **lengths(hint))
    if part.role is Role.WORDS:
        return words_schema(hint)
    return BY_ROLE[part.role]


def lengths(hint: object) -> dict[str, object]:
    """How long a tuple of that type is."""
    members = get_args(hint)
    if Ellipsis in members:
        return {"minItems": 1}
    return {"minItems": len(members), "maxItems": len(members)}


def words_schema(hint: object) -> Json:
    """A list of words: of any, or of the literal ones of its type."""
    members = get_args(hint)
    if get_origin(members[0]) is Literal:
        return listed({"enum": list(get_args(members[0]))}, **lengths(hint))
    return listed(ref("word"), uniqueItems=True)


def form_schema(form: Form, key: str) -> Json:
    """The definition of one form, whose name stands under ``key``."""
    hints = get_type_hints(form.kind)
    properties = {key: {"const": form.name}}
    properties |= {p.key: field_schema(p, hints[p.name]) for p in form.parts}
    meaning = form.meaning[0].upper() + form.meaning[1:] + "."
    shape = {**closed(meaning, properties), **MORE.get(form.name, {})}
    either = EITHER.get(form.name)
    return one_of_several(shape, either) if either else shape


def one_of_several(shape: Json, either: tuple[tuple[str, ...], ...]) -> Json:
    """An object that has the keys of one of several groups, as several objects."""
    grouped = {key for group in either for key in group}
    shapes = []
    for group in either:
        left = grouped.difference(group)
        kept = {k: v for k, v in shape["properties"].items() if k not in left}
        shapes.append(without_description(closed("", kept)))
    return {"description": shape["description"], "anyOf": shapes}


def without_description(shape: Json) -> Json:
    """The schema alone."""
    return {key: value for key, value in shape.items() if key != "description"}


def definition(form: Form, kind: str) -> str:
    """The name of a form's definition."""
    return f"{kind}_{form.name.replace('-', '_')}"


def rule_properties() -> Json:
    """The keys of a rule."""
    return {
        "ir": {"description": "Version of this form.", "const": "1.0"},
        "policy": {"description": "Path of the policy.", **ref("name")},
        "version": text(r"^\S+@\S*$", "The policy version, path@first-day."),
        "rule": ref("name"),
        "kind": {
            "description": "A gap declares what a claim cannot show and has no duty.",
            "enum": ["rule", "gap"],
        },
        "in_force": closed(
            "The overlap of the policy's and the rule's own days, on one clock.",
            {
                "from": ref("open_day"),
                "through": ref("open_day"),
                "clock": {"enum": ["service", "received", "requested"]},
                "ended": {
                    "description": "True: nothing follows the last day.",
                    "type": "boolean",
                },
            },
        ),
        "scope": {
            "description": (
                "The procedures it is for; null: every line of the policy's claims."
            ),
            **or_null(ref("set")),
        },
        "claims": {
            "description": "Kind of claim; null: both.",
            "enum": ["professional", "facility", None],
        },
        "last": or_null(
            closed(
                "Owner of the procedure facts: the latest earlier session of the set with "
                "the same groups, of services with one modifier or without another where "
                "they are named.",
                {
                    "set": ref("set"),
                    "same": ref("groups"),
                    "modifier": {"type": "string"},
                    "without": {"type": "string"},
                },
                ("modifier", "without"),
            )
        ),
        "when": {
            "description": "The rule applies only when this is met.",
            **or_null(ref("test")),
        },
        "unless": {"description": "Excused when this is met.", **or_null(ref("test"))},
        "exceptions": listed(ref("exception")),
        "duty": or_null(ref("duty")),
        "otherwise": ref("outcome"),
        "if_unknown": or_null(ref("outcome")),
        "if_when_unknown": {
            "description": (
                "The outcome when it is not known whether the rule applies; null: as "
                "if_unknown."
            ),
            **or_null(ref("outcome")),
        },
        "advisory": {
            "description": "True: the outcome is at most review.",
            "type": "boolean",
        },
    }


def schema() -> Json:
    """The JSON Schema of a compiled rule."""
    shape = without_description(closed("", rule_properties()))
    kinds = (("rule", "object"), ("gap", "null"))
    return {
        **HEADER,
        **shape,
        "oneOf": [
            {"properties": {"kind": {"const": kind}, "duty": {"type": duty}}}
            for kind, duty in kinds
        ],
        "$defs": {
            **PARTS,
            "test": {
                "description": "A three-valued test: met, unknown, not met.",
                "oneOf": [ref(definition(form, "test")) for form in TESTS],
            },
            "duty": {
                "description": "What the rule demands.",
                "oneOf": [ref(definition(form, "duty")) for form in DUTIES],
            },
            **{definition(form, "test"): form_schema(form, "op") for form in TESTS},
            **{definition(form, "duty"): form_schema(form, "duty") for form in DUTIES},
        },
    }


def as_text() -> str:
    """The file's text."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PLACE.write_text(as_text(), "utf-8")
