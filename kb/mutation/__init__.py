"""Mutation: whether the scenarios of a policy notice that a rule says something else.

Every mutant is the policy with one small change (``limit 4 -> 5 sessions``).  A mutant
is killed when an expectation of some scenario then fails; the score of a policy is the
share of its mutants that are killed.  ``twins`` proposes scenarios for the survivors.
"""
