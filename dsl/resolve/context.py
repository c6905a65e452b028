"""What one policy sees while it is compiled: its names and what was made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain

from dsl.base.diagnostics import Reporter
from dsl.base.model import (
    CodeSet,
    Value,
)
from dsl.base.near import Nearest
from dsl.ir.parts import Amounts
from dsl.resolve.overlay import Effective
from dsl.resolve.vocabulary import (
    Sited,
    Vocabulary,
)
from dsl.syntax import nodes as n


@dataclass(slots=True)
class Context:
    """The names in force inside one policy (or among the shared words)."""

    words: Vocabulary
    effective: Effective | None = None
    lists: dict[str, CodeSet] = field(default_factory=dict)
    """Compiled lists by name, anonymous ones by ``rule/for`` and the like."""
    inside: set[str] = field(default_factory=set)
    """Keys of the lists that other lists name."""
    values: dict[str, Value] = field(default_factory=dict)
    open_names: list[str] = field(default_factory=list)
    """Names that are being compiled, to find circles."""
    by_kind: dict[str, dict[str, Sited]] = field(default_factory=dict)
    """Items by kind and name, as they are asked for."""
    nearest: dict[tuple[str, ...], Nearest] = field(default_factory=dict)
    told_too_deep: bool = False
    """Whether lists lie too deep in each other: the first is told, and stands for all."""
    codes: int = 0
    """Codes that its lists, and its rules by them, came to so far."""
    rows: int = 0
    """What its scenarios took from other scenarios so far."""
    cases: dict[str, dict[str, Amounts]] = field(default_factory=dict)
    """Amounts by case, of the values that were asked for."""
    lists_here: str = ""
    """The names of its lists for a message, once one was needed."""
    set_names: dict[str, str] = field(default_factory=dict)
    """Key of a compiled list -> what a sentence calls it."""

    @property
    def version(self) -> str:
        """The prefix of the keys of this policy's lists."""
        return self.effective.draft.version if self.effective else "shared"

    def named(self, name: str, kind: str) -> Sited | None:
        """The policy's own or inherited item of that name, else the shared one."""
        return self.of_kind(kind).get(name)

    def of_kind(self, kind: str) -> dict[str, Sited]:
        """All items of this kind that could be named here."""
        if kind not in self.by_kind:
            own = self.effective.of_kind(kind) if self.effective else []
            shared = (s for s in self.words.shared.values() if s.item.kind == kind)
            found: dict[str, Sited] = {}
            for sited in (*own, *shared):
                found.setdefault(sited.name, sited)
            self.by_kind[kind] = found
        return self.by_kind[kind]

    def near(self, word: str, *kinds: str, also: tuple[str, ...] = ()) -> str:
        """The known name of these kinds, or other word, that is nearest, or nothing."""
        key = (*kinds, *also)
        if key not in self.nearest:
            declared: dict[str, Iterable[str]] = {
                "fact": self.words.facts,
                "source": self.words.sources,
            }
            names = [declared.get(kind, self.of_kind(kind)) for kind in kinds]
            self.nearest[key] = Nearest([*chain(*names), *also])
        return self.nearest[key].to(word)

    def keep(self, name: str, built: CodeSet) -> None:
        """Keep a compiled list under its name, or its place in a rule."""
        self.lists[name] = built
        members = ", ".join(dict.fromkeys(m.code for m in built.members))
        spoken = members if "/" in built.name else built.name.replace("-", " ")
        self.set_names[built.key] = spoken


def report_of(sited: Sited, line: n.Line) -> Reporter:
    """The reporter of the file that holds the line: the base's or a change's."""
    return reporting(sited)(line)


def reporting(sited: Sited) -> Callable[[n.Line], Reporter]:
    """``report_of`` for the many lines of one item."""
    holders = {
        id(line): changed for changed in sited.changes for line in changed.item.lines
    }

    def report_for(line: n.Line) -> Reporter:
        holder = holders.get(id(line), sited)
        return holder.report.within(*holder.report.trail, sited.name)

    return report_for
