# ruff: noqa: E501  (a table is read a line an entry)
"""Policies of any size, a kind of growth each: good ones, and ones with faults.

Each makes a text of about ``n`` lines of its kind; twice the ``n`` should cost twice the
work, whatever the kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

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


def day(number: int) -> str:
    """One day after the other."""
    return str(date(2026, 1, 1) + timedelta(number))


def code(number: int) -> str:
    """A code, of as many as there are."""
    return f"{10000 + number % 80000}"


def lists_of_a_large_one(n: int) -> str:
    """A list that is half of the file, and lists that all hold it."""
    large = each(n // 2, lambda i: f"  include: {code(i)}\n")
    lists = each(n // 6, lambda i: f"codes c{i}: C\n  include: large\n\n")
    return f"{HEAD}codes large: L\n{large}\n{lists}"


def rules_of_a_large_list(n: int) -> str:
    """A list that is half of the file, and rules that are all for its codes."""
    large = each(n // 2, lambda i: f"  include: {code(i)}\n")
    rules = each(n // 12, lambda i: rule(f"r{i}").replace("64483", "large"))
    return f"{HEAD}codes large: L\n{large}\n{rules}"


def amounts_of_a_value(n: int) -> str:
    """A value with a line for each day, and rules that ask for it."""
    amounts = each(n // 2, lambda i: f"  4 weeks from {day(i)} through {day(i)}\n")
    rules = each(n // 14, lambda i: rule(f"r{i}", "  when: pain at least v\n"))
    fact = "fact pain: P\n  kind: duration\n  of: patient\n\n"
    return f"{HEAD}{fact}value v: V\n{amounts}\n{rules}"


def changes(item: str, line: str) -> Generator:
    """One item that is changed again and again."""
    change = f"change few: C\n  {line}\n  cite: S\n\n"
    return lambda n: HEAD + item + change * (n // 4)


def one_long_change(n: int) -> str:
    """A list to which one change adds many lines."""
    more = each(n, lambda i: f"  include: {code(i)}\n")
    return f"{HEAD}codes few: F\n  include: 64483\n\nchange few: F\n{more}  cite: S\n"


def like_a_large_one(n: int) -> str:
    """A scenario that is half of the file, and scenarios that are like it."""
    lines = each(n // 2, lambda i: f"  line {i + 1}: 64483\n")
    more = each(
        n // 8, lambda i: f"scenario s{i}: S\n  like: large\n  expect: line 1 pass\n\n"
    )
    return (
        f"{HEAD}{rule('few')}scenario large: L\n{lines}  expect: line 1 pass\n\n{more}"
    )


def expected_of_every_line(n: int) -> str:
    """A scenario of which half are lines, half are what is expected of all of them."""
    lines = each(n // 2, lambda i: f"  line {i + 1}: 64483\n")
    return (
        f"{HEAD}{rule('few')}scenario s: S\n{lines}"
        + "  expect: every line pass\n" * (n // 2)
    )


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
    "bad codes on one line": lambda n: f"{HEAD}codes many: Many\n  include: {joined(f'X{i}Y' for i in range(n))}\n",
    "lists of a large one": lists_of_a_large_one,
    "rules of a large list": rules_of_a_large_list,
    "days of a code": lambda n: f"{HEAD}codes many: Many\n" + each(n, lambda i: f"  include from {day(2 * i)} through {day(2 * i)}: 64483\n"),
    "days without a code": lambda n: f"{HEAD}codes many: Many\n  include: 64483\n" + each(n, lambda i: f"  exclude from {day(2 * i)} through {day(2 * i)}: 64483\n"),
    "ranges": lambda n: f"{HEAD}codes many: Many\n" + each(n, lambda i: f"  include: {1000 + i % 8000}0-{1000 + i % 8000}9\n"),
    "values": items(lambda i: f"value v{i}: V\n  {i % 90 + 1} weeks from 2026-01-01\n\n", 3),
    "cases of a value": lambda n: f"{HEAD}value v: V\n" + each(n, lambda _i: "  4 weeks when imaging-done\n") + "  6 weeks otherwise\n",
    "amounts of a value": amounts_of_a_value,
    "versions of a rule": items(lambda i: rule("few", f"  in force: from {day(i)} through {day(i)}\n"), 7),
    "changes of a rule": changes(rule("few"), "limit: 4 sessions in any 12 months"),
    "changes of a list": changes("codes few: F\n  include: 64484\n\n", "include: 64483"),
    "one long change": one_long_change,
    "changes of nothing": items(lambda i: f"change c{i}: C\n  otherwise: note\n  cite: S\n\n" + rule(f"r{i}"), 10),
    "drops of nothing": items(lambda i: f"drop d{i}: D\n  cite: S\n\n", 3),
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
    "scenarios like a large one": like_a_large_one,
    "expected of every line": expected_of_every_line,
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
