"""Overlays flattened: a policy's own items over those of the text it is based on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from dsl.base.diagnostics import Reporter, did_you_mean, listed
from dsl.base.model import Span
from dsl.base.near import MOST_ASKED
from dsl.resolve.sizes import MOST_CHANGES, MOST_VERSIONS
from dsl.resolve.values import overlap, read_span
from dsl.resolve.vocabulary import Sited, lines_of, word_under
from dsl.syntax import nodes as n

DEEPEST_OVERLAY = 4
OWN_KINDS = ("codes", "value", "define", "rule", "gap", "exception", "scenario")


@dataclass(frozen=True, slots=True)
class Draft:
    """A policy as its file has it: the head item, its items, its days."""

    head: Sited
    items: tuple[Sited, ...]
    span: Span

    @property
    def path(self) -> str:
        """The policy's path."""
        return self.head.name

    @property
    def version(self) -> str:
        """The path with the first day, unique in a model."""
        return f"{self.path}@{self.span.start or 'always'}"

    def reporters(self) -> dict[str, Reporter]:
        """The reporter of each file that the policy stands in."""
        return {sited.report.file: sited.report for sited in (self.head, *self.items)}


@dataclass(slots=True)
class Effective:
    """A policy with all that it inherits, by kind, in reading order."""

    draft: Draft
    lineage: tuple[str, ...]
    """Paths from this policy down to the deepest base."""
    items: dict[int, Sited] = field(default_factory=dict)
    """By a number that grows in reading order."""
    named: dict[str, list[int]] = field(default_factory=dict)
    """Name -> the numbers of the items that bear it."""
    about: dict[str, list[int]] = field(default_factory=dict)
    """Name of a rule -> the numbers of the exceptions and scenarios about it."""
    like: dict[str, list[int]] = field(default_factory=dict)
    """Name of a scenario -> the numbers of the scenarios that are like it."""
    numbers: Iterator[int] = field(default_factory=count)
    dropped: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    missing: int = 0
    """Changes and drops of what is not inherited, so far."""

    def of_kind(self, *kinds: str) -> list[Sited]:
        """The items of these kinds."""
        return [sited for sited in self.items.values() if sited.item.kind in kinds]

    def append(self, sited: Sited) -> None:
        """Add an item behind all others."""
        number = next(self.numbers)
        self.named.setdefault(sited.name, []).append(number)
        self.put(number, sited)

    def put(self, number: int, sited: Sited) -> None:
        """Have an item stand under a number, in the place of the one that stood there."""
        self.items[number] = sited
        for name in dict.fromkeys(rules_named_by(sited.item)):
            self.about.setdefault(name, []).append(number)
        if model := model_of(sited.item):
            self.like.setdefault(model, []).append(number)

    def remove(self, name: str, origin: str) -> None:
        """Take the items of a name away, with the exceptions and scenarios about it.

        Inherited scenarios that are like one of them go too; those of ``origin``, which
        the policy wrote itself, stay and are reported.
        """
        gone = {name: None}
        waiting = [name]
        while waiting:
            for number in self.like.get(waiting.pop(), ()):
                found = self.items.get(number)
                if found and found.name not in gone and found.origin != origin:
                    gone[found.name] = None
                    waiting.append(found.name)
        for each in gone:
            for number in self.named.pop(each, ()):
                self.items.pop(number, None)
        for number in self.about.pop(name, ()):
            found = self.items.get(number)
            if found and name in rules_named_by(found.item):
                del self.items[number]

    def numbers_of(self, name: str) -> list[int]:
        """The numbers of the items of a name that are still there."""
        return [i for i in self.named.get(name, ()) if i in self.items]


def flatten(
    draft: Draft, drafts: dict[str, list[Draft]], above: tuple[str, ...] = ()
) -> Effective:
    """The effective items of a policy; faults of the overlay are reported."""
    head = draft.head
    based_on = word_under(head.item, "based on")
    lineage = (*above, draft.path)
    effective = Effective(draft, (draft.path,))
    if based_on and (base := find_base(based_on, draft, drafts, lineage)):
        inherited = flatten(base, drafts, lineage)
        effective.lineage = (draft.path, *inherited.lineage)
        for sited in inherited.items.values():
            effective.append(sited)
        effective.dropped = list(inherited.dropped)
        effective.changed = list(inherited.changed)
    for sited in draft.items:
        apply(sited, effective)
    return effective


def find_base(
    word: n.Word, draft: Draft, drafts: dict[str, list[Draft]], lineage: tuple[str, ...]
) -> Draft | None:
    """The version of the base in force on the overlay's first day."""
    report = draft.head.report
    known = drafts.get(word.text)
    if not known:
        report.at(
            word,
            "P027",
            f"There is no policy `{word.text}` to be based on.",
            fix=did_you_mean(word.text, set(drafts) - {draft.path}),
        )
        return None
    if word.text in lineage or len(lineage) > DEEPEST_OVERLAY:
        report.at(
            word,
            "P026",
            f"`{word.text}` is based on this policy itself, or the overlays are more "
            f"than {DEEPEST_OVERLAY} deep.",
        )
        return None
    fitting = [base for base in known if overlap(base.span, draft.span)]
    if not fitting:
        report.at(
            word, "P027", f"No version of `{word.text}` is in force in these days."
        )
        return None
    return max(fitting, key=lambda base: (base.span.start is not None, base.span.start))


def apply(sited: Sited, effective: Effective) -> None:
    """Add, change or drop one item."""
    kind = sited.item.kind
    if kind in OWN_KINDS:
        add(sited, effective)
    elif kind == "change":
        change(sited, effective)
    elif kind == "drop":
        drop(sited, effective)


def same_named(sited: Sited, effective: Effective) -> list[int]:
    """Positions of the items that the name may mean."""
    scenario = sited.item.kind == "scenario"
    return [
        i
        for i in effective.numbers_of(sited.name)
        if sited.item.kind in ("change", "drop")
        or scenario == (effective.items[i].item.kind == "scenario")
    ]


def add(sited: Sited, effective: Effective) -> None:
    """Add an item; another version of a rule may bear its name on other days."""
    versions = same_named(sited, effective)
    if len(versions) >= MOST_VERSIONS:
        report_too_many(f"has more than {MOST_VERSIONS} versions", sited)
        return
    for i in versions:
        other = effective.items[i]
        if both_dated_apart(sited, other):
            continue
        sited.report.at(
            sited.item.name,
            "P011"
            if other.item.kind != sited.item.kind or not dated(sited)
            else "P028",
            f"`{sited.name}` is there already ({other.report.file}:{other.item.line})."
            + (
                f" To change what is inherited, write `change {sited.name}: ...`."
                if other.origin != sited.origin
                else " Two versions of a rule need `in force:` days that do not overlap."
            ),
        )
        return
    effective.append(sited)


def report_too_many(what: str, sited: Sited) -> None:
    """Report an item that comes too often."""
    message = f"`{sited.name}` {what} in this policy. Write fewer that say the same."
    sited.report.at(sited.item.name, "P037", message)


def dated(sited: Sited) -> bool:
    """Whether an item has days of its own."""
    return any(lines_of(sited.item, n.InForce))


def both_dated_apart(one: Sited, other: Sited) -> bool:
    """Whether two items have days of their own that do not overlap."""
    spans = [next(lines_of(s.item, n.InForce), None) for s in (one, other)]
    if not all(spans):
        return False
    quiet = Reporter("", [])
    first, second = (read_span(line.span, quiet) for line in spans if line)
    return overlap(first, second) is None


def missing_target(sited: Sited, effective: Effective) -> None:
    """Report a change or drop of something that is not inherited.

    What is inherited is listed for the first of them only: who has many more has
    another base in mind.
    """
    effective.missing += 1
    if effective.missing > MOST_ASKED:
        message = f"There is nothing named `{sited.name}` to {sited.item.kind}."
        sited.report.at(sited.item.name, "P027", message)
        return
    others = effective.items.values()
    names = sorted({other.name for other in others if other.origin != sited.origin})
    inherited = (
        f"It inherits: {listed(names)}."
        if names
        else ("The policy is based on nothing.")
    )
    sited.report.at(
        sited.item.name,
        "P027",
        f"There is nothing named `{sited.name}` to {sited.item.kind}. {inherited}",
        fix=did_you_mean(sited.name, names),
    )


def change(sited: Sited, effective: Effective) -> None:
    """Put the lines of a change over the item it names."""
    named = same_named(sited, effective)
    if not named:
        missing_target(sited, effective)
        return
    targets = [i for i in named if fits(sited.item, effective.items[i].item)]
    if not targets:
        kind = effective.items[named[0]].item.kind
        lines = "claim, line, earlier, chart, expect, like"
        sited.report.at(
            sited.item.name,
            "P027",
            f"`{sited.name}` is a scenario: a change of it gives lines of a scenario ({lines})."
            if kind == "scenario"
            else f"`{sited.name}` is no scenario: a change of it gives no line of one ({lines}).",
        )
        return
    if any(len(effective.items[i].changes) >= MOST_CHANGES for i in targets):
        report_too_many(f"is changed more than {MOST_CHANGES} times", sited)
        return
    effective.changed.append(sited.name)
    for i in targets:
        target = effective.items[i]
        put_over = over_scenario if target.item.kind == "scenario" else merged
        changed = replace(
            target,
            item=put_over(target.item, sited.item),
            changes=(*target.changes, sited),
        )
        effective.put(i, changed)


def fits(change: n.Item, base: n.Item) -> bool:
    """Whether the lines of a change are those of the item: a scenario's, or others."""
    own = [x for x in change.lines if not isinstance(x, n.Cite | n.Prose)]
    if base.kind == "scenario":
        return all(is_worked(line) for line in own)
    return not any(is_worked(line) for line in own)


def is_worked(line: n.Line) -> bool:
    """Whether only a scenario has such a line."""
    if isinstance(line, n.WordsLine):
        return line.label == "like"
    return isinstance(line, n.Pairs | n.Billed | n.EarlierLine | n.Expect)


def over_scenario(base: n.Item, change: n.Item) -> n.Item:
    """The scenario with what the change says put over it.

    Pairs and billed lines are put over those of the same name; earlier services and
    expectations take the place of all that were there.
    """
    whole = (n.EarlierLine, n.Expect, n.WordsLine)
    given = {type(line) for line in change.lines if isinstance(line, whole)}
    return replace(
        base,
        title=change.title,
        lines=(*(x for x in base.lines if type(x) not in given), *change.lines),
        broken=base.broken or change.broken,
    )


def merged(base: n.Item, change: n.Item) -> n.Item:
    """The base's lines with those that the change gives put in their place.

    A duty replaces the duty; members of a list are added; other lines replace the
    line with the same label.
    """
    given = {slot(line) for line in change.lines} - {"members", "prose"}
    kept = [line for line in base.lines if slot(line) not in given]
    return replace(
        base,
        title=change.title,
        lines=(*kept, *change.lines),
        broken=base.broken or change.broken,
    )


def slot(line: n.Line) -> str:
    """What a line says: two lines with one slot do not stand together."""
    match line:
        case n.TestLine(label="require"):
            return "duty"
        case _ if isinstance(line, n.DutyLine):
            return "duty"
        case n.TestLine() | n.OutcomeLine() | n.WordsLine() | n.TextLine():
            return line.label
        case n.Members():
            return "members"
        case n.Prose():
            return "prose"
        case _:
            return type(line).__name__


def drop(sited: Sited, effective: Effective) -> None:
    """Take an inherited item away, with the exceptions and scenarios about it."""
    if not same_named(sited, effective):
        missing_target(sited, effective)
        return
    effective.dropped.append(sited.name)
    effective.remove(sited.name, sited.origin)


def rules_named_by(item: n.Item) -> Iterator[str]:
    """The rule that an exception weakens, the rules whose answers a scenario expects."""
    if item.kind == "exception" and item.to is not None:
        yield item.to.text
    for line in lines_of(item, n.Expect):
        yield from (word.text for word in line.by)


def model_of(item: n.Item) -> str:
    """The scenario that a scenario is like; empty for none."""
    like = word_under(item, "like") if item.kind == "scenario" else None
    return like.text if like else ""
