"""CMS's tables over columns: which lines they may object to; those the interpreter asks.

The tables change at the ends of quarters.  So a pair of codes, a cap, an add-on code or a
diagnosis is looked up once for a quarter, on the first and on the last of its days that
the batch has, and only lines that could be objected to are taken one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from kb.engine.columns.batch import (
    FACILITY,
    RETOLD,
    THOUSANDTHS,
    Bools,
    Indexes,
    Ints,
    Small,
)
from kb.engine.columns.batch_claims import day_of_number
from kb.engine.columns.interpreted import claims_again
from kb.engine.columns.run import Run, keyed
from kb.engine.judge.answer import Outcome
from kb.engine.judge.tables.add_ons import CONTRACTOR_DECIDES
from kb.engine.judge.tables.finding import (
    BINDING,
    SURGERY_CENTER,
    business_of,
    is_whole,
)
from kb.engine.judge.tables.line import outcomes_of
from kb.engine.judge.tables.modifiers import FACILITIES, OF_INTEREST, modifiers_of
from kb.engine.judge.tables.pairs import NEVER_APPLIES, said_apart
from kb.engine.judge.tables.rules import TableRules
from kb.tables.model import Kind, Pair, Setting, Tables

SETTINGS = (Setting.PRACTITIONER, Setting.HOSPITAL)
IS_PAIR, FIRST_ADDS, SECOND_ADDS = 1, 2, 4
"""Bits of what tables know of two codes."""
FIRST_GOES, SECOND_GOES = 1, 2
NO_CAP = np.iinfo(np.int64).max
Spot = tuple[date, date]
"""The first and the last day of a quarter that are asked."""


def table_outcomes(run: Run, rules: TableRules) -> Iterator[tuple[int, Outcome]]:
    """Lines to which the tables object, each with the strictest outcome."""
    claims = claims_again(run)
    for line in np.flatnonzero(_Suspects(run, rules.tables).lines).tolist():
        outcome = outcomes_of(claims.around(line), rules)
        if outcome != "pass":
            yield line, outcome


@dataclass
class _Suspects:
    """The lines of a run that the tables may object to: never one too few."""

    run: Run
    tables: Tables

    @cached_property
    def lines(self) -> Bools:
        """Whether each line is one; void claims ask for nothing."""
        batch = self.run.batch
        own = self._over_a_cap() | self._beside_another() | self._odd_modifiers()
        suspect: Bools = (own & self._binding) | self._odd_diagnoses()
        asked: Bools = batch.claims.asked[batch.lines.claim]
        return suspect & asked

    # ---------- what lines and events share ----------

    @cached_property
    def _binding(self) -> Bools:
        """Lines whose payer the tables bind."""
        batch, program = self.run.batch, self.run.program
        words = [business_of(word, program) == BINDING for word in batch.words.words]
        return np.array(words, np.bool_)[batch.claims.payer[batch.lines.claim]]

    @cached_property
    def _setting(self) -> Indexes:
        """Place of each line's setting in ``SETTINGS``."""
        batch = self.run.batch
        facility = batch.claims.kind[batch.lines.claim] == FACILITY
        center = self.run.word_numbers.get(SURGERY_CENTER, -1)
        found: Indexes = (facility & (batch.lines.place != center)).astype(np.int32)
        return found

    @cached_property
    def _quarters(self) -> tuple[Ints, Ints, list[Spot]]:
        """Quarter of each line and each event, and the days of each quarter to ask."""
        batch = self.run.batch
        line_days, event_days = batch.lines.day, batch.events.day
        days = np.concatenate((line_days, event_days)).astype(np.int64)
        known, place = np.unique(days, return_inverse=True)
        months = known.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        quarters, of_day = np.unique(months // 3, return_inverse=True)
        firsts = np.searchsorted(of_day, np.arange(len(quarters)), "left")
        lasts = np.searchsorted(of_day, np.arange(len(quarters)), "right") - 1
        spots = [
            (day_of_number(int(known[a])), day_of_number(int(known[b])))
            for a, b in zip(firsts, lasts, strict=True)
        ]
        numbers = of_day[place].astype(np.int64)
        return numbers[: len(line_days)], numbers[len(line_days) :], spots

    @cached_property
    def _counted(self) -> Ints:
        """Rows of the events that count: not denied, and told once."""
        events = self.run.batch.events
        return np.flatnonzero(~events.denied & (events.line != RETOLD))

    @cached_property
    def _no_event(self) -> Bools:
        """Lines of replaced claims: they are no events of their own."""
        batch = self.run.batch
        return ~batch.claims.counts[batch.lines.claim]

    def _at_each(
        self, key: Ints, quarter: Ints, ask: Callable[[int, date], bool]
    ) -> Bools:
        """What is found for each row's key in its quarter, each asked once."""
        spots = self._quarters[2]
        found, row = np.unique(key * len(spots) + quarter, return_inverse=True)
        keys, quarters = np.divmod(found, len(spots))
        answers = [
            any(ask(one, day) for day in dict.fromkeys(spots[q]))
            for one, q in zip(keys.tolist(), quarters.tolist(), strict=True)
        ]
        return np.array(answers, np.bool_)[row]

    # ---------- units ----------

    def _over_a_cap(self) -> Bools:
        """Lines of a code of which the day has more units than a cap."""
        batch, rows = self.run.batch, self._counted
        lines, events = batch.lines, batch.events
        of_event, of_line = self._moments
        codes = len(batch.words.codes)
        groups, group = np.unique(
            of_event[rows] * codes + events.code[rows], return_inverse=True
        )
        # A group that no event has is the last, without units.
        totals = np.append(np.bincount(group, events.units[rows], len(groups)), 0)
        mine = of_line * codes + lines.code
        place = np.searchsorted(groups, mine)
        found = np.append(groups, -1)[np.minimum(place, len(groups))] == mine
        units = np.where(found, totals[place], 0)
        units += np.where(self._no_event, lines.units, 0)
        caps = self._caps(batch.words.codes)
        over: Bools = units > caps[self._setting, lines.code, self._quarters[0]]
        return over

    @cached_property
    def _moments(self) -> tuple[Ints, Ints]:
        """Number of the record and day of each event, and of each line; -1 for none."""
        keys = self.run.event_key
        known, of_event = np.unique(keys, return_inverse=True)
        mine = keyed(self.run.line_record, self.run.batch.lines.day.astype(np.int64))
        place = np.searchsorted(known, mine)
        found = np.append(known, -1)[np.minimum(place, len(known))] == mine
        return of_event.astype(np.int64), np.where(found, place, -1)

    def _caps(self, codes: tuple[str, ...]) -> Ints:
        """The smallest cap of each setting, code and quarter, in thousandths; 0 is one."""
        spots = self._quarters[2]
        caps = np.full((len(SETTINGS), len(codes), len(spots)), NO_CAP, np.int64)
        lines = self.run.batch.lines
        used = (self._setting.astype(np.int64) * len(codes) + lines.code) * len(spots)
        for key in np.unique(used + self._quarters[0]).tolist():
            rest, quarter = divmod(key, len(spots))
            setting, code = divmod(rest, len(codes))
            for day in spots[quarter]:
                cap = self.tables.unit_cap(SETTINGS[setting], codes[code], day)
                if cap is not None:
                    least = cap.units * THOUSANDTHS - (cap.units == 0)
                    caps[setting, code, quarter] = min(
                        caps[setting, code, quarter], least
                    )
        return caps

    # ---------- pairs and add-on codes ----------

    def _beside_another(self) -> Bools:
        """Lines that a pair may take off, and add-ons without their first code."""
        batch = self.run.batch
        lines, events, rows = batch.lines, batch.events, self._counted
        suspect = self._no_event.copy()
        founded = np.zeros(len(lines.code), np.bool_)
        quarters = self._quarters[1]
        for one, other in self._steps(self.run.event_key[rows]):
            a, b = rows[one], rows[other]
            apart = events.code[a] != events.code[b]
            a, b = a[apart], b[apart]
            relation = self._relations(a, b, quarters[a])
            self._take_pairs(suspect, a, b, relation)
            sure = self._same_provider(a, b)
            for mine, bit in ((a, FIRST_ADDS), (b, SECOND_ADDS)):
                at = mine[((relation & bit) > 0) & sure]
                founded[self._lines_of(at)] = True
        return suspect | (self._add_ons() & ~founded)

    def _take_pairs(self, suspect: Bools, a: Ints, b: Ints, relation: Small) -> None:
        """Mark the lines that a pair takes off, and paid ones beside a history's."""
        at = np.flatnonzero(relation & IS_PAIR)
        a, b = a[at], b[at]
        goes = self._going(a, b, self._quarters[1][a])
        line = self.run.batch.events.line
        for mine, theirs, bit in ((a, b, FIRST_GOES), (b, a, SECOND_GOES)):
            off = (goes & bit) > 0
            earlier = (goes > 0) & ~off & (line[theirs] < 0)
            suspect[self._lines_of(mine[off | earlier])] = True

    def _lines_of(self, events: Ints) -> Ints:
        """The lines that events are, in the record where the lines stand."""
        line = self.run.batch.events.line[events].astype(np.int64)
        own = line >= 0
        events, line = events[own], line[own]
        here = self.run.line_record[line] == self.run.event_record[events]
        found: Ints = line[here]
        return found

    def _steps(self, moment: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Events beside each other on a day, those at each distance together."""
        one, step = np.arange(len(moment)), 1
        while len(one):
            one = one[one + step < len(moment)]
            one = one[moment[one] == moment[one + step]]
            if len(one):
                yield one, one + step
            step += 1

    def _same_provider(self, one: Ints, other: Ints) -> Bools:
        """Whether two events are surely of one provider, for the claim of either."""
        events = self.run.batch.events
        a, b = events.rendering[one], events.rendering[other]
        given = (events.line[one] >= 0) & (events.line[other] >= 0)
        same: Bools = ((a == b) & (a > 0)) | (given & ((a == 0) | (b == 0)))
        return same

    def _relations(self, a: Ints, b: Ints, quarter: Ints) -> Small:
        """What the tables know of the codes of events beside each other."""
        events, codes = self.run.batch.events, self.run.batch.words.codes
        spots = self._quarters[2]
        key = (events.code[a].astype(np.int64) * len(codes) + events.code[b]) * len(
            spots
        ) + quarter
        found, row = np.unique(key, return_inverse=True)
        known: dict[int, int] = self._known
        for number in found.tolist():
            if number not in known:
                rest, at = divmod(number, len(spots))
                one, other = divmod(rest, len(codes))
                known[number] = self._relation(codes[one], codes[other], spots[at])
        return np.array([known[n] for n in found.tolist()], np.int8)[row]

    @cached_property
    def _known(self) -> dict[int, int]:
        """Relations of two codes in a quarter that were asked before."""
        return {}

    def _relation(self, one: str, other: str, spot: Spot) -> int:
        """Whether two codes are a pair, and whether either adds to the other."""
        days = tuple(dict.fromkeys(spot))
        pair = any(self._pairs(one, other, spot))
        mine = all(self._adds(one, other, day) for day in days)
        theirs = all(self._adds(other, one, day) for day in days)
        return IS_PAIR * pair | FIRST_ADDS * mine | SECOND_ADDS * theirs

    def _pairs(self, one: str, other: str, spot: Spot) -> Iterator[Pair]:
        """The edits between two codes in a quarter, of both settings."""
        for day in dict.fromkeys(spot):
            for setting in SETTINGS:
                found = self.tables.pair(setting, one, other, day)
                if found is not None and found.indicator != NEVER_APPLIES:
                    yield found

    def _adds(self, add_on: str, code: str, day: date) -> bool:
        """Whether an add-on code stands well beside another."""
        found = self.tables.add_on(add_on, day)
        return (
            found is not None
            and found.type != CONTRACTOR_DECIDES
            and code in found.primaries
        )

    def _going(self, a: Ints, b: Ints, quarter: Ints) -> Small:
        """Which of the events of a pair goes, where no modifier says that they were apart."""
        batch, spots = self.run.batch, self._quarters[2]
        events, codes, modifiers = (
            batch.events,
            batch.words.codes,
            batch.words.modifiers,
        )
        columns = (
            events.code[a], events.code[b], events.modifiers[a], events.modifiers[b],
            quarter,
        )  # fmt: skip
        if not len(a):
            return np.zeros(0, np.int8)
        found, row = np.unique(np.stack(columns, 1), axis=0, return_inverse=True)
        said = []
        for one, other, mine, theirs, at in found.tolist():
            first = codes[one], modifiers[mine]
            second = codes[other], modifiers[theirs]
            goes = 0
            for pair in self._pairs(first[0], second[0], spots[at]):
                if not said_apart(pair.indicator, first, second):
                    goes |= FIRST_GOES if pair.denied == first[0] else SECOND_GOES
            said.append(goes)
        going: Small = np.array(said, np.int8)[row.reshape(-1)]
        return going

    def _add_ons(self) -> Bools:
        """Lines whose code is an add-on code."""
        codes, lines = self.run.batch.words.codes, self.run.batch.lines
        return self._at_each(
            lines.code.astype(np.int64),
            self._quarters[0],
            lambda code, day: self.tables.add_on(codes[code], day) is not None,
        )

    # ---------- diagnoses and modifiers ----------

    def _odd_diagnoses(self) -> Bools:
        """Lines with a diagnosis that may not be one to bill on its day."""
        batch = self.run.batch
        lines, names = batch.lines, batch.words.diagnoses
        odd = np.zeros(len(lines.code), np.bool_)
        counts = np.diff(lines.diagnosis_start)
        rows = np.repeat(np.arange(len(lines.code)), counts)
        if len(rows):
            found = self._at_each(
                lines.diagnosis.astype(np.int64),
                self._quarters[0][rows],
                lambda number, day: self._odd(names[number], day),
            )
            odd[rows[found]] = True
        return odd

    def _odd(self, diagnosis: str, day: date) -> bool:
        """Whether a diagnosis is known not to be one to bill."""
        found = self.tables.diagnosis(diagnosis, day)
        if found is not None:
            return not found.billable
        edition = self.tables.edition(Kind.DIAGNOSES, Setting.ALL, day)
        return is_whole(edition)

    def _odd_modifiers(self) -> Bools:
        """Lines whose modifiers or place the fee schedule speaks of."""
        batch = self.run.batch
        lines, words = batch.lines, batch.words
        worth = np.array([not OF_INTEREST.isdisjoint(m) for m in words.modifiers])
        places = np.array([word in FACILITIES for word in words.words])
        suspect: Bools = worth[lines.modifiers] | places[lines.place]
        suspect &= (batch.claims.kind != FACILITY)[lines.claim]
        rows = np.flatnonzero(suspect)
        columns = (lines.code, lines.modifiers, lines.place, lines.day)
        if not len(rows):
            return suspect
        _found, first, row = np.unique(
            np.stack([column[rows] for column in columns], 1),
            axis=0,
            return_index=True,
            return_inverse=True,
        )
        claims = claims_again(self.run)
        spoken = [
            any(modifiers_of(claims.around(line), self.tables))
            for line in rows[first].tolist()
        ]
        suspect[rows] = np.array(spoken, np.bool_)[row.reshape(-1)]
        return suspect
