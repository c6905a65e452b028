"""Files of a folder of policies: a policy, the scenarios beside it, words of staff."""

from __future__ import annotations

POLICY, SCENARIOS = ".policy", ".scenarios"
ENDINGS = (POLICY, SCENARIOS)
WORDS = ".words"
"""Of a file that says what staff call things: no policy, so nothing in it decides."""


def is_scenarios(path: str) -> bool:
    """Whether a file holds the scenarios of the policy beside it."""
    return path.lower().endswith(SCENARIOS)


def is_words(path: str) -> bool:
    """Whether a file holds words of staff."""
    return path.lower().endswith(WORDS)


def stem(path: str) -> str:
    """The path without its ending: the same for a policy and its scenarios."""
    ending = SCENARIOS if is_scenarios(path) else POLICY
    return path[: -len(ending)] if path.lower().endswith(ending) else path


def scenarios_beside(path: str) -> str:
    """Where the scenarios of a policy file stand when they stand beside it."""
    return stem(path) + SCENARIOS
