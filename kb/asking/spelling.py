"""How far two words are from each other, in letters."""

from __future__ import annotations


def distance(one: str, other: str, most: int) -> int:
    """Letters to add, drop, change or swap with their neighbour; ``most + 1`` for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above = row, before
        row = [i]
        for j, against in enumerate(other, 1):
            least = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != against))
            swapped = (
                i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against
            )
            row.append(min(least, above[j - 2] + 1) if swapped else least)
        if min(row) > most:
            return most + 1
    return row[-1]
