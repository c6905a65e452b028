"""One claim beside the rule engines of others, on what they can express.

    python -m bench.peers

The 2,000 rules of ``bench.policies`` are written in the language of each peer; rules in
scope are for the peer to find, as they are for us.  Peers are handed what they have no
words for ready-made: how many sessions there were, how many days lie between two, a number
of weeks where the chart gives one.  They give no reason, number or citation and read no
history; we take the claim as JSON text with its history, and give the whole answer as JSON
text.  Which rules are not met is asserted to be the same of every claim in each of them.

``rule-engine`` wants another ``python-dateutil`` than we have: it is asked where it is
installed aside (``pip install --target``).
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import process_time

import cedarpy
import cel
import zen
from json_logic import jsonLogic

from bench.claim import RULES, answer_text, built
from bench.policies import FACTS, RULES_EACH, codes_of, payer_of, write_policies
from kb.claims import read_json
from kb.engine import Engine

CLAIMS = 12
RUNS = 20
DAY = date(2026, 11, 2)
LISTED = [f"M54.{n}" for n in range(12, 19)] + [f"M51.{n}" for n in range(14, 18)]
WANTED = 3.0
"""So many times as long as ours zen-engine is to take."""
Json = dict[str, object]
Unmet = frozenset[str]
Ask = Callable[[int], Unmet]
"""Which rules a claim does not meet, by the claim's place among the claims."""


@dataclass(frozen=True, slots=True)
class Written:
    """A rule of ``bench.policies`` by what differs in it."""

    policy: int
    number: int

    @property
    def id(self) -> str:
        """``12/rule-3``."""
        return f"{self.policy}/rule-{self.number}"

    @property
    def payer(self) -> str:
        """Key of its payer."""
        return f"payer-{payer_of(self.policy)}"

    @property
    def weeks(self) -> int:
        """Its number: of weeks, sessions or days, by its kind."""
        return 4 + self.number % 9

    @property
    def fact(self) -> str:
        """The fact that it asks for, as peers are handed it."""
        return f"finding_{(self.policy + self.number) % FACTS}"

    def unmet(self, language: Language) -> str:
        """When a claim in its scope does not meet it."""
        say = language
        too_few = say.below(self.fact, self.weeks)
        return (
            too_few,
            say.both(say.within("place", ["11", "24"]), say.no("listed")),
            say.above("sessions", self.weeks),
            say.below("days", self.weeks),
            say.both(say.above("earlier", 0), say.both(too_few, say.no("kx"))),
        )[self.number % 5]

    def objects(self, language: Language) -> str:
        """The same of any claim: payer and code first."""
        say = language
        scope = say.both(
            say.within("payer", [self.payer]), say.within("code", codes_of(self.policy))
        )
        return say.both(scope, self.unmet(say))


@dataclass(frozen=True, slots=True)
class Language:
    """How an engine writes what rules are made of; ``{}`` in the order of a sentence."""

    name: str = "{}"
    membership: str = "{0} in {1}"
    conjunction: str = "({0} and {1})"
    negation: str = "{} == false"

    def within(self, name: str, words: list[str]) -> str:
        """A text is one of some."""
        return self.membership.format(self.name.format(name), json.dumps(words))

    def below(self, name: str, number: int) -> str:
        """A number is smaller."""
        return f"{self.name.format(name)} < {number}"

    def above(self, name: str, number: int) -> str:
        """A number is larger."""
        return f"{self.name.format(name)} > {number}"

    def no(self, name: str) -> str:
        """A sign is not there."""
        return self.negation.format(self.name.format(name))

    def both(self, one: str, other: str) -> str:
        """Both hold."""
        return self.conjunction.format(one, other)


class JsonLogic(Language):
    """The same as JSON."""

    def within(self, name: str, words: list[str]) -> str:
        return json.dumps({"in": [{"var": name}, words]})

    def below(self, name: str, number: int) -> str:
        return json.dumps({"<": [{"var": name}, number]})

    def above(self, name: str, number: int) -> str:
        return json.dumps({">": [{"var": name}, number]})

    def no(self, name: str) -> str:
        return json.dumps({"!": {"var": name}})

    def both(self, one: str, other: str) -> str:
        return f'{{"and": [{one}, {other}]}}'


CEDAR = Language("context.{}", "{1}.contains({0})", "({0} && {1})", "!{}")
CEL = Language(conjunction="({0} && {1})", negation="!{}")


def claims(count: int) -> Iterator[tuple[str, Json]]:
    """Claims as JSON text, and what peers are handed of each."""
    dice = random.Random(5)
    for number in range(count):
        policy = dice.randrange(RULES // RULES_EACH)
        code, place = dice.choice(codes_of(policy)), dice.choice(["11", "22"])
        diagnosis = dice.choice([*LISTED[:3], "G89.4"])
        weeks = {n: dice.randrange(1, 16) for n in range(FACTS) if dice.random() < 0.5}
        back = sorted(dice.sample(range(3, 300), dice.randrange(7)))
        modifiers = dice.choice([[], ["KX"]])
        earlier = [str(DAY - timedelta(days=days)) for days in back]
        claim = {
            "claim": f"C-{number}",
            "payer": f"payer-{payer_of(policy)}",
            "place": place,
            "date": str(DAY),
            "lines": [{"code": code, "diagnoses": [diagnosis], "modifiers": modifiers}],
            "facts": {f"finding-{n}": f"{weeks[n]} weeks" for n in weeks},
            "history": {
                "state": "complete",
                "lines": [{"date": day, "code": code} for day in earlier],
            },
        }
        handed: Json = {
            "payer": claim["payer"],
            "place": place,
            "code": code,
            "listed": diagnosis in LISTED,
            "kx": bool(modifiers),
            "sessions": len(back) + 1,
            "earlier": len(back),
            "days": back[0] if back else 9999,
            # What nobody wrote down is too little, whatever is asked for.
            **{f"finding_{n}": weeks.get(n, -1) for n in range(FACTS)},
        }
        yield json.dumps(claim), handed


def ours(engine: Engine, texts: list[str]) -> Ask:
    """JSON text to JSON text, with all that an answer has."""

    def asked(place: int) -> Unmet:
        answer = json.loads(answer_text(engine, texts[place]))["answers"][0]
        rules = answer["lines"][0]["rules"]
        unmet = (
            one["rule"] for one in rules if one["status"] in ("not-met", "unknown")
        )
        return frozenset(map(short, unmet))

    return asked


def short(rule: str) -> str:
    """``12/rule-3`` for ``payer-1/policy-12@2026-01-01#rule-3``."""
    version, _, name = rule.partition("#")
    return f"{version.partition('@')[0].rpartition('-')[2]}/{name}"


def of_zen(rules: list[Written], handed: list[Json]) -> Ask:
    """One decision table, a row a rule, from which all that hold are collected."""
    rows = [
        {
            "_id": rule.id,
            "payer": json.dumps(rule.payer),
            "code": ", ".join(map(json.dumps, codes_of(rule.policy))),
            "unmet": rule.unmet(Language()),
            "rule": json.dumps(rule.id),
        }
        for rule in rules
    ]
    columns = [
        {"id": name, "name": name, "field": name, "type": "expression"}
        for name in ("payer", "code")
    ]
    table = {
        "hitPolicy": "collect",
        "inputs": [
            *columns,
            {"id": "unmet", "name": "unmet", "field": "", "type": "expression"},
        ],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": rows,
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "content": {}},
        {"id": "all", "name": "all", "type": "decisionTableNode", "content": table},
        {"id": "out", "name": "out", "type": "outputNode", "content": {}},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "all", "type": "edge"},
        {"id": "2", "sourceId": "all", "targetId": "out", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(
        json.dumps({"nodes": nodes, "edges": edges})
    )
    return lambda place: frozenset(
        one["rule"] for one in decision.evaluate(handed[place])["result"]
    )


def of_cedar(rules: list[Written], handed: list[Json]) -> Ask:
    """A policy a rule; those that permit are told as the reasons of the decision."""
    policies = cedarpy.PolicySet.from_str(
        "\n".join(
            f"permit(principal, action, resource) when {{ {rule.objects(CEDAR)} }};"
            for rule in rules
        )
    )
    named = {f"policy{place}": rule.id for place, rule in enumerate(rules)}
    asked = {"principal": 'P::"p"', "action": 'A::"a"', "resource": 'R::"r"'}

    def ask(place: int) -> Unmet:
        request = {**asked, "context": handed[place]}
        found = cedarpy.is_authorized(request, policies, [])
        return frozenset(named[one] for one in found.diagnostics.reasons)

    return ask


def one_by_one(
    rules: list[Written], holds: list[Callable[[Json], object]], handed: list[Json]
) -> Ask:
    """Each rule asked by itself, as engines do that know no set of rules."""
    pairs = [(rule.id, held) for rule, held in zip(rules, holds, strict=True)]
    return lambda place: frozenset(
        name for name, holds_for in pairs if holds_for(handed[place])
    )


def peers(rules: list[Written], handed: list[Json]) -> dict[str, Ask]:
    """Every peer with the rules in its language, made ready."""
    plain, logic = Language(), JsonLogic()
    trees = [json.loads(rule.objects(logic)) for rule in rules]
    programs = [cel.compile(rule.objects(CEL)) for rule in rules]
    each = partial(one_by_one, rules, handed=handed)
    found = {
        "zen-engine": of_zen(rules, handed),
        "cedarpy": of_cedar(rules, handed),
        "CEL (in Rust)": each([program.execute for program in programs]),
        "json-logic": each([partial(jsonLogic, tree) for tree in trees]),
    }
    if find_spec("rule_engine"):
        made = import_module("rule_engine").Rule
        matched = [made(rule.objects(plain)).matches for rule in rules]
        found["rule-engine"] = each(matched)
    return found


def milliseconds(ask: Callable[[int], object], count: int, runs: int) -> float:
    """Median of processor time of a claim, which others on the machine change little."""
    found = []
    for _ in range(runs):
        for place in range(count):
            start = process_time()
            ask(place)
            found.append(process_time() - start)
    return median(found) * 1000


def main() -> int:
    """Print the table; 1 where an answer differs."""
    given = list(claims(CLAIMS))
    texts, handed = [text for text, _ in given], [said for _, said in given]
    rules = [
        Written(policy, number)
        for policy in range(RULES // RULES_EACH)
        for number in range(RULES_EACH)
    ]
    with tempfile.TemporaryDirectory() as name:
        write_policies(Path(name) / "policies", RULES // RULES_EACH)
        engine = Engine.open(built(Path(name) / "policies", Path(name) / "kb.db"))
        wanted = [ours(engine, texts)(place) for place in range(CLAIMS)]
        own = milliseconds(lambda p: answer_text(engine, texts[p]), CLAIMS, RUNS * 5)
        read = [read_json(text).claims for text in texts]
        bare = milliseconds(lambda p: engine.answer(read[p]), CLAIMS, RUNS * 5)
    print(f"{RULES:,} rules, {CLAIMS} claims, one thread, processor time of a claim")
    print(f"{'payerkb, JSON to JSON with reasons':<40}{own:>10.3f} ms")
    print(f"{'payerkb, a claim that is read already':<40}{bare:>10.3f} ms")
    same = True
    for title, ask in peers(rules, handed).items():
        differ = sum(ask(place) != wanted[place] for place in range(CLAIMS))
        same = same and not differ
        took = milliseconds(ask, CLAIMS, RUNS if title == "zen-engine" else 2)
        said = f"{differ} claims answered otherwise" if differ else "the same rules"
        print(f"{title:<40}{took:>10.3f} ms{took / own:>8.1f} times   {said}")
    print(f"wanted: zen-engine {WANTED:g} times as long as JSON to JSON")
    return int(not same)


if __name__ == "__main__":
    raise SystemExit(main())
