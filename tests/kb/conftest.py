"""A small model with a bit of everything, all invented, and its database."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dsl.base.model import (
    Alias,
    Citation,
    Code,
    CodeSet,
    Contractor,
    DatedAmount,
    Exception_,
    Fact,
    FactKind,
    FactScope,
    File,
    Grouping,
    GroupMember,
    Member,
    Model,
    Payer,
    Place,
    Policy,
    Reason,
    Rule,
    Scenario,
    Source,
    Span,
    Value,
)
from dsl.ir.codec import decode_rule
from dsl.ir.parts import Amount
from kb.build.compiler import write_database
from kb.read.store import open_knowledge_base

Json = dict[str, Any]

ESI = ("62321", "64479", "64483", "64484")
FROM_2022 = Span(date(2022, 1, 1))
LCD = Citation("LCD-1", "limitations 7", "no more than four sessions")
FOUR = [{"amount": 4, "unit": "number", "from": None, "through": None}]
FOUR_WEEKS = [{"amount": 4, "unit": "week", "from": None, "through": None}]
PAIN = {
    "op": "compare",
    "fact": "pain-duration",
    "of": "patient",
    "cmp": ">=",
    "amount": FOUR_WEEKS,
}
RELIEF = {
    "op": "compare",
    "fact": "pain-relief",
    "of": "procedure",
    "cmp": ">=",
    "amount": [{"amount": 50, "unit": "percent", "from": None, "through": None}],
}
TEXTS = {
    "shared.policy": "# words\n" * 40,
    "medicare/base.policy": "\n".join(f"base line {n}" for n in range(1, 101)),
    "medicare/north.policy": "\n".join(f"north line {n}" for n in range(1, 31)),
    "medicare/south.policy": "\n".join(f"south line {n}" for n in range(1, 31)),
    "health/facet.policy": "\n".join(f"facet line {n}" for n in range(1, 91)),
}


def file_of(path: str, text: str) -> File:
    return File(path, text, hashlib.sha256(text.encode()).hexdigest())


def at(file: str, line: int, length: int = 5) -> Place:
    return Place(file, line, line + length - 1)


def code_set(key: str, kind: Any, *members: str | Member, file: str) -> CodeSet:
    name = key.partition("#")[2]
    return CodeSet(
        key=key,
        name=name,
        title=f"Codes of {name}",
        kind=kind,
        members=tuple(Member(m) if isinstance(m, str) else m for m in members),
        sha256="0" * 64,
        place=at(file, 10),
        citations=(LCD,),
        prose="A list.",
    )


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def rule(version: str, name: str, duty: Json | None, **more: Any) -> Rule:
    """A rule of a policy version; ``more`` are fields of the rule or keys of its IR."""
    span: Span = more.pop("span", FROM_2022)
    ir: Json = {
        "ir": "1.0",
        "policy": version.partition("@")[0],
        "version": version,
        "rule": name,
        "kind": "rule" if duty else "gap",
        "in_force": {
            "from": iso(span.start),
            "through": iso(span.end),
            "clock": span.clock,
            "ended": span.ended,
        },
        "scope": more.pop("scope", None),
        "claims": None,
        "last": more.pop("last", None),
        "when": more.pop("when", None),
        "unless": more.pop("unless", None),
        "exceptions": more.pop("ways_out", []),
        "duty": duty,
        "otherwise": {
            "outcome": "deny" if duty else "note",
            "reason": "frequency" if duty else "",
            "carc": "CO-151" if duty else "",
            "rarc": ["N362"] if duty else [],
        },
        "if_unknown": None,
        "if_when_unknown": None,
        "advisory": False,
    }
    fields: Json = {
        "title": name.replace("-", " ").capitalize(),
        "fix": "Move the service, or appeal with records.",
        "grade": "example",
        "citations": (LCD,),
        "exceptions": (),
        "sentence": f"The sentence of {name}.",
        "text": f"rule {name}: its text",
        "prose": "",
        "place": at("medicare/base.policy", 20),
        "origin": version.partition("@")[0],
    } | more
    return Rule(
        name=name,
        duty=duty["duty"] if duty else "gap",
        span=span,
        scope=ir["scope"],
        outcome=ir["otherwise"]["outcome"],
        reason=ir["otherwise"]["reason"],
        carc=ir["otherwise"]["carc"],
        rarc=tuple(ir["otherwise"]["rarc"]),
        tree=decode_rule(ir),
        **fields,
    )


def esi_rules(version: str, sets: str) -> tuple[Rule, ...]:
    """A rule of every duty, and a gap."""
    scope, zoster = f"{sets}#esi", "shared#zoster"
    failed_first = Exception_(
        name="failed-first",
        title="A failed first try may be repeated",
        of="relief-first",
        sentence="Exempt when the first try failed.",
        citations=(Citation("ART-1", "group 2", "a failed trial"),),
        text="exception failed-first to relief-first",
        prose="With **records**.",
        place=at("medicare/base.policy", 70),
    )
    year = {"kind": "rolling", "n": 12, "unit": "month"}
    base = "medicare/esi"
    return (
        rule(
            version,
            "four-weeks",
            {"duty": "require", "test": PAIN},
            scope=scope,
            unless={"op": "diagnosis", "set": zoster, "which": "any"},
            prose="Shingles pain is **exempt** from the wait.",
            origin=base,
        ),
        rule(version, "blind", {"duty": "never"}, scope=f"{sets}#blind", origin=base),
        rule(
            version,
            "sessions",
            {
                "duty": "limit",
                "count": FOUR,
                "unit": "session",
                "per": ["region"],
                "window": year,
                "counting": None,
            },
            scope=scope,
            origin=base,
        ),
        rule(
            version,
            "pause",
            {
                "duty": "interval",
                "least": FOUR_WEEKS,
                "between": "session",
                "per": ["region"],
                "counting": None,
            },
            scope=scope,
            origin=base,
        ),
        rule(
            version,
            "one-guidance",
            {
                "duty": "not-with",
                "set": "shared#guidance",
                "same": [],
                "unless_modifier": ["59", "XS"],
            },
            scope=scope,
            origin=base,
        ),
        rule(
            version,
            "relief-first",
            {"duty": "require", "test": RELIEF},
            scope=scope,
            last={"set": scope, "same": ["region"]},
            ways_out=[
                {
                    "name": "failed-first",
                    "in_force": {"from": None, "through": None},
                    "when": {"op": "yes", "fact": "approach-changed", "of": "line"},
                    "exceptions": [],
                }
            ],
            exceptions=(failed_first,),
            origin=base,
        ),
        rule(version, "training", None, scope=scope, origin=base),
    )


def esi_policy(path: str, contractor: str, file: str, **more: Any) -> Policy:
    version = f"{path}@2022-01-01"
    fields: Json = {
        "title": f"Epidural injections ({contractor or 'shared text'})",
        "payer": "sample-medicare" if contractor else "",
        "contractor": contractor,
        "states": (),
        "plans": (),
        "status": "active" if contractor else "shared",
        "based_on": "medicare/esi" if contractor else "",
        "defers_to": "",
        "delegated_to": "",
        "decides": "coverage",
        "span": FROM_2022,
        "citations": (LCD,),
        "code_sets": (
            code_set(f"{version}#blind", "procedure", "62320", file=file),
            code_set(
                f"{version}#esi",
                "procedure",
                *ESI[:-1],
                Member("64484", Span(date(2023, 7, 1))),
                file=file,
            ),
        ),
        "values": (
            Value(
                name="most-sessions",
                title="Sessions in a year",
                amounts=(
                    DatedAmount(Amount(6, "number"), Span(None, date(2021, 12, 31))),
                    DatedAmount(Amount(4, "number"), Span(date(2022, 1, 1))),
                ),
                citations=(LCD,),
                prose="",
                place=at(file, 15),
            ),
        ),
        "rules": esi_rules(version, version),
        "scenarios": (
            Scenario(
                name="fifth",
                title="The fifth session",
                claim={"claim": "S-1", "payer": "sample-medicare", "lines": []},
                expect=({"line": 1, "outcome": "deny"},),
                prose="",
                place=at(file, 18),
                origin="medicare/esi",
            ),
        ),
        "dropped": (),
        "changed": (),
        "prose": "Medicine near the nerves of the *spine*.",
        "text": "policy ...",
        "place": at(file, 1, 4),
    } | more
    return Policy(path=path, version=version, **fields)


def facet_policy(start: date, rules: tuple[str, ...]) -> Policy:
    path, file = "health/facet", "health/facet.policy"
    version = f"{path}@{start.isoformat()}"
    span = Span(start, None if start.year == 2025 else date(2024, 12, 31))
    scope = f"{version}#facet"
    made = {
        "approval": rule(
            version,
            "approval",
            {
                "duty": "require",
                "test": {
                    "op": "field",
                    "field": "authorization",
                    "in": ["approved"],
                    "set": None,
                },
            },
            scope=scope,
            span=span,
        ),
        "place": rule(
            version,
            "place",
            {
                "duty": "require",
                "test": {
                    "op": "field",
                    "field": "place",
                    "in": ["24", "11"],
                    "set": None,
                },
            },
            span=span,
            place=at(file, 40),
        ),
        "late-claims": rule(
            version,
            "late-claims",
            {"duty": "require", "test": {"op": "modifier", "modifier": "KX"}},
            scope=scope,
            span=Span(date(2024, 6, 1), clock="received"),
            place=at(file, 50),
        ),
        "blocks": rule(
            version,
            "blocks",
            {"duty": "require", "test": PAIN},
            scope=scope,
            span=Span(start, date(2024, 5, 31)),
            place=at(file, 60),
        ),
        "blocks-later": rule(
            version,
            "blocks",
            {"duty": "require", "test": RELIEF},
            scope=scope,
            span=Span(date(2024, 6, 1), span.end),
            last={"set": scope, "same": []},
            place=at(file, 70),
        ),
    }
    return Policy(
        path=path,
        version=version,
        title=f"Facet interventions {start.year}",
        payer="sample-health",
        contractor="",
        states=("TX", "FL"),
        plans=("commercial",),
        status="active",
        based_on="",
        defers_to="",
        delegated_to="",
        decides="coverage",
        span=span,
        citations=(),
        code_sets=(
            code_set(
                scope,
                "procedure",
                Member("64490", Span(None, date(2024, 3, 31))),
                "64493",
                Member("64635", Span(date(2024, 9, 1))),
                file=file,
            ),
        ),
        values=(),
        rules=tuple(made[name] for name in rules),
        scenarios=(),
        dropped=(),
        changed=(),
        prose="",
        text="policy ...",
        place=at(file, 1 if start.year == 2024 else 31, 30),
    )


def make_sample_model() -> Model:
    """Two payers, two contractors, a shared text with two overlays, two versions."""
    words = "shared.policy"
    north = esi_policy(
        "medicare/north/esi",
        "north",
        "medicare/north.policy",
        changed=("sessions",),
    )
    south = esi_policy(
        "medicare/south/esi", "south", "medicare/south.policy", dropped=("pause",)
    )
    base = esi_policy("medicare/esi", "", "medicare/base.policy")
    sources = [
        Source(
            key=key,
            title=title,
            publisher="Sample publisher",
            url=f"https://example.org/{key}",
            version="3",
            grade="example",
            read_on=date(2026, 1, 31),
            review_by=review_by,
            prose="",
            place=at(words, 5),
        )
        for key, title, review_by in [
            ("LCD-1", "Epidural coverage", date(2026, 7, 31)),
            ("ART-1", "Billing article", None),
        ]
    ]
    shapes: list[tuple[str, FactKind, FactScope, tuple[str, ...]]] = [
        ("pain-duration", "duration", "patient", ()),
        ("pain-relief", "percent", "procedure", ()),
        ("approach-changed", "yes-no", "line", ()),
        ("opioid-risk", "choice", "patient", ("low", "moderate", "high")),
    ]
    facts = [
        Fact(
            key=key,
            title=f"Title of {key}",
            kind=kind,
            scope=scope,
            choices=choices,
            where="History of present illness",
            ask="Write the number of weeks.",
            prose="",
            place=at(words, 9),
        )
        for key, kind, scope, choices in shapes
    ]
    return Model(
        files=tuple(file_of(path, text) for path, text in TEXTS.items()),
        sources=tuple(sources),
        payers=(
            Payer(
                key="sample-medicare",
                title="Sample Medicare",
                line_of_business="medicare",
                identifiers=("00001", "00002"),
                filing=("MB",),
                also_called=("S. Medicare, Part B",),
                citations=(LCD,),
                prose="Pays for **seniors**.",
                place=at(words, 1),
            ),
            Payer(
                key="sample-health",
                title="Sample Health",
                line_of_business="commercial",
                identifiers=("00009",),
                filing=(),
                also_called=(),
                citations=(),
                prose="",
                place=at(words, 2),
            ),
        ),
        contractors=tuple(
            Contractor(
                key=key,
                title=f"{key.capitalize()} contractor",
                payer="sample-medicare",
                states=states,
                citations=(LCD,),
                prose="",
                place=at(words, 3),
            )
            for key, states in [("south", ("TX", "FL")), ("north", ("WA",))]
        ),
        reasons=(Reason("medicare", "frequency", "CO-151", ("N362",)),),
        facts=tuple(facts),
        groupings=(
            Grouping(
                key="region",
                title="Spinal region",
                members=(
                    GroupMember("neck", "64479"),
                    GroupMember("low-back", "64483"),
                    GroupMember("low-back", "64484", Span(date(2023, 7, 1))),
                ),
                prose="",
                place=at(words, 12),
            ),
        ),
        codes=(
            Code(
                code="64484",
                label="Each further level, low back",
                add_on_to=("64483",),
                imaging="included",
                global_days="000",
                sides="paired",
                citations=(LCD,),
                prose="Billed on top.",
                place=at(words, 14),
            ),
            Code(
                code="64483",
                label="Through the nerve opening, low back",
                add_on_to=(),
                imaging="included",
                global_days="000",
                sides="paired",
                citations=(),
                prose="",
                place=at(words, 16),
            ),
        ),
        code_sets=(
            code_set("shared#zoster", "diagnosis", "B02.23", "B02.7", file=words),
            code_set("shared#guidance", "procedure", "77002", "77003", file=words),
        ),
        policies=(
            south,
            facet_policy(date(2025, 1, 1), ("approval", "place")),
            facet_policy(
                date(2024, 1, 1),
                ("approval", "place", "late-claims", "blocks", "blocks-later"),
            ),
            base,
            north,
        ),
        words=(Alias("ESI", "family", "epidural", at(words, 1)),),
    )


@pytest.fixture(scope="session")
def sample_model() -> Model:
    return make_sample_model()


@pytest.fixture(scope="session")
def knowledge_base(
    sample_model: Model, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("kb") / "kb.db"
    write_database(sample_model, path)
    return path


@pytest.fixture
def connection(knowledge_base: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_knowledge_base(knowledge_base)) as opened:
        yield opened
