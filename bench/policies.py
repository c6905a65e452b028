"""Synthetic policies as text: nothing here is a payer's, only the shape is.

A policy has four made-up codes and twenty rules of the kinds that real policies have;
ten policies belong to one payer.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

RULES_EACH = 20
POLICIES_EACH = 10
"""Of a payer."""

FACTS = 12

SHARED = """\
reasons commercial: Reasons
  necessity: CO-50
  frequency: CO-151

source DOC: A made-up document
  publisher: Nobody
  url: https://example.com/doc
  grade: primary
  read on: 2026-01-01
  review by: 2027-01-01
"""

FACT = """
fact finding-{number}: Finding {number}
  kind: duration
  of: claim
  where: Note {number}
  ask: Write how long finding {number} lasted.
"""

HEAD = """\
policy payer-{payer}/policy-{number}: Policy {number}
  payer: payer-{payer}
  in force: from 2026-01-01
  cite: DOC
  | Made up, with {rules} rules.

codes services: Services of policy {number}
  include: {codes}
  cite: DOC

codes reasons-given: Diagnoses of policy {number}
  include: M54.12-M54.18, M51.14-M51.17
  cite: DOC
"""

RULES = (
    """
rule rule-{rule}: Finding {fact} for {weeks} weeks
  for: services
  require: finding-{fact} at least {weeks} weeks
  otherwise: deny for necessity
  if unknown: needs evidence
  cite: DOC, part {rule}
""",
    """
rule rule-{rule}: A diagnosis of the list
  for: services
  when: place in 11, 24
  require: diagnosis in reasons-given
  otherwise: deny for necessity
  cite: DOC, part {rule}
""",
    """
rule rule-{rule}: At most {weeks} sessions in 12 months
  for: services
  limit: {weeks} sessions in any 12 months
  otherwise: deny for frequency
  cite: DOC, part {rule}
""",
    """
rule rule-{rule}: {weeks} days apart
  for: services
  interval: at least {weeks} days between sessions
  otherwise: deny for frequency
  cite: DOC, part {rule}
""",
    """
rule rule-{rule}: A repeat waits for finding {fact}
  for: services
  when: at least 1 earlier services, in any 12 months
  require: any of
    - finding-{fact} at least {weeks} weeks
    - modifier KX present
  otherwise: deny for necessity
  if unknown: needs evidence
  cite: DOC, part {rule}
""",
)


def codes_of(policy: int) -> list[str]:
    """The four codes of a policy."""
    return [f"Q{4 * policy + step:04d}" for step in range(4)]


def payer_of(policy: int) -> int:
    """The payer that a policy belongs to."""
    return policy // POLICIES_EACH


def policy_text(policy: int, rules: int = RULES_EACH) -> str:
    """The file of one policy."""
    head = HEAD.format(
        payer=payer_of(policy),
        number=policy,
        rules=rules,
        codes=", ".join(codes_of(policy)),
    )
    body = [
        RULES[rule % len(RULES)].format(
            rule=rule, fact=(policy + rule) % FACTS, weeks=4 + rule % 9
        )
        for rule in range(rules)
    ]
    return head + "".join(body)


def synthetic_files(
    policies: int, rules: int = RULES_EACH
) -> Iterator[tuple[str, str]]:
    """Path and text of each file: so many policies, and one with what they share."""
    facts = [FACT.format(number=number) for number in range(FACTS)]
    payers = [
        f"\npayer payer-{payer}: Payer {payer}\n  line of business: commercial\n"
        for payer in range(payer_of(policies - 1) + 1)
    ]
    yield "shared.policy", SHARED + "".join([*facts, *payers])
    for policy in range(policies):
        name = f"payer-{payer_of(policy)}/policy-{policy}.policy"
        yield name, policy_text(policy, rules)


def write_policies(folder: Path, policies: int, rules: int = RULES_EACH) -> None:
    """Write the files of so many policies."""
    for name, text in synthetic_files(policies, rules):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
