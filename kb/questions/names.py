"""What the words of a question name: keys for names, and no word that names nothing.

A filter whose word nobody knows would only make the answer smaller, with no sign of it.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from sqlite3 import Connection

from dsl.base.diagnostics import did_you_mean
from dsl.base.did_you_mean import code_meant
from dsl.base.phrases import phrase
from dsl.ir.states import STATES
from dsl.questions import Question, QuestionError
from kb.names import plain_name

_CODE = re.compile(
    r"[0-9A-Z]\d{3}[0-9A-Z]|[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?|[A-Z]{2}|\d{2}"
)
FAMILY = "family"


def resolved(connection: Connection, question: Question) -> Question:
    """The question with the keys of all that it names.

    Raises ``QuestionError`` for a word that names nothing, or several payers.
    """
    under = question.under and _payer(connection, question.under)
    names = tuple(_payer(connection, name) for name in question.names)
    code, codes = _codes(connection, question.code)
    found = replace(
        question,
        under=under,
        names=names,
        code=code,
        codes=codes,
        state=_state(question.state),
        place=_place(connection, question.place),
        mentioning=_mentioned(connection, question.mentioning),
    )
    _refuse_unknown_payers(connection, found)
    return found


def column(connection: Connection, sql: str, *values: str) -> list[str]:
    """The first column of a select."""
    return [str(row[0]) for row in connection.execute(sql, values).fetchall()]


def _payer(connection: Connection, name: str) -> str:
    """The key of the payer that goes by a name or id; else the name as it is."""
    keys = column(
        connection,
        "SELECT id FROM payer WHERE id = ?1 UNION SELECT id FROM contractor"
        " WHERE id = ?1 UNION SELECT id FROM policy WHERE id = ?1 OR id GLOB ?1 || '/*'",
        name,
    )
    if keys:
        return name
    found = column(
        connection,
        "SELECT DISTINCT payer FROM payer_match WHERE (kind = 'identifier' AND value = ?)"
        " OR (kind = 'name' AND value = ?) ORDER BY payer",
        name.upper(),
        plain_name(name),
    )
    if len(found) > 1:
        raise QuestionError(
            f"`{name}` stands for {' and '.join(found)}: ask about one of them."
        )
    return (
        found[0] if found else _aliased(connection, name, "payer", "contractor") or name
    )


def _refuse_unknown_payers(connection: Connection, question: Question) -> None:
    """Refuse payers that are not loaded: an empty table would read like a no."""
    known = column(
        connection,
        "SELECT id FROM payer UNION SELECT id FROM contractor UNION SELECT id FROM policy"
        " ORDER BY 1",
    )
    folders = {name.rpartition("/")[0] for name in known if "/" in name}
    for name in (*question.names, *([question.under] if question.under else [])):
        if name not in known and name not in folders:
            loaded = ", ".join(name for name in known if "/" not in name)
            raise QuestionError(
                f"No payer, contractor or policy `{name}` is loaded. That is no answer"
                f" about it. Loaded are: {loaded}."
            )


def _aliased(connection: Connection, word: str, *kinds: str) -> str:
    """What a word of the files of words stands for, among some kinds."""
    rows = connection.execute(
        "SELECT word, target FROM alias WHERE kind IN (SELECT value FROM json_each(?))",
        (json.dumps(kinds),),
    )
    wanted = phrase(word.replace("-", " "))
    return next((str(target) for typed, target in rows if phrase(typed) == wanted), "")


def _state(word: str) -> str:
    """The letters of a state, written as letters or by its name."""
    if not word or word.upper() in STATES:
        return word.upper()
    by_name = {phrase(name): letters for letters, name in STATES.items()}
    if found := by_name.get(phrase(word.replace("-", " "))):
        return found
    near = did_you_mean(word.casefold(), sorted(by_name))
    hint = f" Did you mean `{by_name[near]}`?" if near else ""
    raise QuestionError(f"`{word}` is no state. Write its letters, like FL.{hint}")


def _place(connection: Connection, word: str) -> str:
    """A place of service, written as its number or in a word of staff."""
    if not word or re.fullmatch(r"\d{2}", word):
        return word
    if found := _aliased(connection, word, "place"):
        return found
    raise QuestionError(
        f"`{word}` is no place of service. Write its number: 11 office, 22 hospital"
        " outpatient, 24 surgery center (ASC)."
    )


def _codes(connection: Connection, word: str) -> tuple[str, tuple[str, ...]]:
    """The code, list or family that ``for`` names, with its codes.

    A word of staff that is a list's name too is both: one of them alone would be less
    than was asked for.
    """
    if not word:
        return "", ()
    families = column(
        connection,
        "SELECT DISTINCT code_group FROM code_group_member WHERE code_grouping = ?",
        FAMILY,
    )
    target = word if word in families else _aliased(connection, word, "family", "codes")
    if target in families:
        own = column(
            connection,
            "SELECT code FROM code_group_member WHERE code_grouping = ? AND code_group = ?",
            FAMILY,
            target,
        )
        return word, tuple(own)
    if target:
        return word, tuple(target.split())
    if column(connection, "SELECT name FROM code_set WHERE name = ? LIMIT 1", word):
        return word, (word,)
    code = _code_known(connection, word)
    if code or _CODE.fullmatch(word.upper()):
        return (found := code or word.upper()), (found,)
    raise _no_code(connection, word, families)


def _no_code(connection: Connection, word: str, families: list[str]) -> QuestionError:
    sql = "SELECT DISTINCT name FROM code_set WHERE name NOT LIKE '%/%'"
    near = did_you_mean(word, [*families, *column(connection, sql)])
    hint = f" Did you mean `{near}`?" if near else ""
    return QuestionError(
        f"`{word}` is no code, no list of codes and no family of procedures.{hint} "
        f"Families are: {', '.join(families)}."
    )


def _code_known(connection: Connection, word: str) -> str:
    """A code that is loaded, in any case and with or without its point."""
    forms = json.dumps([word, word.upper(), code_meant(word)])
    found = column(
        connection,
        "SELECT id FROM code WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        forms,
    )
    return found[0] if found else ""


def _mentioned(connection: Connection, word: str) -> str:
    """A code or document that rules may mention."""
    if not word:
        return ""
    if code := _code_known(connection, word):
        return code
    sources = column(connection, "SELECT id FROM source")
    found = next((key for key in sources if key.upper() == word.upper()), "")
    if found or _CODE.fullmatch(word.upper()):
        return found or word.upper()
    near = did_you_mean(word, sources)
    hint = f" Did you mean `{near}`?" if near else ""
    raise QuestionError(f"`{word}` is no code and no document that is loaded.{hint}")
