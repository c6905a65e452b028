"""Questions to parameterised SQL: one plan for command line, Python and site."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from dsl.questions import Question, QuestionError
from kb.read.families import UNKNOWN_CELLS

Parameters = dict[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """SQL with named parameters, and the day that it is asked for."""

    sql: str
    parameters: Parameters
    as_of: date


FROM_RULES = """FROM rule AS r
JOIN policy_version AS v ON v.id = r.policy_version
LEFT JOIN payer AS p ON p.id = v.payer"""
CITED = """(SELECT group_concat(c.source || iif(c.passage = '', '', ', ' || c.passage), '; ')
  FROM rule_citation AS c WHERE c.rule = r.id) AS source"""
WHO = "coalesce(v.payer, 'any payer') AS payer, v.policy AS policy"
ONE_DAY = timedelta(days=1)


def plan(question: Question, today: date) -> Plan:
    """The SQL of a question; ``today`` is the day when it names none.

    Raises ``QuestionError`` when a filter makes no sense for what is asked.
    """
    day = question.as_of or today
    parameters: Parameters = {"day": day.isoformat()}
    return Plan(PLANS[question.kind](question, parameters), parameters, day)


def rule_filters(
    question: Question, parameters: Parameters, *, dated: bool = True
) -> list[str]:
    """The conditions on a rule and its policy that the filters come to."""
    found = ["v.status <> 'shared'"]
    if dated:
        found += [days("v"), days("r")]
    if question.code:
        parameters["code"] = question.code
        parameters["codes"] = json.dumps(question.codes or (question.code,))
        found.append(for_code())
    if question.under:
        parameters["under"] = question.under
        found.append(
            "(v.payer = :under OR v.contractor = :under OR v.policy = :under"
            " OR v.policy LIKE :under || '/%' OR (v.contractor IS NULL AND v.payer ="
            " (SELECT payer FROM contractor WHERE id = :under)))"
        )
    if question.state:
        parameters["state"] = question.state
        found.append(
            "(:state IN (SELECT state FROM policy_state WHERE policy_version = v.id)"
            " OR NOT EXISTS (SELECT 1 FROM policy_state WHERE policy_version = v.id))"
        )
    if question.mentioning:
        parameters["mentioning"] = question.mentioning
        found.append(mentions())
    if question.outcome and question.outcome != "expire":
        parameters["outcome"] = question.outcome
        found.append("r.outcome = :outcome")
    if question.place:
        parameters["place"] = question.place
        found.append(may_apply_at_place())
    return found


def days(table: str) -> str:
    """That the day lies within a row's days."""
    return (
        f"({table}.from_day IS NULL OR {table}.from_day <= :day)"
        f" AND ({table}.through_day IS NULL OR :day <= {table}.through_day)"
    )


def may_apply_at_place() -> str:
    """That no condition of a rule keeps it from a place of service."""
    return (
        "NOT EXISTS (SELECT 1 FROM card_answer AS a JOIN json_each(a.confined) AS c"
        " WHERE a.rule = r.id AND json_extract(c.value, '$[0]') = 'place'"
        " AND (json_extract(c.value, '$[1]') = 'only') <> EXISTS (SELECT 1"
        " FROM json_each(c.value, '$[2]') AS p WHERE p.value = :place))"
    )


def for_code() -> str:
    """That a rule is for a code, or for a list of that name."""
    return (
        "(EXISTS (SELECT 1 FROM rule_code AS rc WHERE rc.rule = r.id"
        " AND rc.code IN (SELECT value FROM json_each(:codes))"
        " AND (rc.from_day IS NULL OR rc.from_day <= :day)"
        " AND (rc.through_day IS NULL OR :day <= rc.through_day))"
        " OR EXISTS (SELECT 1 FROM code_set AS s WHERE s.id = r.code_set AND s.name = :code))"
    )


def mentions() -> str:
    """That a rule names a code or source, in its scope or in its tests."""
    return (
        "(EXISTS (SELECT 1 FROM rule_code AS m WHERE m.rule = r.id AND m.code = :mentioning)"
        " OR EXISTS (SELECT 1 FROM rule_mention AS m WHERE m.rule = r.id"
        " AND (m.code = :mentioning OR m.code_set IN"
        " (SELECT code_set FROM code_set_member WHERE code = :mentioning)))"
        " OR EXISTS (SELECT 1 FROM rule_citation AS m WHERE m.rule = r.id"
        " AND m.source = :mentioning))"
    )


def select_rules(
    columns: str, conditions: list[str], order: str = "v.policy, r.position"
) -> str:
    """A select over rules."""
    where = "\n  AND ".join(conditions)
    return f"SELECT {columns}\n{FROM_RULES}\nWHERE {where}\nORDER BY {order}"


def plan_show(question: Question, parameters: Parameters) -> str:
    """The SQL of a ``show`` question."""
    return SHOW[question.thing](question, parameters)


def show_rules(question: Question, parameters: Parameters) -> str:
    """Rules in a sentence."""
    columns = f"{WHO}, r.name AS rule, r.sentence AS meaning, r.grade AS grade, {CITED}"
    return select_rules(
        columns, [*rule_filters(question, parameters), "r.kind = 'rule'"]
    )


def show_limits(question: Question, parameters: Parameters) -> str:
    """Limits and intervals."""
    conditions = [
        *rule_filters(question, parameters),
        "r.duty IN ('limit', 'limit-by', 'interval')",
    ]
    columns = (
        f"{WHO}, r.name AS rule, r.title AS 'limit', r.outcome AS otherwise, {CITED}"
    )
    return select_rules(columns, conditions)


def show_gaps(question: Question, parameters: Parameters) -> str:
    """What policies declare that a claim cannot show, and what nobody has loaded.

    The second are the payers and families of procedures without any rule.
    """
    conditions = [*rule_filters(question, parameters), "r.kind = 'gap'"]
    declared = select_rules(
        f"{WHO}, r.name AS gap, r.title AS title, {CITED}, r.position AS place",
        conditions,
        "policy, place",
    )
    narrowed = question.mentioning or question.outcome or question.place
    if narrowed:
        return f"SELECT payer, policy, gap, title, source FROM ({declared})"
    cells = ["1"]
    if question.under:
        cells.append("payer = :under")
    if question.code:
        cells.append(
            "family IN (SELECT code_group FROM code_group_member"
            " WHERE code_grouping = 'family' AND code IN (SELECT value FROM json_each(:codes)))"
        )
    return (
        f"SELECT payer, policy, gap, title, source FROM ({declared})\nUNION ALL\n"
        "SELECT payer, '', 'nothing loaded', family, ''\n"
        f"FROM ({UNKNOWN_CELLS})\nWHERE {' AND '.join(cells)}"
    )


def show_effective(question: Question, parameters: Parameters) -> str:
    """A policy as it reads with all that it inherits, and where each part comes from."""
    columns = (
        "v.id AS version, r.name AS rule, r.kind AS kind, r.sentence AS meaning,"
        " iif(r.origin = v.policy, 'its own', r.origin) AS 'comes from',"
        " iif(v.stand_in, 'first day not found', coalesce(v.from_day, '')"
        " || coalesce(', by the text of ' || v.read_in, '')) AS 'first day',"
        " r.file || ':' || r.line AS place"
    )
    return select_rules(columns, rule_filters(question, parameters), "v.id, r.position")


def show_disagreements(question: Question, parameters: Parameters) -> str:
    """Rules whose sources disagree, with what their author wrote about it."""
    said = "substr(r.prose_text, instr(r.prose_text, 'Disagreement:') + 13)"
    conditions = [
        *rule_filters(question, parameters),
        "r.prose_text LIKE '%Disagreement:%'",
    ]
    return select_rules(
        f"{WHO}, r.name AS rule, trim({said}) AS disagreement, {CITED}", conditions
    )


def show_conflicts(question: Question, parameters: Parameters) -> str:
    """Pairs of rules that a worked claim sets against each other.

    The pairs come as JSON in the parameter ``conflicts``: they are found by answering
    claims, which SQL cannot do.
    """
    parameters.setdefault("conflicts", "[]")
    told = ("code", "kept", "broken", "policy", "scenario")
    columns = ", ".join(f"json_extract(c.value, '$.{name}') AS {name}" for name in told)
    either = (
        "r.id IN (json_extract(c.value, '$.kept'), json_extract(c.value, '$.broken'))"
    )
    where = "\n  AND ".join([either, *rule_filters(question, parameters)])
    return (
        f"SELECT DISTINCT {columns}\n{FROM_RULES}\nJOIN json_each(:conflicts) AS c\n"
        f"WHERE {where}\nORDER BY 1, 2, 3"
    )


def show_requiring(outcome: str) -> Callable[[Question, Parameters], str]:
    """Payers with a rule that needs an authorization, or evidence."""

    def build(question: Question, parameters: Parameters) -> str:
        parameters["wanted"] = outcome
        conditions = [
            *rule_filters(question, parameters),
            "(r.outcome = :wanted OR json_extract(r.ir, '$.if_unknown.outcome') = :wanted"
            " OR (:wanted = 'needs-auth' AND r.ir LIKE '%\"field\":\"authorization\"%')"
            " OR (:wanted = 'needs-evidence' AND r.duty <> 'gap'"
            " AND json_extract(r.ir, '$.if_unknown') IS NULL"
            " AND r.id IN (SELECT rf.rule FROM rule_fact AS rf)))",
        ]
        columns = f"{WHO}, r.name AS rule, r.sentence AS meaning, {CITED}"
        return select_rules(columns, conditions)

    return build


def show_documentation(question: Question, parameters: Parameters) -> str:
    """What the chart must say: the facts that rules ask for."""
    where = "\n  AND ".join(rule_filters(question, parameters))
    return (
        f"SELECT {WHO}, f.id AS fact, f.title AS title, f.where_found AS 'where',"
        " f.ask AS ask, count(*) AS rules\n"
        f"{FROM_RULES}\nJOIN rule_fact AS rf ON rf.rule = r.id\n"
        f"JOIN fact AS f ON f.id = rf.fact\nWHERE {where}\n"
        "GROUP BY v.id, f.id ORDER BY v.policy, count(*) DESC, f.id"
    )


def show_diagnoses(question: Question, parameters: Parameters) -> str:
    """Diagnoses that rules name, by list."""
    where = "\n  AND ".join(rule_filters(question, parameters))
    return (
        f"SELECT DISTINCT {WHO}, s.name AS list, m.code AS diagnosis\n{FROM_RULES}\n"
        "JOIN rule_mention AS u ON u.rule = r.id AND u.code_set IS NOT NULL\n"
        "JOIN code_set AS s ON s.id = u.code_set AND s.kind = 'diagnosis'\n"
        "JOIN code_set_member AS m ON m.code_set = s.id\n"
        f"WHERE {where}\nORDER BY v.policy, s.name, m.code"
    )


def show_policies(question: Question, parameters: Parameters) -> str:
    """Policies in force."""
    conditions = policy_filters(question, parameters)
    return (
        "SELECT v.policy AS policy, v.title AS title, coalesce(v.payer, 'any payer') AS payer,"
        " coalesce(v.contractor, '') AS contractor, coalesce(v.from_day, '') AS 'from',"
        " coalesce(v.through_day, '') AS through, v.status AS status,"
        " (SELECT count(*) FROM rule WHERE policy_version = v.id) AS rules\n"
        f"FROM policy_version AS v\nWHERE {' AND '.join(conditions)}\nORDER BY v.policy"
    )


def policy_filters(question: Question, parameters: Parameters) -> list[str]:
    """The same filters, asked of policies: those with a rule that fits."""
    conditions = rule_filters(question, parameters)
    own = [c for c in conditions if "r." not in c]
    of_rules = [c for c in conditions if "r." in c and c != days("r")]
    if of_rules:
        inner = " AND ".join(of_rules)
        own.append(
            f"EXISTS (SELECT 1 FROM rule AS r WHERE r.policy_version = v.id AND {inner})"
        )
    return own


def show_payers(question: Question, parameters: Parameters) -> str:
    """Payers with what is loaded for them."""
    conditions = " AND ".join(policy_filters(question, parameters))
    return (
        "SELECT p.id AS payer, p.title AS title, p.line_of_business AS 'line of business',"
        " (SELECT count(*) FROM policy_version AS v WHERE v.payer = p.id AND "
        f"{conditions}) AS policies\nFROM payer AS p ORDER BY p.id"
    )


def show_codes(question: Question, parameters: Parameters) -> str:
    """Procedure codes that rules are for."""
    where = "\n  AND ".join(rule_filters(question, parameters))
    return (
        "SELECT k.id AS code, k.label AS label, k.imaging AS imaging, k.sides AS sides,"
        " count(DISTINCT v.payer) AS payers, count(DISTINCT r.id) AS rules\n"
        f"{FROM_RULES}\nJOIN rule_code AS rk ON rk.rule = r.id\n"
        f"JOIN code AS k ON k.id = rk.code\nWHERE {where}\nGROUP BY k.id ORDER BY k.id"
    )


def show_sources(question: Question, parameters: Parameters) -> str:
    """Sources; with ``before`` those whose review is due before a day."""
    conditions = ["1"]
    if question.before:
        parameters["before"] = question.before.isoformat()
        conditions.append("s.review_by < :before")
    if question.mentioning:
        parameters["mentioning"] = question.mentioning
        conditions.append("s.id = :mentioning")
    return (
        "SELECT s.id AS source, s.title AS title, s.publisher AS publisher, s.grade AS grade,"
        " coalesce(s.read_on, '') AS 'read on', coalesce(s.review_by, '') AS 'review by',"
        " (SELECT count(*) FROM rule_citation WHERE source = s.id) AS rules\n"
        f"FROM source AS s WHERE {' AND '.join(conditions)} ORDER BY s.review_by, s.id"
    )


def show_facts(_question: Question, _parameters: Parameters) -> str:
    """Every fact that the language knows."""
    return (
        "SELECT f.id AS fact, f.title AS title, f.kind AS kind, f.scope AS 'of',"
        " f.where_found AS 'where', f.ask AS ask FROM fact AS f ORDER BY f.id"
    )


def plan_compare(question: Question, parameters: Parameters) -> str:
    """Payers beside each other: the rules of each, by what they are about."""
    if len(question.names) < 2:
        raise QuestionError(
            "Name two or more payers: `compare aetna, medicare-part-b`."
        )
    base = rule_filters(question, parameters)
    cells = []
    for i, name in enumerate(question.names):
        parameters[f"name{i}"] = name
        same = f"(v.payer = :name{i} OR v.contractor = :name{i} OR v.policy = :name{i})"
        title = f"CASE WHEN {same} THEN replace(r.title, ',', char(31)) END"
        listed = f"replace(group_concat(DISTINCT {title}), ',', '; ')"
        cells.append(f"replace({listed}, char(31), ',') AS '{quoted(name)}'")
    either = " OR ".join(
        f"v.payer = :name{i} OR v.contractor = :name{i} OR v.policy = :name{i}"
        for i in range(len(question.names))
    )
    where = "\n  AND ".join([*base, f"({either})", "r.kind = 'rule'"])
    about = "iif(r.duty = 'require', iif(r.reason = '', r.duty, r.reason), r.duty)"
    return (
        f"SELECT {about} AS about,\n  " + ",\n  ".join(cells) + f"\n{FROM_RULES}\n"
        f"WHERE {where}\nGROUP BY 1 ORDER BY 1"
    )


def quoted(name: str) -> str:
    """A name as an SQL column title."""
    return name.replace("'", "''")


def plan_changed(question: Question, parameters: Parameters) -> str:
    """What begins and what ends between two days."""
    if question.since is None or question.until is None:
        raise QuestionError(
            "Say between which days: `what changed between 2025-01-01 and 2026-01-01`."
        )
    parameters["since"] = question.since.isoformat()
    parameters["until"] = question.until.isoformat()
    where = " AND ".join(rule_filters(question, parameters, dated=False))
    who = "coalesce(v.payer, 'any payer') AS payer, v.policy AS policy, r.name AS rule"
    begins = "r.from_day > :since AND r.from_day <= :until"
    ends = "r.through_day >= :since AND r.through_day < :until"
    join = "JOIN rule_code AS k ON k.rule = r.id"
    return (
        f"SELECT r.from_day AS day, 'new' AS change, {who}, r.title AS what\n{FROM_RULES}\n"
        f"WHERE {where} AND {begins}\nUNION ALL\n"
        f"SELECT r.through_day, 'ended', {who}, r.title\n{FROM_RULES}\n"
        f"WHERE {where} AND {ends}\nUNION ALL\n"
        f"SELECT k.from_day, 'code added', {who}, k.code\n{FROM_RULES}\n{join}\n"
        f"WHERE {where} AND k.from_day > :since AND k.from_day <= :until"
        " AND k.from_day <> coalesce(r.from_day, '')\nUNION ALL\n"
        f"SELECT k.through_day, 'code removed', {who}, k.code\n{FROM_RULES}\n{join}\n"
        f"WHERE {where} AND k.through_day >= :since AND k.through_day < :until"
        " AND k.through_day <> coalesce(r.through_day, '')\n"
        "ORDER BY 1, 4, 5"
    )


def plan_missing(question: Question, parameters: Parameters) -> str:
    """What a claim for a code will be asked for, the most deciding first."""
    where = "\n  AND ".join(rule_filters(question, parameters))
    return (
        "SELECT f.id AS fact, f.ask AS ask, f.where_found AS 'where',"
        " count(DISTINCT r.id) AS 'rules that ask',"
        " sum(json_extract(r.ir, '$.if_unknown.outcome') IS NULL"
        " OR json_extract(r.ir, '$.if_unknown.outcome') <> 'note') AS 'rules that wait for it'\n"
        f"{FROM_RULES}\nJOIN rule_fact AS rf ON rf.rule = r.id\n"
        f"JOIN fact AS f ON f.id = rf.fact\nWHERE {where}\n"
        "GROUP BY f.id ORDER BY 5 DESC, 4 DESC, f.id"
    )


SHOW: dict[str, Callable[[Question, Parameters], str]] = {
    "rules": show_rules,
    "limits": show_limits,
    "gaps": show_gaps,
    "payers requiring auth": show_requiring("needs-auth"),
    "payers requiring evidence": show_requiring("needs-evidence"),
    "documentation": show_documentation,
    "diagnoses": show_diagnoses,
    "policies": show_policies,
    "payers": show_payers,
    "codes": show_codes,
    "sources": show_sources,
    "facts": show_facts,
    "effective": show_effective,
    "disagreements": show_disagreements,
    "conflicts": show_conflicts,
}
PLANS: dict[str, Callable[[Question, Parameters], str]] = {
    "show": plan_show,
    "compare": plan_compare,
    "changed": plan_changed,
    "missing": plan_missing,
}
