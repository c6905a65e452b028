"""Where a page of the site stands among the files of the guide.

A page is a file of its own (``payer/aetna.html``), or an entry of a pack that one page of
the guide, ``read.html``, shows: ``read.html?answer/aetna/64483`` is the entry ``64483`` of
``data/answer/aetna.json.gz``.  So 20,000 pages are a few hundred files, packed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote

from kb.web.where import adding

READER = "read.html"
NAMED = (
    "payers",
    "more",
    "about",
    "sources",
    "policies",
    "gaps",
    "coverage",
    "changes",
)
SAME = {"": "index", **{name: name for name in NAMED}}
"""Pages that stand as a file of their own name, and the first one."""
CHECK_TAKES = ("payer", "plan", "state", "place", "on", "code")


@dataclass(frozen=True, slots=True)
class Addresses:
    """All pages of a guide; what is not among them no link may lead to."""

    files: frozenset[str]
    """``payer/aetna.html`` and others, from the folder of the guide."""
    entries: frozenset[str]
    """``answer/aetna/64483`` and others."""
    family_of: Mapping[str, str] = field(default_factory=dict)
    """The family of a code."""
    latest: Mapping[str, str] = field(default_factory=dict)
    """The version of a policy, or of a rule's policy, that a bare address means."""
    sheets: frozenset[str] = frozenset()
    """``aetna/epidural`` and others: the sheets to print."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The policy on whose page the text of a file stands."""

    def place_of(self, address: str) -> str:
        """The place of a page of the site, from the folder of the guide; empty if it has none."""
        before, hash_, anchor = address.partition("#")
        path, _, query = before.partition("?")
        asked = dict(parse_qsl(query, keep_blank_values=True))
        place = self._place(unquote(path), asked)
        if not place or "#" in place:
            return place
        return f"{place}{hash_}{anchor}"

    def _place(self, path: str, asked: Mapping[str, str]) -> str:
        kind, _, rest = path.lstrip("/").partition("/")
        state = asked.get("state", "")
        match kind:
            case "search":
                return adding(self._file("search"), q=asked.get("q", ""))
            case "check":
                given = {name: asked.get(name, "") for name in CHECK_TAKES}
                file = self._file("check")
                return adding(file, **given) if file else ""
            case "compare":
                return self._comparison(asked)
            case "payer":
                return self._payer(rest, asked.get("family", ""), state)
            case "answer":
                payer, _, subject = rest.partition("/")
                return self._answer(payer, subject, state)
            case "print":
                return self._sheet(*rest.partition("/")[::2])
            case "code":
                return self._file(f"code/{rest}") or self._entry(diagnosis_key(rest))
            case "policy" | "rule":
                return self._entry(f"{kind}/{rest}") or self._latest(kind, rest)
            case "text" if rest in self.texts:
                return self._entry(f"policy/{self.texts[rest]}")
            case "source" | "text":
                return self._entry(f"{kind}/{rest}")
            case "static":
                return path.lstrip("/")
        return self._file(SAME[kind]) if kind in SAME and not rest else ""

    def _payer(self, payer: str, family: str, state: str) -> str:
        if family:
            return self._answer(payer, family, state)
        return self._file(f"payer/{payer}/{state}") or self._file(f"payer/{payer}")

    def _sheet(self, payer: str, subject: str) -> str:
        family = self.family_of.get(subject, subject)
        file = self._file(f"print/{payer}")
        return f"{file}#{family}" if f"{payer}/{family}" in self.sheets else ""

    def _comparison(self, asked: Mapping[str, str]) -> str:
        family = asked.get("family") or self.family_of.get(asked.get("code", ""), "")
        file = self._file(f"compare/{family}") if family else ""
        file = file or self._file("compare")
        return adding(file, payers=asked.get("payers", "")) if file else ""

    def _answer(self, payer: str, subject: str, state: str) -> str:
        of_state = self._entry(f"answer/{payer}/{state}/{subject}") if state else ""
        return of_state or self._entry(f"answer/{payer}/{subject}")

    def _latest(self, kind: str, rest: str) -> str:
        policy, _, rule = rest.rpartition("/") if kind == "rule" else (rest, "", "")
        found = self.latest.get(policy.partition("@")[0], "")
        return self._entry(f"{kind}/{found}/{rule}" if rule else f"{kind}/{found}")

    def _file(self, name: str) -> str:
        file = f"{name}.html"
        return quote(file) if file in self.files else ""

    def _entry(self, key: str) -> str:
        return f"{READER}?{quote(key)}" if key in self.entries else ""


def diagnosis_key(code: str) -> str:
    """Where the page of a diagnosis stands: with those that begin like it."""
    return f"diagnosis/{code[:3]}/{code}"


def pack_of(key: str) -> str:
    """The file that holds an entry, from the folder of the guide."""
    return f"data/{key.rpartition('/')[0]}.json.gz"
