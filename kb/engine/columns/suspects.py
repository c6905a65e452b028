"""Which lines of a batch CMS's tables may object to.

The tables change at the ends of quarters.  So a pair of codes, a cap, an add-on code or a
diagnosis is looked up once for a quarter, on the first and on the last of its days that
the batch has; where a table changes in between, one of the two tells.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
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
from kb.engine.columns.run import Run, keyed, numbered
from kb.engine.judge.outcome import RANK
from kb.engine.judge.tables.add_ons import CONTRACTOR_DECIDES
from kb.engine.judge.tables.caps import PAID_50
from kb.engine.judge.tables.diagnoses import outcome_of_diagnosis
from kb.engine.judge.tables.finding import (
    BINDING,
    SURGERY_CENTER,
    WITHOUT_CODE_SETS,
    binds,
    business_of,
)
from kb.engine.judge.tables.modifiers import (
    FACILITIES,
    OF_INTEREST,
    Billed,
    faults_of,
)
from kb.engine.judge.tables.pairs import NEVER_APPLIES, said_apart
from kb.tables.model import Pair, Setting, Tables

SETTINGS = (Setting.PRACTITIONER, Setting.HOSPITAL)
IS_PAIR, FIRST_ADDS, SECOND_ADDS = 1, 2, 4
"""Bits of what tables know of two codes."""
VARIES = 8
"""What is known of them changes within the quarter."""
STAMP = 16
"""From here on a number for what is said of them: the same for the same in any quarter."""
FIRST_GOES, SECOND_GOES = 1, 2
NO_CAP = np.iinfo(np.int64).max
MOST_CODES = 4_096
"""In a batch, up to which a table of all pairs of them is made: 16 megabytes."""
Spot = tuple[date, date]
"""The first and the last day of a quarter that are asked."""


class Suspects:
    """The lines of a run that the tables may object to: never one too few."""

    def __init__(self, run: Run, tables: Tables) -> None:
        self.run = run
        self.tables = tables
        self._known: dict[int, int] = {}
        self._firsts: dict[tuple[str, date], frozenset[str]] = {}
        self._stamps: dict[tuple[str, ...], dict[object, int]] = {}

    @cached_property
    def lines(self) -> Ints:
        """Lines to which tables that bind their payer may object."""
        found = self.over | self._beside_another() | self.by_day
        return np.flatnonzero(found & self._binding & self._asked)

    @cached_property
    def diagnoses(self) -> Small:
        """For each line the rank of what its diagnoses come to, for any payer."""
        batch = self.run.batch
        lines, names = batch.lines, batch.words.diagnoses
        ranks = np.full(len(lines.code), RANK["pass"], np.int8)
        each = np.diff(lines.diagnosis_start)
        found = self._at_each(
            lines.diagnosis,
            len(names),
            np.repeat(self.quarters[0], each),
            lambda number, day: RANK[
                outcome_of_diagnosis(names[number], day, self.tables)
            ],
        )
        odd = np.flatnonzero(found < RANK["pass"])
        rows = np.searchsorted(lines.diagnosis_start, odd, "right") - 1
        np.minimum.at(ranks, rows, found[odd])
        ranks[~self._asked | ~self._of_code_sets] = RANK["pass"]
        return ranks

    # ---------- what lines and events share ----------

    @cached_property
    def _asked(self) -> Bools:
        """Lines of claims that ask for something: void ones do not."""
        batch = self.run.batch
        found: Bools = batch.claims.asked[batch.lines.claim]
        return found

    @cached_property
    def _binding(self) -> Bools:
        """Lines whose payer the tables bind."""
        return self._of_business(lambda business: business == BINDING)

    @cached_property
    def _of_code_sets(self) -> Bools:
        """Lines whose payer takes the codes of the code sets only."""
        return self._of_business(lambda business: business not in WITHOUT_CODE_SETS)

    def _of_business(self, fits: Callable[[str], bool]) -> Bools:
        """Lines whose payer is of a fitting line of business."""
        batch, program = self.run.batch, self.run.program
        words = [fits(business_of(word, program)) for word in batch.words.words]
        return np.array(words, np.bool_)[batch.claims.payer[batch.lines.claim]]

    @cached_property
    def setting(self) -> Indexes:
        """Place of each line's setting in ``SETTINGS``."""
        batch = self.run.batch
        facility = batch.claims.kind[batch.lines.claim] == FACILITY
        center = self.run.word_numbers.get(SURGERY_CENTER, -1)
        found: Indexes = (facility & (batch.lines.place != center)).astype(np.int32)
        return found

    @cached_property
    def quarters(self) -> tuple[Indexes, Indexes, list[Spot]]:
        """Quarter of each line and each event, and the days of each quarter to ask."""
        batch = self.run.batch
        columns = batch.lines.day, batch.events.day
        low = min((int(days.min()) for days in columns if len(days)), default=0)
        high = max((int(days.max()) for days in columns if len(days)), default=0)
        seen = np.zeros(high - low + 1, np.bool_)
        for days in columns:
            seen[days - low] = True
        known = np.flatnonzero(seen) + low
        months = known.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        names, of_known = np.unique(months // 3, return_inverse=True)
        of_day = np.zeros(len(seen), np.int32)
        of_day[known - low] = of_known
        firsts = np.searchsorted(of_known, np.arange(len(names)), "left")
        lasts = np.searchsorted(of_known, np.arange(len(names)), "right") - 1
        spots = [
            (day_of_number(int(known[a])), day_of_number(int(known[b])))
            for a, b in zip(firsts, lasts, strict=True)
        ]
        of_line, of_event = (of_day[days - low] for days in columns)
        return of_line, of_event, spots

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
        self,
        key: Indexes,
        keys: int,
        quarter: Indexes,
        ask: Callable[[int, date], int],
    ) -> Small:
        """The least that is found for each row's key in its quarter, each asked once."""
        spots = self.quarters[2]
        places = key.astype(np.int64) * len(spots) + quarter
        used = np.zeros(keys * len(spots), np.bool_)
        used[places] = True
        answers = np.zeros(len(used), np.int16)
        for place in np.flatnonzero(used).tolist():
            one, at = divmod(place, len(spots))
            answers[place] = min(ask(one, day) for day in dict.fromkeys(spots[at]))
        found: Small = answers[places]
        return found

    # ---------- units ----------

    @cached_property
    def over(self) -> Bools:
        """Lines of a code of which the day has more units than a cap."""
        batch, rows = self.run.batch, self._repeated
        lines, events = batch.lines, batch.events
        of_event, of_line = self.moments
        codes = len(batch.words.codes)
        groups, group = np.unique(
            of_event[rows] * codes + events.code[rows], return_inverse=True
        )
        totals = np.bincount(group, events.units[rows], len(groups))
        # Few lines share their day with another of their code: only those are looked up.
        shared = np.zeros(len(of_event) + 1, np.bool_)
        shared[of_event[rows]] = True
        at = np.flatnonzero(shared[of_line])
        mine = of_line[at] * codes + lines.code[at]
        place = np.searchsorted(groups, mine)
        found = np.append(groups, -1)[place] == mine
        units = lines.units.astype(np.float64)
        at, place = at[found], place[found]
        units[at] = np.maximum(units[at], totals[place])
        caps = self._caps(batch.words.codes)
        over: Bools = units > caps[self.setting, lines.code, self.quarters[0]]
        return over | self._no_event

    @cached_property
    def _repeated(self) -> Ints:
        """Events that count and have another of their code beside them on their day."""
        code = self.run.batch.events.code
        found = np.zeros(len(code), np.bool_)
        for one, other in self._beside:
            same = code[one] == code[other]
            found[one[same]] = True
            found[other[same]] = True
        return np.flatnonzero(found)

    @cached_property
    def _beside(self) -> list[tuple[Ints, Ints]]:
        """Two events each that count and share their day."""
        rows = self._counted
        steps = self._steps(self.run.event_key[rows])
        return [(rows[one], rows[other]) for one, other in steps]

    @cached_property
    def moments(self) -> tuple[Ints, Ints]:
        """Number of the record and day of each event, and of each line; -1 for none."""
        keys = self.run.event_key
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        of_event = np.repeat(np.arange(len(first)), np.diff(first, append=len(keys)))
        known = keys[first]
        mine = keyed(self.run.line_record, self.run.batch.lines.day.astype(np.int64))
        of_line = np.full(len(mine), -1, np.int64)
        # A line is most often an event of its own day: the others are looked for.
        line = self.run.batch.events.line.astype(np.int64)
        rows = np.flatnonzero(line >= 0)
        rows = rows[keys[rows] == mine[line[rows]]]
        of_line[line[rows]] = of_event[rows]
        rest = np.flatnonzero(of_line < 0)
        place = np.searchsorted(known, mine[rest])
        found = np.append(known, -1)[place] == mine[rest]
        of_line[rest[found]] = place[found]
        return of_event, of_line

    def _caps(self, codes: tuple[str, ...]) -> Ints:
        """The smallest cap of each setting, code and quarter, in thousandths; 0 is one."""
        spots, lines = self.quarters[2], self.run.batch.lines
        caps = np.full((len(SETTINGS), len(codes), len(spots)), NO_CAP, np.int64)
        used = np.zeros(caps.shape, np.bool_)
        used[self.setting, lines.code, self.quarters[0]] = True
        for setting, code, quarter in np.argwhere(used).tolist():
            for day in dict.fromkeys(spots[quarter]):
                cap = self.tables.unit_cap(SETTINGS[setting], codes[code], day)
                if cap is not None:
                    least = cap.units * THOUSANDTHS - (cap.units == 0)
                    before = caps[setting, code, quarter]
                    caps[setting, code, quarter] = min(before, least)
        return caps

    @cached_property
    def said(self) -> tuple[Small, Bools]:
        """What is said of each line's code alone, as a number, and whether that changes.

        Equal numbers are the same caps and first codes, of whatever code and quarter.
        """
        first = self._stamped(1)
        last = -self._stamped(-1)
        # The least of some numbers and that of their opposites differ where the numbers do.
        return first, first != last

    def _stamped(self, sign: int) -> Small:
        """The least stamp of each line's code in its quarter, or of the opposites."""
        lines, codes = self.run.batch.lines, self.run.batch.words.codes
        return self._at_each(
            lines.code,
            len(codes),
            self.quarters[0],
            lambda code, day: sign * self._of_code(codes[code], day),
        )

    def _of_code(self, code: str, day: date) -> int:
        """A small number for what the tables say of a code on a day."""
        caps = [
            (cap.units, cap.indicator, binds(cap.edition, day)) if cap else None
            for cap in (self.tables.unit_cap(s, code, day) for s in self._settings)
        ]
        adds = self.tables.add_on(code, day)
        firsts = (adds.type, adds.primaries, binds(adds.edition, day)) if adds else None
        row = self.tables.indicators(code, day)
        # Two units of two sides are told apart from two units of one.
        two_sided = row is not None and row.bilateral == PAID_50
        return self._stamp((), (*caps, firsts, two_sided))

    def _stamp(self, codes: tuple[str, ...], said: object) -> int:
        """The number under which it was first said of these codes."""
        stamps = self._stamps.setdefault(codes, {})
        return stamps.setdefault(said, len(stamps))

    # ---------- pairs and add-on codes ----------

    def _beside_another(self) -> Bools:
        """Lines that a pair may take off, and add-ons without their first code."""
        batch = self.run.batch
        lines, events = batch.lines, batch.events
        suspect = self._no_event.copy()
        founded = np.zeros(len(lines.code), np.bool_)
        quarters = self.quarters[1]
        for one, other in self._beside:
            a, b = self._in_order(one, other)
            known = self.may_relate(events.code[a], events.code[b])
            a, b = a[known], b[known]
            relation = self._relations(a, b, quarters[a])
            self._take_pairs(suspect, a, b, relation)
            sure = self._same_provider(a, b)
            for mine, bit in ((a, FIRST_ADDS), (b, SECOND_ADDS)):
                at = mine[((relation & bit) > 0) & sure]
                founded[self._lines_of(at)] = True
        return suspect | (self.add_ons & ~founded)

    def _in_order(self, a: Ints, b: Ints) -> tuple[Ints, Ints]:
        """Two events each time, the one of the lower code first."""
        code = self.run.batch.events.code
        swap = code[a] > code[b]
        return np.where(swap, b, a), np.where(swap, a, b)

    def _take_pairs(self, suspect: Bools, a: Ints, b: Ints, relation: Ints) -> None:
        """Mark the lines that a pair takes off, and paid ones beside a history's."""
        at = np.flatnonzero(relation & IS_PAIR)
        a, b = a[at], b[at]
        goes = self._going(a, b, self.quarters[1][a])
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
        one, step = np.flatnonzero(moment[1:] == moment[:-1]), 1
        while len(one):
            yield one, one + step
            step += 1
            one = one[one + step < len(moment)]
            one = one[moment[one] == moment[one + step]]

    def _same_provider(self, one: Ints, other: Ints) -> Bools:
        """Whether two events are surely of one provider, for the claim of either."""
        events = self.run.batch.events
        a, b = events.rendering[one], events.rendering[other]
        given = (events.line[one] >= 0) & (events.line[other] >= 0)
        same: Bools = ((a == b) & (a > 0)) | (given & ((a == 0) | (b == 0)))
        return same

    @cached_property
    def _candidates(self) -> Ints:
        """Two codes each in one number, the lower first: all that tables may know together."""
        codes, days = self.run.batch.words.codes, self._days
        found: set[tuple[str, str]] = set()
        for setting in self._settings:
            for day in days:
                found |= self.tables.paired(setting, codes, day)
        for code in codes:
            found |= {(code, x) for day in days for x in self._first_codes(code, day)}
        place = {code: number for number, code in enumerate(codes)}
        numbers = (
            sorted((place[one], place[other]))
            for one, other in found
            if one in place and other in place and one != other
        )
        return np.unique(
            np.array([low * len(codes) + high for low, high in numbers], np.int64)
        )

    @property
    def _days(self) -> list[date]:
        """The days that are asked, of all quarters."""
        return [day for spot in self.quarters[2] for day in dict.fromkeys(spot)]

    def may_relate(self, low: Indexes, high: Indexes) -> Bools:
        """Whether tables may know something of two different codes together."""
        keys = low.astype(np.int64) * len(self.run.batch.words.codes) + high
        found: Bools
        if self._table is not None:
            found = self._table[keys]
        else:
            known = self._candidates
            found = np.append(known, -1)[np.searchsorted(known, keys)] == keys
        return found

    @cached_property
    def _table(self) -> Bools | None:
        """The same for all codes at once, where they are few: read in a step each."""
        codes = len(self.run.batch.words.codes)
        if codes > MOST_CODES:
            return None
        found = np.zeros(codes * codes, np.bool_)
        found[self._candidates] = True
        return found

    def _relations(self, a: Ints, b: Ints, quarter: Indexes) -> Ints:
        """What the tables know of the codes of events beside each other."""
        events, codes = self.run.batch.events, self.run.batch.words.codes
        spots = self.quarters[2]
        key = (events.code[a].astype(np.int64) * len(codes) + events.code[b]) * len(
            spots
        ) + quarter
        found, row = np.unique(key, return_inverse=True)
        known = self._known
        for number in found.tolist():
            if number not in known:
                rest, at = divmod(number, len(spots))
                one, other = divmod(rest, len(codes))
                known[number] = self._relation(codes[one], codes[other], spots[at])
        return np.array([known[n] for n in found.tolist()], np.int64)[row]

    def _relation(self, one: str, other: str, spot: Spot) -> int:
        """Whether two codes are a pair, and whether either adds to the other."""
        days = tuple(dict.fromkeys(spot))
        edits = [tuple(self._edits(one, other, day)) for day in days]
        mine = all(self._adds(one, other, day) for day in days)
        theirs = all(self._adds(other, one, day) for day in days)
        varies = len(set(edits)) > 1
        return (
            IS_PAIR * any(said for each in edits for said in each)
            | FIRST_ADDS * mine
            | SECOND_ADDS * theirs
            | VARIES * varies
            | STAMP * self._stamp((one, other), (edits[0], mine, theirs))
        )

    def _edits(self, one: str, other: str, day: date) -> Iterator[Hashable]:
        """What pairs come to in each setting: which code goes, and what helps."""
        for setting in self._settings:
            pair = self.tables.pair(setting, one, other, day)
            if pair is None or pair.indicator == NEVER_APPLIES:
                yield None
            else:
                yield pair.denied, pair.indicator, binds(pair.edition, day)

    def _pairs(self, one: str, other: str, days: Iterable[date]) -> Iterator[Pair]:
        """The edits between two codes in a quarter, of both settings."""
        for day in days:
            for setting in self._settings:
                found = self.tables.pair(setting, one, other, day)
                if found is not None and found.indicator != NEVER_APPLIES:
                    yield found

    @cached_property
    def _settings(self) -> tuple[Setting, ...]:
        """The settings that lines are of."""
        return tuple(SETTINGS[place] for place in np.unique(self.setting).tolist())

    def related(self, one: int, other: int, quarter: int) -> int:
        """What tables know of two codes, as bits; where it was not asked, that it varies."""
        low, high = sorted((one, other))
        codes, spots = len(self.run.batch.words.codes), len(self.quarters[2])
        key = (low * codes + high) * spots + quarter
        return self._known.get(key, VARIES)

    def _adds(self, add_on: str, code: str, day: date) -> bool:
        """Whether an add-on code stands well beside another."""
        return code in self._first_codes(add_on, day)

    def _first_codes(self, add_on: str, day: date) -> frozenset[str]:
        """The codes beside which an add-on code stands well; none for other codes."""
        key = add_on, day
        if key not in self._firsts:
            found = self.tables.add_on(add_on, day)
            known = found is not None and found.type != CONTRACTOR_DECIDES
            self._firsts[key] = found.primaries if found and known else frozenset()
        return self._firsts[key]

    def _going(self, a: Ints, b: Ints, quarter: Indexes) -> Small:
        """Which of the events of a pair goes, where no modifier says that they were apart."""
        batch, spots = self.run.batch, self.quarters[2]
        events, codes, modifiers = (
            batch.events,
            batch.words.codes,
            batch.words.modifiers,
        )
        columns = (
            events.code[a], events.code[b], events.modifiers[a], events.modifiers[b],
            quarter,
        )  # fmt: skip
        _numbers, first, row = np.unique(
            numbered(columns), return_index=True, return_inverse=True
        )
        said = []
        for one, other, mine, theirs, at in zip(
            *(column[first].tolist() for column in columns), strict=True
        ):
            low = codes[one], modifiers[mine]
            high = codes[other], modifiers[theirs]
            goes = 0
            for pair in self._pairs(low[0], high[0], dict.fromkeys(spots[at])):
                if not said_apart(pair.indicator, low, high):
                    goes |= FIRST_GOES if pair.denied == low[0] else SECOND_GOES
            said.append(goes)
        going: Small = np.array(said, np.int8)[row]
        return going

    @cached_property
    def add_ons(self) -> Bools:
        """Lines whose code is an add-on code."""
        codes, lines = self.run.batch.words.codes, self.run.batch.lines
        without = self._at_each(
            lines.code,
            len(codes),
            self.quarters[0],
            lambda code, day: int(self.tables.add_on(codes[code], day) is None),
        )
        found: Bools = without == 0
        return found

    # ---------- modifiers ----------

    def _odd_modifiers(self) -> Bools:
        """Lines whose modifiers or place the fee schedule may object to."""
        return self.with_modifiers & self._scheduled

    @cached_property
    def _scheduled(self) -> Bools:
        """Lines of whose code the fee schedule knows something that modifiers could miss."""
        batch, codes = self.run.batch, self.run.batch.words.codes
        lines = batch.lines
        without = self._at_each(
            lines.code,
            len(codes),
            self.quarters[0],
            lambda code, day: int(self.tables.indicators(codes[code], day) is None),
        )
        found: Bools = without == 0
        rows = np.flatnonzero(found & self.with_modifiers)
        if not len(rows):
            return found
        words, spots = batch.words, self.quarters[2]
        key = lines.code[rows].astype(np.int64)
        for column, size in (
            (lines.modifiers[rows], len(words.modifiers)),
            (lines.place[rows], len(words.words)),
            (self.quarters[0][rows], len(spots)),
        ):
            key = key * size + column
        _found, first, row = np.unique(key, return_index=True, return_inverse=True)
        spoken = [self._odd(line) for line in rows[first].tolist()]
        found[rows] = np.array(spoken, np.bool_)[row]
        return found

    def _odd(self, line: int) -> bool:
        """Whether the fee schedule objects to a line on either day of its quarter."""
        lines, words = self.run.batch.lines, self.run.batch.words
        code = words.codes[lines.code[line]]
        modifiers = words.modifiers[lines.modifiers[line]]
        place = words.words[lines.place[line]]
        for day in dict.fromkeys(self.quarters[2][self.quarters[0][line]]):
            row = self.tables.indicators(code, day)
            billed = Billed(int(lines.number[line]), code, modifiers, place, day)
            if row is not None and any(faults_of(row, billed, self.tables)):
                return True
        return False

    @cached_property
    def with_modifiers(self) -> Bools:
        """Lines whose modifiers or place the fee schedule may speak of."""
        batch = self.run.batch
        lines, words = batch.lines, batch.words
        worth = np.array([not OF_INTEREST.isdisjoint(m) for m in words.modifiers])
        places = np.array([word in FACILITIES for word in words.words])
        found: Bools = worth[lines.modifiers] | places[lines.place]
        found &= (batch.claims.kind != FACILITY)[lines.claim]
        return found

    @cached_property
    def by_day(self) -> Bools:
        """Lines that the fee schedule may object to: it may change within a quarter."""
        return self._odd_modifiers()
