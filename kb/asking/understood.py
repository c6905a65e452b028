"""What was understood of a question: chips that can be shown, changed and answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PAYER, CONTRACTOR, BRAND, STATE, PLACE = (
    "payer",
    "contractor",
    "brand",
    "state",
    "place",
)
FAMILY, CODES, DIAGNOSIS, MODIFIER = "family", "codes", "diagnosis", "modifier"
DOCUMENT, TOPIC, DAY, SPAN = "document", "topic", "day", "span"
ABSENT, UNLOADED, DENIAL, LEVEL = "absent", "unloaded", "denial", "level"
SUBJECTS = (CODES, FAMILY)


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that the words name."""

    kind: str
    """``payer``, ``contractor``, ``brand`` (several payers), ``state``, ``place``,
    ``family``, ``codes``, ``diagnosis``, ``modifier``, ``document``, ``topic``, ``day``,
    ``span``, ``absent`` (a payer of which nothing is loaded), ``unloaded`` (a procedure
    of which nothing is), ``denial`` (the number of a denial) or ``level`` (of the spine)."""
    values: tuple[str, ...]
    """Keys: of a payer, of a family, codes, a day, two days. The first is what is meant."""
    label: str
    """As people read it."""
    typed: str
    """The words that said it."""
    known: bool = True
    """False for a code or document that nothing loaded names."""
    others: tuple[str, ...] = ()
    """Keys that the same words name too, as the siblings of a payer."""

    @property
    def value(self) -> str:
        """The first key."""
        return self.values[0]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A word that nobody knows, and the known one that it was taken for."""

    typed: str
    taken_for: str


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it was understood."""

    text: str
    chips: tuple[Chip, ...]
    corrected: tuple[Corrected, ...]
    not_understood: tuple[str, ...]
    """Words that nothing loaded knows: they changed nothing of the answer."""
    today: date

    def all(self, *kinds: str) -> tuple[Chip, ...]:
        """The chips of some kinds, in the order in which they were typed."""
        return tuple(chip for chip in self.chips if chip.kind in kinds)

    def one(self, *kinds: str) -> Chip | None:
        """The first chip of some kinds."""
        return next(iter(self.all(*kinds)), None)

    @property
    def day(self) -> date:
        """The day asked about: today when none was said."""
        said = self.one(DAY)
        return date.fromisoformat(said.value) if said else self.today

    @property
    def topics(self) -> tuple[str, ...]:
        """What is asked, by the names of the files of words."""
        return tuple(dict.fromkeys(chip.value for chip in self.all(TOPIC)))
