"""The words of a question: codes, ranges, modifiers and diagnoses told from plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.read.search import codes_between

LONGEST_QUESTION = 300
_HIDDEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\u200b-\u200f\u202a-\u202e\ufeff]")
_CODE = r"(?:\d{5}|\d{4}[A-Z]|[A-Z]\d{4})"
_RANGE = re.compile(rf"({_CODE})[-\u2013]({_CODE})")
_WITH_MODIFIERS = re.compile(rf"({_CODE})((?:-(?:[0-9]{{2}}|[A-Z][A-Z0-9]))+)")
_WITHOUT = re.compile(r"(?<!\S)w/o(?:ut)?(?!\S)\s*", re.IGNORECASE)
_WITH = re.compile(r"(?<!\S)w/(?!o(?:ut)?(?!\S))\s*", re.IGNORECASE)
_ONE_CODE = re.compile(_CODE)
_DIAGNOSIS = re.compile(r"([A-Z]\d[0-9A-Z])(?:\.([0-9A-Z]{1,4}))?")
_DIAGNOSIS_WITHOUT_POINT = re.compile(r"([A-Z]\d[0-9A-Z])([0-9A-Z]{1,4})")
_DOCUMENT = re.compile(r"[LA]\d{5}(?:-V\d+)?")
_AT_ENDS = ".,;:!?()[]{}\"'\u2018\u2019\u201c\u201d"


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a question."""

    text: str
    """As it was typed, without marks at its ends."""
    codes: tuple[str, ...] = ()
    """Codes that it may be: of a range all, of a diagnosis without its point both forms."""
    modifiers: tuple[str, ...] = ()
    document: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it is none of these: a word to look up."""
        return not (self.codes or self.document)


def without_hidden(text: str) -> str:
    """The text without control characters, not longer than anybody types."""
    return _HIDDEN.sub(" ", text[:LONGEST_QUESTION])


def tokens_of(text: str) -> list[Token]:
    """The words of a text in order; text of any kind has some or none."""
    text = _WITHOUT.sub("without ", _WITH.sub("with ", text))
    joined = re.sub(
        rf"({_CODE})\s*(?:-|\u2013|\bto\b|\bthru\b|\bthrough\b)\s*({_CODE})",
        r"\1-\2",
        text,
        flags=re.IGNORECASE,
    )
    return [token for word in joined.split() for token in _tokens_in(word)]


def _tokens_in(word: str) -> Iterator[Token]:
    for part in re.split(r"[,/+;|]", word):
        bare = part.strip(_AT_ENDS)
        if any(map(str.isalnum, bare)):
            yield _token(bare)


def _token(word: str) -> Token:
    upper = word.upper()
    span = _RANGE.fullmatch(upper)
    if span and (codes := codes_between(span[1], span[2])):
        return Token(word, codes)
    if match := _WITH_MODIFIERS.fullmatch(upper):
        return Token(word, (match[1],), tuple(match[2].strip("-").split("-")))
    if _DOCUMENT.fullmatch(upper):
        return Token(word, document=upper)
    forms = []
    if _ONE_CODE.fullmatch(upper):
        forms.append(upper)
    if match := _DIAGNOSIS.fullmatch(upper):
        forms.append(upper)
    elif match := _DIAGNOSIS_WITHOUT_POINT.fullmatch(upper):
        forms.append(f"{match[1]}.{match[2]}")
    return Token(word, tuple(forms))
