"""The query language: one line of text to a question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from lark import Lark, Token, Transformer, UnexpectedInput, v_args

from dsl.base.characters import refuse_hidden
from dsl.base.diagnostics import did_you_mean
from dsl.base.grammars import parser_of
from dsl.errors import PayerkbError

FORMATS = ("table", "csv", "json", "markdown", "sql")
FIRST_WORDS = ("show", "compare", "what changed", "what is missing for")
THINGS = (
    "payers requiring auth", "payers requiring evidence", "payers", "policies", "rules",
    "limits", "documentation", "diagnoses", "codes", "sources", "gaps", "facts",
    "disagreements", "conflicts", "effective medicare/novitas/esi",
)  # fmt: skip
FILTERS = (
    "for 64483", "under aetna", "state FL", "at place 24", "as of 2026-01-01",
    "known on 2026-01-01",
    "between 2025-01-01 and 2026-01-01", "mentioning M54.16", "that deny",
    "before 2027-03-01", "as json",
)  # fmt: skip


class QuestionError(PayerkbError):
    """A question that cannot be read; its text says what was expected."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the kind, the thing, and the filters by name."""

    kind: str
    """``show``, ``compare``, ``changed`` or ``missing``."""
    thing: str = ""
    names: tuple[str, ...] = ()
    """The payers to compare."""
    code: str = ""
    """A code, or the name of a list or of a family of procedures."""
    codes: tuple[str, ...] = ()
    """The codes of it, once it was found what it names."""
    under: str = ""
    """A payer, a contractor, or the path of a policy."""
    state: str = ""
    place: str = ""
    mentioning: str = ""
    outcome: str = ""
    as_of: date | None = None
    known_on: date | None = None
    """The day whose policies are asked, as git held them; today's when not said."""
    before: date | None = None
    since: date | None = None
    until: date | None = None
    format: str = "table"


@v_args(inline=True)
class QuestionBuilder(Transformer[Token, Question]):
    """Builds the question; a method bears the name of its grammar rule."""

    def start(self, question: Question) -> Question:
        return question

    def show(self, thing: str, *filters: tuple[str, str]) -> Question:
        return question("show", filters, thing=thing)

    def compare(self, names: tuple[str, ...], *filters: tuple[str, str]) -> Question:
        return question("compare", filters, names=names)

    def changed(self, *filters: tuple[str, str]) -> Question:
        return question("changed", filters)

    def missing(self, code: Token, *filters: tuple[str, str]) -> Question:
        return question("missing", (("code", str(code)), *filters))

    def thing(self, *words: Token) -> str:
        return " ".join(words)

    def words(self, *tokens: Token) -> tuple[str, ...]:
        return tuple(str(token) for token in tokens)

    def for_(self, word: Token) -> tuple[str, str]:
        return "code", str(word)

    def under(self, word: Token) -> tuple[str, str]:
        return "under", str(word)

    def state(self, word: Token) -> tuple[str, str]:
        return "state", str(word)

    def place(self, word: Token) -> tuple[str, str]:
        return "place", str(word)

    def as_of(self, word: Token) -> tuple[str, str]:
        return "as_of", str(word)

    def known_on(self, word: Token) -> tuple[str, str]:
        return "known_on", str(word)

    def effective(self, policy: Token, *filters: tuple[str, str]) -> Question:
        return question("show", (("under", str(policy)), *filters), thing="effective")

    def between(self, since: Token, until: Token) -> tuple[str, str]:
        return "between", f"{since} {until}"

    def mentioning(self, word: Token) -> tuple[str, str]:
        return "mentioning", str(word)

    def that(self, outcome: str) -> tuple[str, str]:
        return "outcome", outcome

    def before(self, word: Token) -> tuple[str, str]:
        return "before", str(word)

    def outcome(self, *words: Token) -> str:
        return " ".join(words).replace("need ", "needs-")

    def format(self, word: Token) -> str:
        return str(word)

    def as_format(self, name: str) -> tuple[str, str]:
        return "format", name


def question(
    kind: str,
    filters: tuple[tuple[str, str], ...],
    *,
    thing: str = "",
    names: tuple[str, ...] = (),
) -> Question:
    """A question with its filters; a filter given twice is refused."""
    said: dict[str, str] = {}
    for name, value in filters:
        if name in said:
            raise QuestionError(f"`{name.replace('_', ' ')}` is said twice.")
        said[name] = value
    since, until = said["between"].split() if "between" in said else ("", "")
    return Question(
        kind,
        thing,
        names,
        code=said.get("code", ""),
        under=said.get("under", ""),
        state=said.get("state", ""),
        place=said.get("place", ""),
        mentioning=said.get("mentioning", ""),
        outcome=said.get("outcome", ""),
        as_of=day_said(said.get("as_of", "")),
        known_on=day_said(said.get("known_on", "")),
        before=day_said(said.get("before", "")),
        since=day_said(since),
        until=day_said(until),
        format=said.get("format", "table"),
    )


def day_said(text: str) -> date | None:
    """The day that a filter names; ``None`` without the filter."""
    return read_day(text) if text else None


def read_day(text: str) -> date:
    """A day as ``2026-01-31``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = (
            f"`{text}` is no date. A date is year, month and day, like 2026-01-31."
        )
        raise QuestionError(message) from None


@cache
def grammar() -> Lark:
    """The parser of questions, made once a process."""
    return parser_of("query.lark")


def ask(text: str) -> Question:
    """Read one question.

    Raises ``QuestionError`` with what was expected and what to write.
    """
    if refused := refuse_hidden(text):
        raise QuestionError(f"I cannot read this question: {refused}")
    line = " ".join(text.split())
    try:
        tree = grammar().parse(line)
    except UnexpectedInput as fault:
        raise QuestionError(explain(line, fault)) from None
    try:
        built = QuestionBuilder().transform(tree)
    except Exception as error:
        raise unwrapped(error) from None
    assert isinstance(built, Question)
    return built


def unwrapped(error: Exception) -> Exception:
    """The question's own error inside the one that the parser wraps it in."""
    inner = error.__context__
    return inner if isinstance(inner, QuestionError) else error


def explain(line: str, fault: UnexpectedInput) -> str:
    """What was not expected, underlined, and what could stand there."""
    column = getattr(fault, "column", 0)
    at = column - 1 if isinstance(column, int) and column > 0 else len(line)
    begin = line.rfind(" ", 0, at) + 1 if at < len(line) else len(line)
    word = line[begin:].split(" ", maxsplit=1)[0]
    known, choices = expected(line[:begin].split())
    near = did_you_mean(word, known) if word else ""
    hint = f"\n  Did you mean `{near}`?" if near else ""
    marks = " " * (begin + 2) + "^" * max(1, len(word))
    return f"  {line}\n{marks}\n  I expected {choices}.{hint}"


def expected(before: list[str]) -> tuple[list[str], str]:
    """Words that could follow, and how they are said."""
    if not before:
        words = ["show", "compare", "what"]
        return words, "a question: " + ", ".join(
            f"`{first} ...`" for first in FIRST_WORDS
        )
    if before == ["show"]:
        words = sorted({thing.split()[0] for thing in THINGS})
        return words, "what to show: " + ", ".join(THINGS)
    if before[-1] == "as":
        return [*FORMATS, "of"], "`of` a date, or a format: " + ", ".join(FORMATS)
    words = sorted({filter_.split()[0] for filter_ in FILTERS})
    return words, "a filter, such as " + ", ".join(f"`{f}`" for f in FILTERS)
