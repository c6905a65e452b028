"""Checks of what rules ask for."""

from __future__ import annotations

import json
from collections.abc import Iterator

from dsl.base.model import Json, Policy, Rule
from dsl.lint.registry import Asked, Finding, check
from dsl.lint.trees import codes_of, deciding, nodes, own_rules

DAYS_OF = {"day": 1, "week": 7, "month": 30, "year": 365}


@check("L020", "deny-without-fix", "note", "A denial does not say what to do")
def deny_without_fix(asked: Asked) -> Iterator[Finding]:
    """Denials that leave a biller alone."""
    for _policy, rule in own_rules(asked.model):
        if rule.outcome in ("deny", "fix") and not rule.fix:
            yield Finding(
                rule.place,
                f"`{rule.name}` gives no `fix:`. Say what would help.",
                "fix: Send the records that show ...",
            )


@check("L037", "denial-without-code", "note", "A denial has no reason code")
def denial_without_code(asked: Asked) -> Iterator[Finding]:
    """Reasons for which neither the rule nor the payer's table gives a code; once a policy."""
    businesses = {payer.key: payer.line_of_business for payer in asked.model.payers}
    for policy in deciding(asked.model):
        told: set[str] = set()
        for rule in policy.rules:
            bare = rule.outcome == "deny" and rule.reason and not rule.carc
            if not bare or rule.origin != policy.path or rule.reason in told:
                continue
            told.add(rule.reason)
            business = businesses.get(policy.payer, "its line of business")
            yield Finding(
                rule.place,
                f"`deny for {rule.reason}` finds no reason code (CARC). Write it in the rule, as "
                f"`deny for {rule.reason} CO-50`, or for every rule in an item `reasons "
                f"{business}: Title` with a line `{rule.reason}: CO-50`.",
            )


@check(
    "L021", "next-date-without-count", "error", "A fix names a date that nothing counts"
)
def next_date_without_count(asked: Asked) -> Iterator[Finding]:
    """``{next-date}`` in a rule that has none."""
    for _policy, rule in own_rules(asked.model):
        counts = rule.duty in ("limit", "limit-by", "interval")
        if "{next-date}" in rule.fix and not counts:
            yield Finding(
                rule.place,
                f"`{rule.name}` is no limit and no interval, so it has no next date to "
                "put into its fix.",
            )


@check("L022", "rule-for-no-code", "error", "A rule is for no code")
def rule_for_no_code(asked: Asked) -> Iterator[Finding]:
    """Rules whose scope is empty."""
    for policy, rule in own_rules(asked.model):
        if rule.scope and not codes_of(policy, rule, asked.model):
            yield Finding(rule.place, f"`{rule.name}` is for no code on any day.")


def meaning(rule: Rule) -> str:
    """What a rule does, without its name."""
    kept = {k: v for k, v in rule.ir.items() if k not in ("rule", "advisory")}
    return json.dumps(kept, sort_keys=True)


@check("L023", "rule-twice", "warning", "Two rules do the same")
def rule_twice(asked: Asked) -> Iterator[Finding]:
    """Rules of one policy with the same scope, tests, duty and outcome."""
    for policy in deciding(asked.model):
        seen: dict[str, str] = {}
        for rule in policy.rules:
            same = seen.setdefault(meaning(rule), rule.name)
            if same != rule.name and rule.duty != "gap" and rule.origin == policy.path:
                yield Finding(rule.place, f"`{rule.name}` does what `{same}` does.")


@check("L024", "limit-never-decides", "warning", "A limit that another always precedes")
def limit_never_decides(asked: Asked) -> Iterator[Finding]:
    """A limit that can only be exceeded when a tighter one is already."""
    for policy in deciding(asked.model):
        for rule in policy.rules:
            for other in policy.rules:
                if rule.origin == policy.path and precedes(other, rule):
                    yield Finding(
                        rule.place,
                        f"`{rule.name}` never decides: `{other.name}` is exceeded first.",
                    )


def precedes(tight: Rule, loose: Rule) -> bool:
    """Whether exceeding one limit means that the other is exceeded too."""
    if tight.name == loose.name or tight.duty != "limit" or loose.duty != "limit":
        return False
    one, other = tight.ir["duty"], loose.ir["duty"]
    plain = all(
        rule.ir["when"] is None and rule.ir["unless"] is None for rule in (tight, loose)
    )
    alike = tight.scope == loose.scope and all(
        one[key] == other[key] for key in ("unit", "per", "counting")
    )
    windows = [duty["window"] for duty in (one, other)]
    if not (plain and alike and all(w["kind"] == "rolling" for w in windows)):
        return False
    if (
        len({w["unit"] for w in windows}) > 1
        or len(one["count"]) != 1
        or len(other["count"]) != 1
    ):
        return False
    longer = windows[0]["n"] >= windows[1]["n"]
    return longer and bool(one["count"][0]["amount"] <= other["count"][0]["amount"])


@check("L025", "tests-contradict", "error", "Tests that can never hold together")
def tests_contradict(asked: Asked) -> Iterator[Finding]:
    """One `all of` that asks a field or choice to be two things."""
    for _policy, rule in own_rules(asked.model):
        for node in nodes(rule.ir):
            if node.get("op") == "and" and (name := contradiction(node)):
                yield Finding(
                    rule.place, f"`{rule.name}` asks `{name}` to be two things at once."
                )


def contradiction(node: Json) -> str:
    """The field or choice that the parts of an `and` want to be different things."""
    wanted: dict[str, set[str]] = {}
    for part in node["of"]:
        if part["op"] not in ("field", "choice") or part.get("set"):
            continue
        name = str(part.get("field") or part.get("fact"))
        values = set(part["in"])
        wanted[name] = wanted[name] & values if name in wanted else values
        if not wanted[name]:
            return name
    return ""


@check("L026", "test-repeated", "warning", "A test stands twice in a group")
def test_repeated(asked: Asked) -> Iterator[Finding]:
    """The same test twice in one group."""
    for _policy, rule in own_rules(asked.model):
        for node in nodes(rule.ir):
            if node.get("op") not in ("and", "or", "at-least"):
                continue
            parts = [json.dumps(part, sort_keys=True) for part in node["of"]]
            if len(set(parts)) < len(parts):
                yield Finding(
                    rule.place, f"`{rule.name}` has one test twice in a group."
                )


@check(
    "L027",
    "exception-repeats-unless",
    "warning",
    "An exception says what `unless` says",
)
def exception_repeats_unless(asked: Asked) -> Iterator[Finding]:
    """Exceptions whose condition the rule's own `unless` has already."""
    for _policy, rule in own_rules(asked.model):
        for node in rule.ir["exceptions"]:
            if rule.ir["unless"] is not None and node["when"] == rule.ir["unless"]:
                place = next(e.place for e in rule.exceptions if e.name == node["name"])
                yield Finding(place, f"`{node['name']}` repeats the rule's `unless:`.")


@check("L028", "limit-looser-than-base", "note", "An overlay allows more than its base")
def limit_looser_than_base(asked: Asked) -> Iterator[Finding]:
    """Changed limits that are looser than those of the text they come from."""
    for policy, base in overlays(asked):
        theirs = {rule.name: rule for rule in base.rules}
        for rule in policy.rules:
            old = theirs.get(rule.name)
            if (
                old
                and rule.name in policy.changed
                and looser(rule.ir["duty"], old.ir["duty"])
            ):
                yield Finding(
                    rule.place, f"`{rule.name}` allows more than `{base.path}` does."
                )


def overlays(asked: Asked) -> Iterator[tuple[Policy, Policy]]:
    """Each overlay with the policy that it is based on."""
    by_path = {policy.path: policy for policy in asked.model.policies}
    for policy in asked.model.policies:
        if policy.based_on in by_path:
            yield policy, by_path[policy.based_on]


def looser(new: Json | None, old: Json | None) -> bool:
    """Whether a limit counts to more, or an interval is shorter."""
    if new is None or old is None or new["duty"] != old["duty"]:
        return False
    key = {"limit": "count", "interval": "least"}.get(new["duty"])
    if key is None or len(new[key]) != 1 or len(old[key]) != 1:
        return False
    one, other = (
        float(duty[key][0]["amount"]) * DAYS_OF.get(duty[key][0]["unit"], 1)
        for duty in (new, old)
    )
    if new["duty"] == "limit":
        return new["window"] == old["window"] and one > other
    return one < other


@check("L029", "change-of-nothing", "warning", "A change that changes nothing")
def change_of_nothing(asked: Asked) -> Iterator[Finding]:
    """Overlay changes after which the rule is as it was."""
    for policy, base in overlays(asked):
        theirs = {rule.name: rule for rule in base.rules}
        for rule in policy.rules:
            old = theirs.get(rule.name)
            if old is None or rule.name not in policy.changed:
                continue
            keys = (
                "duty",
                "when",
                "unless",
                "otherwise",
                "if_unknown",
                "if_when_unknown",
            )
            codes = codes_of(policy, rule, asked.model) == codes_of(
                base, old, asked.model
            )
            same = codes and all(
                without_sets(rule.ir[k]) == without_sets(old.ir[k]) for k in keys
            )
            if same and rule.fix == old.fix and rule.title == old.title:
                yield Finding(rule.place, f"`change {rule.name}` leaves it as it was.")


def without_sets(tree: object) -> object:
    """A tree without the keys of its sets and the codes of the payer's table."""
    if isinstance(tree, dict):
        return {
            k: without_sets(v)
            for k, v in tree.items()
            if k not in ("set", "carc", "rarc")
        }
    if isinstance(tree, list):
        return [without_sets(part) for part in tree]
    return tree
