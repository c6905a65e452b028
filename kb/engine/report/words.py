"""Names and words for what answers speak of: rules, facts, payers, sources."""

from __future__ import annotations

import re

from kb.engine.judge.answer import ClaimAnswer, LineAnswer, Question, RuleResult
from kb.engine.judge.evaluate import Engine
from kb.engine.judge.wording import spoken
from kb.engine.rule_words import CitationWords, RuleWords

GROUP_QUESTIONS = {
    "history": "Give the patient's earlier services, from every biller.",
    "level": "Give level (L4-L5) and side (RT, LT or 50) of this and the earlier services.",
    "side": "Give the side (RT, LT or 50) of this and the earlier services.",
    "state": "Give the state where the service was rendered.",
    "plan": "Give the kind of plan.",
    "place": "Give the place of service.",
    "diagnosis": "Point the line to its diagnosis codes.",
    "authorization": "Give the prior authorization and its state.",
    "received": "Give the date on which the claim was received.",
    "requested": "Give the date on which approval was requested.",
    "provider": "Give the rendering provider of this and the earlier services.",
    "region": "No region is settled for a code that may count: check it by hand.",
    "npi": "Give the NPI of each provider that the rule compares.",
    "plan-year-start": "Give the month and day on which the plan year begins.",
    "rule-ended": "The rule's last day is over and no later text is loaded.",
}
POLICY_KEY = re.compile(r"\b[a-z][a-z0-9-]*(?:/[a-z0-9-]+)+")
PAYER_KEY = re.compile(r"\b((?:under|of) )([a-z][a-z0-9-]+)(?= in | on | covers |:|$)")
OF_NEXT_DATE = re.compile(r"[^.]*\{next-date\}[^.]*\.?")
YEAR = re.compile(r"\b((?:19|20)\d\d)(?:-\d\d){0,2}\b")
"""A year or day in the name of a version."""
OLD = 2
"""Texts of more years before the reading may have been replaced unseen."""
QUESTIONS: dict[Question, str] = {
    "everything": "everything",
    "diagnosis": "diagnosis",
    "necessity": "necessity",
    "frequency": "how often",
    "approval": "approval",
    "modifiers": "sides and modifiers",
    "units": "units",
    "pairs": "code pairs",
    "provider": "who bills",
    "add-ons": "add-on codes",
    "codes": "diagnosis codes",
}
"""What a line is asked, in a biller's words."""


def words_of(rule: str, engine: Engine) -> RuleWords:
    """The words of a rule; bare ones when the engine was made without a database."""
    if engine.tables is not None and rule in engine.tables.words:
        return engine.tables.words[rule]
    try:
        return engine.words[rule]
    except KeyError:
        pass
    version, _, name = rule.partition("#")
    return RuleWords(
        rule, version.partition("@")[0], name, "", "", "", "", (), "", "", "", "", 0
    )


def title_of(words: RuleWords) -> str:
    """The rule's title, or its name where it has none."""
    return words.title or words.name.replace("-", " ")


def ask_of(name: str, engine: Engine) -> str:
    """How to ask for something that the claim does not say."""
    fact = engine.program.facts.get(name)
    if fact is None:
        return GROUP_QUESTIONS.get(name, f"Give the {name} on the claim.")
    return fact.ask or f"Give the {name} as the chart has it."


def fix_text(fix: str, result: RuleResult, line: LineAnswer) -> str:
    """The fix with its blanks filled in; without a next date, no sentence about one."""
    day = result.arithmetic.next_date if result.arithmetic else None
    if day is None:
        fix = OF_NEXT_DATE.sub("", fix).strip()
    filled = fix.replace("{next-date}", day.isoformat() if day else "")
    filled = filled.replace("{line}", str(line.number))
    return filled.replace("{date}", line.date.isoformat())


def payer_of(answer: ClaimAnswer, engine: Engine) -> str:
    """``Medicare Part B, First Coast``, as far as it was found."""
    found = answer.searched
    if not found.payer:
        return "payer not found"
    said = payer_title(found.payer, engine)
    return f"{said}, {spoken(found.contractor)}" if found.contractor else said


def in_titles(text: str, engine: Engine) -> str:
    """The text with titles in place of the keys of policies and payers."""
    text = POLICY_KEY.sub(lambda found: policy_title(found[0], engine), text)
    return PAYER_KEY.sub(lambda found: found[1] + payer_title(found[2], engine), text)


def policy_title(key: str, engine: Engine) -> str:
    """The title of a policy by its path; the path where there is none such."""
    policies = engine.program.policies
    found = next((p.title for p in policies if p.policy == key and p.title), "")
    return f'the policy "{found}"' if found else key


def payer_title(key: str, engine: Engine) -> str:
    """The title of a payer by its key; the key where there is none such."""
    payers = engine.program.payers
    return next((payer.title for payer in payers if payer.key == key), "") or key


def deciding_citation(words: RuleWords) -> CitationWords | None:
    """The citation whose grade is the rule's own; the first where none has it."""
    cited = words.citations
    return next(
        (c for c in cited if c.grade == words.grade), cited[0] if cited else None
    )


def source_text(words: RuleWords, *, versioned: bool = True) -> str:
    """Where it is written, how sure that is, which text was read and when."""
    cited = deciding_citation(words)
    if cited is None:
        return ""
    read = f"read {cited.read_on}" if cited.read_on else ""
    # A bare number or day does not say of itself that it is a version.
    bare = cited.version[:1].isdigit()
    version = f"version {cited.version}" if bare else cited.version
    weak = weakness(cited)
    said = [weak or cited.grade, version if versioned else "", "" if weak else read]
    known = ", ".join(dict.fromkeys(filter(None, said)))
    passage = f", {cited.passage}" if cited.passage else ""
    return f"{cited.source}{passage} ({known})"


def weakness(cited: CitationWords) -> str:
    """Why a citation may no longer hold, or may never have; empty where nothing says so."""
    if not cited.read_on:
        return ""
    if cited.grade == "secondary":
        return f"a digest read {cited.read_on}"
    told = max(YEAR.finditer(cited.version), key=lambda x: x[0], default=None)
    if told and int(cited.read_on[:4]) - int(told[1]) > OLD:
        return f"a text of {told[0]}, read {cited.read_on}"
    return ""


def billed(line: LineAnswer) -> str:
    """The code with its modifiers, ``64483-RT``."""
    return "-".join([line.code, *line.modifiers])


def many(number: int, one: str, more: str = "") -> str:
    """``1 point``, ``2 points``."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def in_a_row(names: list[str], last: str = "and") -> str:
    """``a, b and c``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def lines_named(numbers: list[int]) -> str:
    """``line 2``, ``lines 1-3 and 5``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = [f"{r[0]}-{r[-1]}" if len(r) > 1 else str(r[0]) for r in runs]
    return f"line{'s' if len(numbers) > 1 else ''} {in_a_row(said)}"


def sentence(text: str) -> str:
    """The text as a sentence: a capital at its beginning, an end at its end.

    A name with a capital of its own (eviCore) keeps its letters.
    """
    if not text:
        return ""
    named = text.partition(" ")[0].lower() != text.partition(" ")[0]
    first = text[0] if named else text[0].upper()
    return first + text[1:] + ("" if text[-1] in ".?!" else ".")
