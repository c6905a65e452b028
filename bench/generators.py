# ruff: noqa: E501  (a table is read a line an entry)
"""Policies of any size, a kind of growth each: good ones, and ones with faults.

Each makes a text of about ``n`` lines of its kind; twice the ``n`` should cost twice the
work, whatever the kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

HEAD = """policy acme/p: A small policy
  payer: acme
  in force: from 2026-01-01
  cite: S

payer acme: Acme
  line of business: commercial
  cite: S

source S: A document
  publisher: Somebody
  url: https://example.org/
  version: 1
  grade: primary
  read on: 2026-01-01
  review by: 2027-01-01

code 64483: A code
  cite: S

fact imaging-done: Imaging
  kind: yes-no
  of: patient

"""
RULE = "  for: 64483\n  limit: 3 sessions in any 12 months\n  otherwise: deny for frequency\n  cite: S\n"
Generator = Callable[[int], str]


def each(n: int, line: Callable[[int], str]) -> str:
    """A text for every number."""
    return "".join(map(line, range(n)))


def items(line: Callable[[int], str], size: int) -> Generator:
    """A policy of items that have ``size`` lines each."""
    return lambda n: HEAD + each(n // size, line)


def rule(name: str, more: str = "") -> str:
    """A rule that has nothing wrong."""
    return f"rule {name}: A rule\n{RULE}{more}\n"


def one_rule(line: Callable[[int], str]) -> Generator:
    """A policy with one rule that goes on and on."""
    return lambda n: HEAD + rule("few", each(n, line))


def joined(parts: Iterable[str]) -> str:
    """A list on one line."""
    return ", ".join(parts)


def chain(kind: str, line: str, end: str) -> Generator:
    """Items that name each other one after the other, from the last to the first."""

    def text(n: int) -> str:
        count = n // 3
        links = each(count - 1, lambda i: f"{kind} d{i}: D\n  {line} d{i + 1}\n\n")
        return f"{HEAD}{links}{kind} d{max(0, count - 1)}: D\n  {end}\n\n{rule('few')}"

    return text


def definitions_that_double(n: int) -> str:
    """Definitions of which each stands for the next one twice."""
    count = n // 3
    links = each(count, lambda i: f"define d{i}: D\n  means: d{i + 1} and d{i + 1}\n\n")
    end = f"define d{count}: D\n  means: imaging-done\n\n"
    return HEAD + links + end + rule("deep", "  when: d0\n")


def likes(n: int) -> str:
    """Scenarios of which each is like the one before."""
    first = "scenario s0: S\n  line 1: 64483\n  expect: line 1 pass\n\n"
    more = each(
        n // 4,
        lambda i: (
            f"scenario s{i + 1}: S\n  like: s{i}\n  expect: line 1 pass\n"
            f"  chart: imaging-done yes\n\n"
        ),
    )
    return HEAD + rule("few") + first + more


def exceptions(n: int) -> str:
    """Exceptions to one rule."""
    return (
        HEAD
        + rule("few")
        + each(
            n // 4,
            lambda i: f"exception e{i} to few: E\n  when: imaging-done\n  cite: S\n\n",
        )
    )


def exceptions_to_exceptions(n: int) -> str:
    """Exceptions of which each is one to the exception before."""
    return (
        HEAD
        + rule("few")
        + "exception e0 to few: E\n  when: imaging-done\n  cite: S\n\n"
        + each(
            n // 4,
            lambda i: (
                f"exception e{i + 1} to e{i}: E\n  when: imaging-done\n  cite: S\n\n"
            ),
        )
    )


def below_a_bad_line(line: str) -> Generator:
    """Lines that stand below one that cannot be read."""
    return lambda n: HEAD + rule("few", "  limitt: 4 sessions\n" + line * n)


def codes(n: int) -> str:
    """One list of codes on one line."""
    return f"{HEAD}codes many: Many\n  include: {joined(f'{10000 + i % 80000}' for i in range(n))}\n"


GENERATORS: dict[str, Generator] = {
    "rules": items(lambda i: rule(f"r{i}"), 6),
    "rules with own lists": items(
        lambda i: f"rule r{i}: R\n  for: {10000 + i % 9000}, 64483\n  covered: never\n  otherwise: note\n  cite: S\n\n", 6
    ),
    "definitions": items(lambda i: f"define d{i}: D\n  means: imaging-done\n\n" + rule(f"r{i}", f"  when: d{i}\n"), 10),
    "definitions that double": definitions_that_double,
    "definitions in a chain": lambda n: chain("define", "means:", "means: imaging-done")(n) + rule("deep", "  when: d0\n"),
    "lists": items(lambda i: f"codes c{i}: C\n  include: {10000 + i % 9000}\n\n", 3),
    "lists in a chain": chain("codes", "include: 64483,", "include: 64483"),
    "codes on one line": codes,
    "ranges": lambda n: f"{HEAD}codes many: Many\n" + each(n, lambda i: f"  include: {1000 + i % 8000}0-{1000 + i % 8000}9\n"),
    "values": items(lambda i: f"value v{i}: V\n  {i % 90 + 1} weeks from 2026-01-01\n\n", 3),
    "cases of a value": lambda n: f"{HEAD}value v: V\n" + each(n, lambda _i: "  4 weeks when imaging-done\n") + "  6 weeks otherwise\n",
    "facts": items(lambda i: f"fact f{i}: F\n  kind: yes-no\n  of: patient\n\n", 4),
    "sources": items(lambda i: f"source S{i}: S\n  grade: recalled\n  url: https://example.org/{i}\n\n", 4),
    "comments": one_rule(lambda _i: "  # an old line\n"),
    "empty lines": one_rule(lambda _i: "\n"),
    "comments below a bad line": below_a_bad_line("  # an old line\n"),
    "empty lines below a bad line": below_a_bad_line("\n"),
    "exceptions": exceptions,
    "exceptions to exceptions": exceptions_to_exceptions,
    "scenarios": lambda n: HEAD + rule("few") + each(n // 4, lambda i: f"scenario s{i}: S\n  line 1: 64483\n  expect: line 1 pass\n\n"),
    "scenarios like each other": likes,
    "bullets": lambda n: HEAD + rule("few", "  when: any of\n" + "    - imaging-done\n" * n),
    "tests on one line": lambda n: HEAD + rule("few", "  when: " + " or ".join(["imaging-done"] * n) + "\n"),
    "prose": one_rule(lambda _i: "  | Neck and low back are counted apart.\n"),
    "a long title": lambda n: f"{HEAD}rule few: {'A word ' * n}\n{RULE}",
    "a long line of prose": lambda n: HEAD + rule("few", f"  | {'A word ' * n}\n"),
    "a long bad line": lambda n: HEAD + rule("few", f"  {'word ' * n}\n"),
    "bad lines": one_rule(lambda _i: "  this cannot be read\n"),
    "bad lines in items": items(lambda i: rule(f"r{i}", "  limitt: 4 sessions\n"), 7),
    "bad heads": items(lambda i: f"rulle r{i}: R\n{RULE}\n", 6),
    "stray lines": lambda n: "nothing that is known\n" * n,
    "bullets of others": lambda n: HEAD + rule("few", "  when: any of\n" + "    * imaging-done\n" * n),
    "unknown facts": items(lambda i: rule(f"r{i}", f"  when: imaging-dome-{i}\n"), 7),
    "unknown lists": items(lambda i: f"rule r{i}: R\n  for: lisst-{i}\n  covered: never\n  otherwise: note\n  cite: S\n\ncodes list-{i}: L\n  include: 64483\n\n", 9),
    "unknown sources": items(lambda i: f"gap g{i}: G\n  cite: T{i}\n\n", 3),
    "names twice": items(lambda i: rule(f"r{i % 10}"), 6),
    "characters that are not seen": one_rule(lambda _i: "  # left\u202eright\n"),
}  # fmt: skip
