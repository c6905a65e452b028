"""The table that each drill ends with: what was tried, held and failed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Table:
    """What a drill did, row by row; a row is printed as soon as it is known."""

    title: str
    failed: int = 0
    width: int = 46
    reasons: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The head of the table."""
        print(f"{self.title}\n")
        print(f"{'':{self.width}}{'tried':>7}{'held':>7}{'failed':>8}", flush=True)

    def row(
        self, what: str, tried: int, failed: int, remark: str = "", why: str = ""
    ) -> None:
        """One row; ``why`` says of what failed what was found."""
        self.failed += failed
        shown = f"{what:{self.width}}{tried:>7}{tried - failed:>7}{failed:>8}"
        print(f"{shown}  {remark}".rstrip(), flush=True)
        if failed and why:
            self.reasons.append(f"{what}: {why}")

    def close(self) -> int:
        """The last lines; 1 when anything failed."""
        for reason in self.reasons:
            print(f"  {reason}")
        print("FAILED" if self.failed else "held", flush=True)
        return int(self.failed > 0)
