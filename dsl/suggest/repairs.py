"""The author's own line, mended: what a message proposes to write.

A proposal keeps the author's numbers, lists, sources and reasons.  It is only made when it
can be read; what cannot be mended so is explained without one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from dsl.base.did_you_mean import NUMBERS, date_meant, quantity_meant
from dsl.base.labels import REASON_KINDS

Repair = Callable[[str], str]
NUMBER = rf"\d+|{'|'.join(NUMBERS)}"
UNIT = "days?|weeks?|months?|years?"


# The tables below are patterns: a line of them is read as a whole.
# ruff: noqa: E501


def rewritten(pattern: str, replacement: str) -> Repair:
    """A repair that puts one wording in the place of another, wherever it stands."""
    found = re.compile(pattern, re.IGNORECASE)
    return lambda line: found.sub(replacement, line)


def date_of(line: str) -> str:
    """American dates as the language writes them."""
    return re.sub(
        r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b", lambda m: date_meant(m[0]) or m[0], line
    )


def from_next_day(found: re.Match[str]) -> str:
    """Days after a date, from the first of them."""
    try:
        day = date.fromisoformat(found[1]) + timedelta(days=1)
    except (ValueError, OverflowError):
        return found[0]
    return f"from {day.isoformat()}"


def numbers_of(line: str) -> str:
    """Numbers in words as digits, where a number stands."""
    before = r"at least|at most|more than|less than|exactly|limit:|within|in any|apart"
    digits = re.sub(
        rf"\b({before}) ({'|'.join(NUMBERS)})\b",
        lambda m: f"{m[1]} {NUMBERS[m[2].lower()]}",
        line,
        flags=re.IGNORECASE,
    )
    return re.sub(
        rf"\b({'|'.join(NUMBERS)})(?= (earlier|same-day|sessions|lines|units|levels) )",
        lambda m: NUMBERS[m[1].lower()],
        digits,
        flags=re.IGNORECASE,
    )


def reason_of(line: str) -> str:
    """The one kind of reason among the words behind ``for``."""
    label, found, words = line.partition(" for ")
    kinds = [
        word for word in re.split(r"[\s,-]+", words.lower()) if word in REASON_KINDS
    ]
    codes = re.findall(r"\b(?:(?:CO|PR|OA|PI)-?[A-Z]?\d{1,3}|(?:MA|M|N)\d+)\b", words)
    if not found or len(kinds) != 1:
        return line
    carc = [re.sub(r"^(CO|PR|OA|PI)(?=\d)", r"\1-", code) for code in codes]
    return f"{label} for {kinds[0]} {', '.join(carc)}".rstrip()


def window_of(line: str) -> str:
    """A window in the language's words."""
    if re.search(r"\bevery (calendar|plan) ", line):
        return re.sub(r"(in )?\bevery\b", "in each", line, count=1)
    plural = re.sub(rf"\b({NUMBER})[ -]({UNIT})( period)?\b", plural_span, line)
    words = r"(rolling|within|every|past|last|preceding|previous|per|any)"
    return re.sub(
        rf"(,? ?)(\b(in|during|over) )?(\b(a|any|the) )?\b{words}( (a|the|any))?(?= \d+ ({UNIT}))",
        lambda m: ("" if m[1] == "" else m[1]) + "in any",
        plural,
        count=1,
    )


def plural_span(found: re.Match[str]) -> str:
    """``12 months`` for ``12-month period``."""
    number = NUMBERS.get(found[1].lower(), found[1])
    return f"{number} {found[2].rstrip('s')}s"


def with_measure(line: str) -> str:
    """``80 percent`` for ``80 %``, ``80%`` and the like."""
    return re.sub(
        r"\$ ?\d+(\.\d+)?|\d+(\.\d+)? ?%",
        lambda m: quantity_meant(m[0].replace(" ", "")) or m[0],
        line,
    )


def joined_name(line: str) -> str:
    """A name written with blanks before a comparison, with hyphens."""
    known = r"\b(not|and|or|of|diagnosis|modifier|earlier|place|each|with|primary)\b"

    def joined(found: re.Match[str]) -> str:
        name = found[2]
        return found[0] if re.search(known, name) else found[1] + name.replace(" ", "-")

    return re.sub(
        r"((?:^|:|-|\band|\bor)\s*)([a-z]+(?: [a-z]+){1,3})"
        r"(?= (?:at least|at most|more than|less than|is|in|within|[<>]=?) )",
        joined,
        line,
        count=1,
    )


def own_pairs(line: str) -> str:
    """Commas between the pairs of a scenario's line."""
    keys = r"dx|units|place|date|level|rendering|authorization|status"
    label, colon, pairs = line.partition(":")
    return label + colon + re.sub(rf"(?<![,:]) +(?=(?:{keys}) \S)", ", ", pairs)


def unglued(line: str) -> str:
    """Blanks between keywords that were written as one word: ``deny for`` for ``denyfor``."""
    for pattern in GLUED:
        line = pattern.sub(r"\1 ", line)
    return line


BEFORE_A_WORD = (
    "per|in|on|any|each|one|deny|fix|review|note|needs|for|at|more|less|is|not|no|modifier|"
    "with|without|same|earlier|by|primary|diagnosis|between|if|own|denied|calendar|plan"
)
BEHIND_A_WORD = (
    f"{BEFORE_A_WORD}|auth|evidence|least|most|than|same-day|region|level|side|code|provider|"
    "date|sessions?|year|month|quarter|lifetime|documented|claims|too|months|days|a"
)
COUNTED_WORDS = (
    "sessions?|lines?|units?|levels?|injections?|regions?|months?|days?|years?"
)
GLUED = tuple(
    re.compile(rf"(?<=\s)({pattern})")
    for pattern in (
        rf"(?:{BEFORE_A_WORD})(?=(?:{BEHIND_A_WORD})(?![a-z-]))",
        rf"(?:{COUNTED_WORDS})(?=(?:per|in|on)\s)",
        r"(?:any|from|through|least|most|than|exactly)(?=\d)",
        r"(?<=at: )last(?=[a-z])",
        r"(?:earlier|same-day)(?=[a-z])",
    )
)
EVERYWHERE: tuple[Repair, ...] = (
    unglued,
    date_of,
    rewritten(r"[\"'](?=[^\"']*[\"'])|[\"']$|[\"'](?=\s|,|$)", ""),
)
LISTED: tuple[Repair, ...] = (
    rewritten(r"\s*(,?\s*\b(and|or)\b|[;&])\s*", ", "),
    rewritten(r"(?<=[0-9A-Z]) (to|through|thru) (?=[0-9A-Z]\S*\d)", "-"),
    rewritten(r"(?<=[0-9A-Za-z]) +(?=[0-9A-Z][0-9A-Z.]{2,}\b)", ", "),
)
DAYS: tuple[Repair, ...] = (
    lambda line: re.sub(r"\bafter (\d{4}-\d\d-\d\d)\b", from_next_day, line),
    rewritten(
        r"\b(since|starting|effective|beginning|on or after)( on| from)?\b", "from"
    ),
    rewritten(r"\b(until|to|till|up to|ending|thru)\b", "through"),
    rewritten(r"^(\s*in force:)\s*(?=\d)", r"\1 from "),
)
COMPARED: tuple[Repair, ...] = (
    numbers_of,
    rewritten(r"\b(no|not) (later|more|greater|longer) than\b|\bup to\b", "at most"),
    rewritten(r"\b(no|not) (less|fewer|earlier) than\b|\ba minimum of\b", "at least"),
    rewritten(
        r"\b(greater|longer|older) than\b|\b(over|above|exceeds)\b(?= \d)", "more than"
    ),
    rewritten(
        r"\b(fewer|shorter|younger) than\b|\b(under|below)\b(?= \d)", "less than"
    ),
    rewritten(r"(?<=\S) (equals|equal to|is equal to|==?) ", " is "),
    rewritten(r"\bis (?=(at least|at most|more than|less than)\b)", ""),
    with_measure,
    joined_name,
)
COUNTED: tuple[Repair, ...] = (
    rewritten(r"\bin the lifetime\b", "in a lifetime"),
    rewritten(r"\bfirst (\S+) (?:in|of|per) (?:the |a |this )?(\S+)", r"no earlier \1, same \2"),
    rewritten(r"\b(?:in|of|at|on) the same (?=\S)", "same "),
    rewritten(r"(?<=[a-z0-9]) (?=(?:same|in any|in each|in a lifetime|each with|with modifier|without modifier)\b)", ", "),
    lambda line: re.sub(
        rf"(?<!least )(?<!most )(?<!exactly )\b({NUMBER}) (?=earlier |same-day )",
        lambda m: f"at least {NUMBERS.get(m[1].lower(), m[1])} ",
        line,
    ),
    window_of,
)  # fmt: skip
MODIFIED: tuple[Repair, ...] = (
    rewritten(r"\b(?:has |with |having )?modifier (\w\w)(?: (?:is|was))? (?:there|given|billed|used|appended|attached|on the line|reported)\b", r"modifier \1 present"),
    rewritten(r"\b(?:has |with |having )?modifier (\w\w)(?: (?:is|was))? (?:missing|not \w+)\b", r"modifier \1 absent"),
    rewritten(r"\b(?:has|with|having) modifier (\w\w)(?=$| and| or)", r"modifier \1 present"),
    rewritten(r"\b(?:no|without) modifier (\w\w)(?=$| and| or)", r"modifier \1 absent"),
)  # fmt: skip
TESTED = (*COMPARED, *MODIFIED, *COUNTED)
REPAIRS: dict[str, tuple[Repair, ...]] = {
    "limit": (
        rewritten(r"(?<=limit:)\s*(no more than|not more than|at most|up to|a maximum of|maximum(?: of)?|max) ", " "),
        numbers_of,
        window_of,
        rewritten(r"\b(?:in|per) (?:the same|each|every|a) (?=(?:region|level|side|code|provider)\b)", "per "),
        rewritten(r"\bper (?=(calendar|plan) (year|month|quarter))", "in each "),
    ),
    "interval": (
        rewritten(r"(?<=interval:)\s*(\d+ \w+) or more\b", r" at least \1"),
        rewritten(r"(?<=interval:)\s*(no less than|not less than|a minimum of|minimum(?: of)?) ", " at least "),
        rewritten(r"(?<=interval:)\s*(?=\d)", " at least "),
        rewritten(rf"(?<=interval:)\s*(?:at least )?(\d+ (?:{UNIT})) (?:apart|between)(?: sessions)?", r" at least \1 between sessions"),
        numbers_of,
    ),
    "in force": DAYS,
    "include": (*DAYS[:2], *LISTED),
    "exclude": (*DAYS[:2], *LISTED),
    "otherwise": (
        rewritten(r"(?<=otherwise:)\s*(denied|denial|reject|rejected|not paid|not payable)\b", " deny"),
        rewritten(r"\bdeny (because|due to|as)( of)?\b", "deny for"),
        rewritten(r"(?<=otherwise:)\s*(need|needing|request) (?=evidence|auth)", " needs "),
        rewritten(r"\bneeds? (prior )?authori[sz]ation\b", "needs auth"),
        rewritten(r"(?<=otherwise:)\s*(manual review|to review|pend|refer)\b", " review"),
        rewritten(rf"\b(deny|fix) (?=(?:{'|'.join(REASON_KINDS)})\b)", r"\1 for "),
        rewritten(r"(?<=[a-z]), ?(?=(CO|PR|OA|PI)-)", " "),
        rewritten(r"\((.*)\)", r"\1"),
        reason_of,
    ),
    "looking at": (
        rewritten(r"(?<=looking at:)\s*(?:the )?(?:last )?(?!last)", " last "),
        *COUNTED[2:4],
    ),
    "counting": (
        rewritten(r"(?<=counting:)\s*(?:only )?(?:sessions |those )?(?:with )?(?=[A-Z0-9]{2}$)", " with modifier "),
        *LISTED[:1],
    ),
    "cite": (rewritten(r"^(\s*cite: \S+) +(?=\S)", r"\1, "),),
    "expect": (
        rewritten(r"\b(line \S+):? (denied|denies|rejected)\b", r"\1 deny"),
        rewritten(r"\b(line \S+):? (paid|passes|passed|allowed|covered|is payable)\b", r"\1 pass"),
        rewritten(r"\b(line \S+): ", r"\1 "),
        rewritten(r"\bnot-met\b|\b(fails|failed|unmet)\b", "not met"),
        rewritten(r"(?<=expect:)\s*(?=(deny|pass|review|note|met|not met|exempt)\b)", " line 1 "),
        *LISTED[:1],
    ),
    "line": (
        rewritten(r"(?<=\S),? [x*] ?(\d+)\b", r", units \1"),
        rewritten(r"(?<=\S),? (\d+) units?\b", r", units \1"),
        own_pairs,
        rewritten(r"(?<=[a-z-]): ?(?=\S)(?<!\d:)", " "),
        *LISTED[:1],
    ),
    "earlier": (
        *LISTED[:1],
        rewritten(r"^(\s*earlier: \S+),? (?=\d{4}-)", r"\1 on "),
        own_pairs,
    ),
    "claim": (*LISTED[:1], rewritten(r"(?<=[a-z-]) ?[:=] ?(?=\S)(?!.*claim:)", " ")),
    "chart": (
        *LISTED[:1],
        rewritten(r"(?<=[a-z-]) ?= ?", " "),
        with_measure,
    ),
    "covered": (
        rewritten(r"(?<=covered:)\s*(no|not|not covered|not ever|none)\s*$", " never"),
    ),
}  # fmt: skip
LABELS: dict[str, str] = {
    "effective": "in force", "effective date": "in force", "start": "in force",
    "valid": "in force", "dates": "in force", "source": "cite", "reference": "cite",
    "if": "when", "applies when": "when", "except": "unless", "applies to": "for",
    "outcome": "otherwise", "if not": "otherwise", "else": "otherwise",
    "requires": "require", "must": "require", "max": "limit", "maximum": "limit",
    "history": "earlier", "prior": "earlier", "facts": "chart", "expected": "expect",
    "name": "|", "note": "|", "description": "|", "comment": "|",
}  # fmt: skip
"""Other words for a label, for an item that has the label."""
OF_CODES = ("codes", "code", "cpt", "hcpcs", "icd-10", "icd", "diagnoses", "members")


def relabelled(label: str, content: str, kind: str, known: tuple[str, ...]) -> str:
    """The line under the label that another word stands for; empty when there is none."""
    if label in OF_CODES and kind == "codes":
        return f"include: {content}"
    if label in OF_CODES and "for" in known:
        return f"for: {content}"
    meant = LABELS.get(label, "")
    if meant == "|":
        return f"| {content}"
    return f"{meant}: {content}" if meant in known else ""


def proposals(line: str, label: str) -> Iterator[str]:
    """The line mended in one way, then in several at once, the least change first."""
    own = (*EVERYWHERE, *REPAIRS.get(label, LISTED[:1]))
    if label in ("when", "unless", "require", "means", "-"):
        own = (*EVERYWHERE, *TESTED)
    for mended in mended_so(line, own):
        if not re.fullmatch(r"otherwise:\s*deny", mended.strip()):  # for what reason?
            yield tidy(mended)


def tidy(line: str) -> str:
    """Dates and numbers as the language writes them."""
    return numbers_of(date_of(line))


def mended_so(line: str, repairs: tuple[Repair, ...]) -> Iterator[str]:
    """The line after each repair alone, then after more and more of them."""
    yield from (changed for repair in repairs if (changed := repair(line)) != line)
    mended = line
    for repair in repairs:
        if (changed := repair(mended)) != mended:
            mended = changed
            yield mended


def head_meant(line: str) -> str:
    """The head of an item with a name as names are, a colon and a title."""
    kind, _blank, rest = line.strip().partition(" ")
    kind = kind.lower()
    name, colon, title = (part.strip() for part in rest.partition(":"))
    words = name.split()
    if not colon:
        parts = slug_end(words, kind)
        name, title = " ".join(words[:parts]), " ".join(words[parts:])
    title = title or name[:1].upper() + name[1:].replace("-", " ")
    return f"{kind} {name_meant(name, kind)}: {title}"


def slug_end(words: list[str], kind: str) -> int:
    """How many words of a head without colon are the name."""
    if kind == "policy" and "/" not in words[0]:
        return min(len(words), 2)
    if kind == "exception" and words[1:2] == ["to"]:
        return 3
    like_a_name = words[0] == words[0].lower() or kind in ("source", "code")
    return 1 if like_a_name and len(words) > 1 else len(words)


def name_meant(name: str, kind: str) -> str:
    """A name in lower case with hyphens; codes and sources keep their capitals."""
    if kind == "exception" and " to " in name:
        own, _to, other = name.partition(" to ")
        return f"{name_meant(own, 'rule')} to {name_meant(other, 'rule')}"
    if kind == "policy":
        name = name if "/" in name else name.replace(" ", "/", 1)
        return "/".join(name_meant(part, "rule") for part in name.split("/"))
    plain = name if kind in ("source", "code") else name.lower()
    return re.sub(r"[^A-Za-z0-9.]+", "-", plain.replace("'", "")).strip("-.")
