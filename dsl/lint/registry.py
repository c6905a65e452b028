"""The registry of checks: one function a check, with its code, level and title."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from dsl.base.diagnostics import Severity
from dsl.base.model import CodeSet, Json, Model, Place, Policy


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found."""

    place: Place
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a check looks at."""

    model: Model
    today: date | None = None
    lists: dict[str, dict[str, CodeSet]] = field(default_factory=dict)
    """By version of a policy: the lists that it may name, as they are asked for."""
    expected: dict[str, dict[str, list[Json]]] = field(default_factory=dict)
    """By version of a policy: what its scenarios expect by the name of a rule."""

    def lists_of(self, policy: Policy) -> dict[str, CodeSet]:
        """The lists that a policy may name, by key: its own before the shared ones."""
        if policy.version not in self.lists:
            both = (*self.model.code_sets, *policy.code_sets)
            self.lists[policy.version] = {listed.key: listed for listed in both}
        return self.lists[policy.version]

    def expected_of(self, policy: Policy) -> dict[str, list[Json]]:
        """What the scenarios of a policy expect, by the name of the rule."""
        if policy.version not in self.expected:
            found = self.expected[policy.version] = {}
            for scenario in policy.scenarios:
                for expectation in scenario.expect:
                    found.setdefault(expectation["by"], []).append(expectation)
        return self.expected[policy.version]


Run = Callable[[Asked], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the linter; its page is ``docs/messages/CODE.md``."""

    code: str
    name: str
    level: Severity
    title: str
    run: Run


CHECKS: dict[str, Check] = {}


def check(code: str, name: str, level: Severity, title: str) -> Callable[[Run], Run]:
    """Register a function as a check."""

    def register(run: Run) -> Run:
        assert code not in CHECKS, code
        CHECKS[code] = Check(code, name, level, title, run)
        return run

    return register
