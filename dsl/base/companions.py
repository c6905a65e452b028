"""Files that belong together: a policy, and the scenarios that stand beside it."""

from __future__ import annotations

POLICY, SCENARIOS = ".policy", ".scenarios"
ENDINGS = (POLICY, SCENARIOS)


def is_scenarios(path: str) -> bool:
    """Whether a file holds the scenarios of the policy beside it."""
    return path.lower().endswith(SCENARIOS)


def stem(path: str) -> str:
    """The path without its ending: the same for a policy and its scenarios."""
    ending = SCENARIOS if is_scenarios(path) else POLICY
    return path[: -len(ending)] if path.lower().endswith(ending) else path


def scenarios_beside(path: str) -> str:
    """Where the scenarios of a policy file stand when they stand beside it."""
    return stem(path) + SCENARIOS
