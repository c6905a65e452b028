"""A policy file begun from an article of the coverage database, for a person to finish.

A group of diagnoses is tied to procedure codes only where its paragraph names codes that
the article lists, and denies nothing of them; every other group is a gap that shows its
paragraph.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta

from kb.tables.documents import Document
from kb.tables.packing import read_day

URL = "https://www.cms.gov/medicare-coverage-database/view/article.aspx?articleid={}"
REVIEW_AFTER = timedelta(days=90)
LONGEST_LINE = 96
_CODE = r"(?:[A-Z]\d{4}|\d{5}|\d{4}[A-Z])"
_NAMED = re.compile(rf"\b({_CODE})(?:\s*(?:-|\u2013|through|to)\s*({_CODE}))?\b")
_TURNED = re.compile(
    r"\bnot\b|\bnon|\bexcept|\bexclud|\bunless\b|\bonly when\b", re.IGNORECASE
)
"""Words that may turn what a paragraph says about the codes that it names."""
_SAYS_NOTHING = re.compile(
    r"\b(?:does|do|will|may) not (?:assure|guarantee|ensure) [^.:;]*", re.IGNORECASE
)
"""What articles say of every list: a code on it is no promise."""


def draft_of(knowledge: sqlite3.Connection, document: Document, read_on: date) -> str:
    """The text of a policy file, not yet in the one style."""
    return "\n".join(_lines(knowledge, document, read_on)) + "\n"


def _lines(
    knowledge: sqlite3.Connection, document: Document, read_on: date
) -> Iterator[str]:
    key = f"A{document.number}"
    yield from _policy(document, key, read_on)
    if not _there(knowledge, "source", key):
        yield from _source(document, key, read_on)
    for code in sorted(document.codes):
        if not _there(knowledge, "code", code):
            yield from ("", f"code {code}: (say in our own words what {code} is)")
    code_groups = _by_group(document.codes)
    for group, codes in code_groups.items():
        yield from _list(group, "Procedure codes", codes, key, document)
    for group, codes in _by_group(document.diagnoses).items():
        yield from _list(group, "Diagnoses", codes, key, document)
        yield from _tied(group, code_groups, key, document)
    for group in code_groups:
        if document.paragraph(group):
            said = document.paragraphs[group]
            yield from _gap(f"{_name(group)}-says", [_name(group)], group, key, said)
    yield from _without_a_list(document, list(code_groups), key)
    if document.marked:
        yield from _marked(document, list(code_groups), key)


def _policy(document: Document, key: str, read_on: date) -> Iterator[str]:
    first = _day(document.first_day)
    yield f"policy medicare/draft-{key.lower()}: {_title(document.title)}"
    yield "  payer: medicare-part-b"
    yield "  status: draft"
    yield f"  in force: from {first or read_on}"
    yield f"  first day: {f'{key}, first day of the version' if first else 'not found'}"
    yield f"  cite: {key}"
    yield f"  | Begun by `payerkb draft` from the export of {read_on}; nobody has read it yet."
    yield "  | Name the contractor, read the article and its LCD, and turn gaps into rules."


def _source(document: Document, key: str, read_on: date) -> Iterator[str]:
    yield ""
    yield f"source {key}: {_title(document.title)}"
    yield "  publisher: (name the contractor)"
    yield f"  url: {URL.format(document.number)}"
    yield f"  version: {document.version}"
    yield "  grade: primary"
    yield f"  read on: {read_on}"
    yield f"  review by: {read_on + REVIEW_AFTER}"


def _list(
    group: str, title: str, codes: list[str], key: str, document: Document
) -> Iterator[str]:
    which, number = group.split()
    kind = "" if which == "codes" else f"{which} "
    yield ""
    yield f"codes {_name(group)}: {title}, {kind}group {number}"
    yield from _folded("  include: ", ", ".join(codes))
    yield f"  cite: {key}, {group}"
    if said := document.paragraph(group):
        yield from _prose(said)


def _tied(
    group: str, code_groups: dict[str, list[str]], key: str, document: Document
) -> Iterator[str]:
    """A rule where the paragraph names the codes, else a gap."""
    said = document.paragraphs.get(group, "")
    codes = _codes_of(group, document)
    if codes and not _is_turned(said) and not _named_elsewhere(group, codes, document):
        yield ""
        yield f"rule {_name(group)}-listed: The diagnosis is on the list of {group}"
        yield from _folded("  for: ", ", ".join(codes))
        yield f"  require: diagnosis in {_name(group)}"
        yield "  otherwise: review"
        yield "  fix: Point line {line} to a diagnosis of the list if the chart supports one."
        yield f"  cite: {key}, {group}"
        yield from _prose(said)
    else:
        names = [_name(each) for each in code_groups]
        yield from _gap(f"{_name(group)}-untied", names, group, key, said)


def _gap(
    name: str, procedures: list[str], group: str, key: str, said: str
) -> Iterator[str]:
    yield ""
    yield f"gap {name}: What the list of {group} means for which code"
    if procedures:
        yield f"  for: {', '.join(procedures)}"
    yield "  otherwise: review"
    yield f"  cite: {key}, {group}"
    yield from _prose(said or "Its paragraph says nothing.")


def _without_a_list(document: Document, names: list[str], key: str) -> Iterator[str]:
    """Groups that have a paragraph and no list: often what it means to be on none."""
    listed = {
        group
        for groups in (*document.codes.values(), *document.diagnoses.values())
        for group in groups
    }
    for group, said in sorted(document.paragraphs.items()):
        if group not in listed and document.paragraph(group):
            yield from _gap(
                f"{_name(group)}-says",
                [_name(each) for each in names],
                group,
                key,
                said,
            )


def _marked(document: Document, groups: list[str], key: str) -> Iterator[str]:
    yield ""
    yield "gap marked-diagnoses: Diagnoses with an asterisk have a condition"
    if groups:
        yield f"  for: {', '.join(map(_name, groups))}"
    yield "  otherwise: review"
    yield f"  cite: {key}, asterisks"
    yield from _prose(", ".join(sorted(document.marked)))


def _codes_of(group: str, document: Document) -> list[str]:
    """The codes that the paragraph of a covered group names."""
    if not group.startswith("covered"):
        return []
    said = document.paragraphs.get(group, "")
    return _codes_named(said, sorted(document.codes))


def _named_elsewhere(group: str, codes: list[str], document: Document) -> bool:
    """Whether another covered group is for one of the codes too.

    Whether a diagnosis of either list is enough, or one of each is needed, stands in the
    article's prose alone.
    """
    others = (other for other in document.paragraphs if other != group)
    return any(
        not set(codes).isdisjoint(_codes_of(other, document)) for other in others
    )


def _is_turned(said: str) -> bool:
    """Whether a paragraph may say the contrary of what its codes suggest."""
    return _TURNED.search(_SAYS_NOTHING.sub("", said)) is not None


def _codes_named(text: str, listed: list[str]) -> list[str]:
    """The article's codes that a paragraph names; none when it names others too."""
    found: set[str] = set()
    for first, last in _NAMED.findall(text):
        within = [code for code in listed if first <= code <= (last or first)]
        if first not in within or (last and last not in within):
            return []
        found.update(within)
    return sorted(found)


def _by_group(codes: dict[str, tuple[str, ...]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, groups in sorted(codes.items()):
        for group in groups:
            found.setdefault(group, []).append(code)
    return dict(sorted(found.items()))


def _name(group: str) -> str:
    """``covered 1`` as the name of a list."""
    return group.replace(" ", "-")


def _title(text: str) -> str:
    return text.replace("|", "/") or "(title)"


def _day(text: str) -> date | None:
    try:
        return read_day(text)
    except ValueError:
        return None


def _there(knowledge: sqlite3.Connection, table: str, key: str) -> bool:
    asked = f"SELECT 1 FROM {table} WHERE id = ?"  # noqa: S608  (our words)
    return knowledge.execute(asked, (key,)).fetchone() is not None


def _folded(head: str, text: str) -> Iterator[str]:
    """A line and those that it goes on in."""
    line = head
    for word in text.split(" "):
        if len(line) + len(word) > LONGEST_LINE:
            yield line.rstrip()
            line = "    "
        line += f"{word} "
    yield line.rstrip()


def _prose(text: str) -> Iterator[str]:
    line = "  | "
    for word in text.split():
        if len(line) + len(word) > LONGEST_LINE:
            yield line.rstrip()
            line = "  | "
        line += f"{word} "
    yield line.rstrip()
