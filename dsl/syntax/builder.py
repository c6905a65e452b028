"""Lark's tree to nodes: one method a grammar rule, called while parsing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

from lark import Token, Transformer, Tree, v_args
from lark.tree import Meta

from dsl.base.labels import ITEM_KINDS
from dsl.ir.parts import Cmp
from dsl.syntax import nodes as n
from dsl.syntax.parts import (
    SIGNS,
    Marked,
    dated,
    first,
    free_text,
    item,
    joined,
    marked,
    marked_word,
    marked_words,
    numbers_of,
    one,
    parts_of,
    several,
    text,
    word,
    words_of,
    words_under,
)

Outcome = tuple[str, n.Word | None, n.Words, n.Word]
"""Verb, reason, codes, and the verb where it stands."""


@v_args(inline=True)
class NodeBuilder(Transformer[Token, n.Item]):
    """Builds the nodes; a method bears the name of its grammar rule."""

    def start(self, built: n.Item) -> n.Item:
        return built

    for _kind in set(ITEM_KINDS) - {"exception"}:
        locals()["setting" if _kind == "value" else _kind] = item(_kind)
    del _kind

    def exception(self, name: Token, to: Token, title: Token, *lines: n.Line) -> n.Item:
        return n.Item("exception", word(name), free_text(title), lines, to=word(to))

    based_on = one("based on")
    payer_is = several("payer")
    contractor_is = one("contractor")
    states = several("states")
    plans = several("plans")
    status = one("status")
    defers_to = one("defers to")
    delegated_to = text("delegated to")
    decides = one("decides")
    read_in = one("read in")
    line_of_business = one("line of business")
    ids = several("ids")
    filing = several("filing")
    also_called = text("also called")
    publisher = text("publisher")
    url = text("url")
    edition = text("version")
    grade = one("grade")
    read_on = one("read on")
    review_by = one("review by")
    stands_for = several("stands for")
    kind = one("kind")
    fact_of = one("of")
    choices = several("choices")
    where = text("where")
    ask = text("ask")
    add_on_to = several("add-on to")
    global_days = one("global")
    imaging = one("imaging")
    sides = one("sides")
    claims = one("claims")
    fix = text("fix")
    quote = text("quote")

    def words(self, *tokens: Token) -> n.Words:
        return words_of(tokens)

    def span_from(self, start: Token, end: Token | None = None) -> n.SpanNode:
        return n.SpanNode(word(start), word(end) if end else None)

    def span_through(self, end: Token) -> n.SpanNode:
        return n.SpanNode(None, word(end))

    by_clock = marked("clock")
    then_ended = marked("ended")

    def in_force(self, span: n.SpanNode, *rest: Marked) -> n.InForce:
        ended = any(part.mark == "ended" for part in rest)
        clock = marked_word(rest, "clock")
        return n.InForce(n.SpanNode(span.start, span.end, clock, ended))

    def cite(self, ref: Token, passage: Token | None = None) -> n.Cite:
        return n.Cite(word(ref), str(passage or "").lstrip(", \t").rstrip())

    def first_day(self, ref: Token, passage: Token | None = None) -> n.FirstDay:
        return n.FirstDay(word(ref), str(passage or "").lstrip(", \t").rstrip())

    def first_day_not_found(self) -> n.FirstDay:
        return n.FirstDay(None)

    def not_carried(self) -> n.NotCarried:
        return n.NotCarried()

    def prose(self, token: Token) -> n.Prose:
        lines = (line.strip() for line in str(token).strip().split("\n"))
        bare = [re.sub(r"^\| ?", "", line) for line in lines if line]
        return n.Prose("\n".join(bare), token.line or 0)

    def include(self, *parts: n.SpanNode | n.Words) -> n.Members:
        return n.Members("include", *dated(parts))

    def exclude(self, *parts: n.SpanNode | n.Words) -> n.Members:
        return n.Members("exclude", *dated(parts))

    def group_line(self, name: Token, *parts: n.SpanNode | n.Words) -> n.GroupLine:
        return n.GroupLine(word(name), *dated(parts))

    def setting_line(self, number: Token, *rest: object) -> n.AmountLine:
        span = next((x for x in rest if isinstance(x, n.SpanNode)), None)
        unit = next((word(x) for x in rest if isinstance(x, Token)), None)
        amount = n.AmountNode(word(number), unit)
        others = bool(first(rest, "others", bool))
        return n.AmountLine(amount, span, first(rest, "case", n.Word), others)

    def in_case(self, name: Token) -> Marked:
        return Marked("case", word(name))

    def in_other_cases(self) -> Marked:
        return Marked("others", value=True)

    # ---------- rules ----------

    def for_(self, words: n.Words, excepted: n.Words = ()) -> n.For:
        return n.For(words, excepted)

    same = marked("same")

    def looking_at(self, of: Token, *wheres: Marked) -> n.LookingAt:
        return n.LookingAt(
            word(of),
            same=marked_words(wheres, "same"),
            modifier=marked_word(wheres, "modifier"),
            without=marked_word(wheres, "without"),
        )

    def when(self, test: n.Test) -> n.TestLine:
        return n.TestLine("when", test)

    def unless(self, test: n.Test) -> n.TestLine:
        return n.TestLine("unless", test)

    def require(self, test: n.Test) -> n.TestLine:
        return n.TestLine("require", test)

    def means(self, test: n.Test) -> n.TestLine:
        return n.TestLine("means", test)

    def never(self) -> n.Never:
        return n.Never()

    def covers(self) -> n.Covers:
        return n.Covers()

    def bill_as(self, words: n.Words) -> n.BillAs:
        return n.BillAs(words)

    def limit(
        self, number: Token, unit: Token, *rest: Marked | n.WindowNode
    ) -> n.Limit:
        window = next(part for part in rest if isinstance(part, n.WindowNode))
        return n.Limit(word(number), word(unit), marked_words(rest, "per"), window)

    def limit_(self, limit: n.Limit) -> n.Limit:
        return limit

    def case(self, choice: Token, limit: n.Limit) -> tuple[n.Word, n.Limit]:
        return word(choice), limit

    def limit_by(self, fact: Token, *cases: tuple[n.Word, n.Limit]) -> n.LimitBy:
        return n.LimitBy(word(fact), cases)

    with_only = marked("with")
    without = marked("without")
    denied_too = marked("denied")
    own_claims = marked("own")

    def counting(self, *parts: Marked) -> n.Counting:
        marks = {part.mark for part in parts}
        return n.Counting(
            marked_words(parts, "with"),
            marked_words(parts, "without"),
            denied="denied" in marks,
            own="own" in marks,
        )

    per = marked("per")

    def rolling(self, *tokens: Token) -> n.WindowNode:
        return n.WindowNode("rolling", words_of(tokens))

    def calendar(self, *tokens: Token) -> n.WindowNode:
        return n.WindowNode("calendar", words_of(tokens))

    def lifetime(self) -> n.WindowNode:
        return n.WindowNode("lifetime", ())

    def in_one(self, token: Token) -> n.WindowNode:
        return n.WindowNode("one", (word(token),))

    def interval(self, least: n.AmountNode, between: Token, *per: Marked) -> n.Interval:
        return n.Interval(least, word(between), marked_words(per, "per"))

    def on_same(self, *tokens: Token) -> Marked:
        return Marked("on", words_of(tokens))

    allowed = marked("allowed")

    def not_with(self, words: n.Words, *rest: Marked) -> n.NotWith:
        return n.NotWith(words, words_under(rest, "on"), words_under(rest, "allowed"))

    def amount(self, number: Token, unit: Token | None = None) -> n.AmountNode:
        return n.AmountNode(word(number), word(unit) if unit else None)

    def verb(self, *tokens: Token) -> n.Word:
        start = word(tokens[0])
        return n.Word(" ".join(tokens), start.line, start.column)

    codes_given = words

    def outcome(self, verb: n.Word, *rest: Token | n.Words) -> Outcome:
        reason = next((word(r) for r in rest if isinstance(r, Token)), None)
        codes = next((r for r in rest if isinstance(r, tuple)), ())
        return verb.text, reason, codes, verb

    def otherwise(self, outcome: Outcome) -> n.OutcomeLine:
        return n.OutcomeLine("otherwise", *outcome)

    def if_unknown(self, outcome: Outcome) -> n.OutcomeLine:
        return n.OutcomeLine("if unknown", *outcome)

    def if_when_unknown(self, outcome: Outcome) -> n.OutcomeLine:
        return n.OutcomeLine("if when unknown", *outcome)

    # ---------- tests ----------

    and_ = joined("and")
    or_ = joined("or")
    all_of = marked("all")
    any_of = marked("any")
    none_of = marked("none")
    at_least_of = marked("at-least")

    def group(self, head: Marked, *parts: n.Test) -> n.Group:
        kind = cast("n.GroupKind", head.mark)
        return n.Group(kind, marked_word((head,), head.mark), parts)

    def yes(self, name: Token) -> n.Yes:
        return n.Yes(word(name), negated=False)

    def no(self, name: Token) -> n.Yes:
        return n.Yes(word(name), negated=True)

    def documented(self, name: Token) -> n.Documented:
        return n.Documented(word(name))

    def is_(self, name: Token, value: Token) -> n.OneOf:
        return n.OneOf(word(name), (word(value),), negated=False)

    def is_not(self, name: Token, value: Token) -> n.OneOf:
        return n.OneOf(word(name), (word(value),), negated=True)

    def in_(self, name: Token, words: n.Words) -> n.OneOf:
        return n.OneOf(word(name), words, negated=False)

    def not_in(self, name: Token, words: n.Words) -> n.OneOf:
        return n.OneOf(word(name), words, negated=True)

    def cmp(self, *tokens: Token) -> Cmp:
        written = " ".join(tokens)
        return SIGNS.get(written) or cast("Cmp", written)

    def compare(self, name: Token, cmp: Cmp, amount: n.AmountNode) -> n.Compare:
        return n.Compare(word(name), cmp, amount)

    def elapsed_after(
        self, name: Token, cmp: Cmp, amount: n.AmountNode
    ) -> n.ElapsedTest:
        return n.ElapsedTest(word(name), cmp, amount, "after")

    def elapsed_before(
        self, name: Token, cmp: Cmp, amount: n.AmountNode
    ) -> n.ElapsedTest:
        return n.ElapsedTest(word(name), cmp, amount, "before")

    def before(self, name: Token, day: Token) -> n.DateTest:
        return n.DateTest(word(name), "<", word(day))

    def after(self, name: Token, day: Token) -> n.DateTest:
        return n.DateTest(word(name), ">", word(day))

    def within_last(self, name: Token, number: Token, unit: Token) -> n.WithinTest:
        return n.WithinTest(word(name), word(number), word(unit))

    def any_diagnosis(self, words: n.Words) -> n.DiagnosisTest:
        return n.DiagnosisTest("any", words)

    def primary_diagnosis(self, words: n.Words) -> n.DiagnosisTest:
        return n.DiagnosisTest("primary", words)

    def no_diagnosis(self, words: n.Words) -> n.DiagnosisTest:
        return n.DiagnosisTest("no", words)

    def modifier_present(self, modifier: Token) -> n.ModifierTest:
        return n.ModifierTest(word(modifier), present=True)

    def modifier_absent(self, modifier: Token) -> n.ModifierTest:
        return n.ModifierTest(word(modifier), present=False)

    def __default__(
        self, data: str, children: list[Token], meta: object
    ) -> n.Written | Tree[Token]:
        if data.startswith("__"):
            # Lark's own rules, for what may be repeated: it lengthens the list itself, and a
            # copy of each would make a long line quadratic.
            return Tree(
                data, cast("list[Token | Tree[Token]]", children), cast("Meta", meta)
            )
        return n.Written(str(data), words_of(children))

    def none(self) -> n.Count:
        return n.Count("no", None)

    def at_least(self, number: Token) -> n.Count:
        return n.Count("at-least", word(number))

    def at_most(self, number: Token) -> n.Count:
        return n.Count("at-most", word(number))

    def exactly(self, number: Token) -> n.Count:
        return n.Count("exactly", word(number))

    within = marked("within")
    apart = marked("apart")
    long_before = marked("before")
    with_modifier = marked("modifier")
    without_modifier = marked("without")

    def each_with(self, name: Token, cmp: Cmp, amount: n.AmountNode) -> Marked:
        return Marked("each", n.Compare(word(name), cmp, amount))

    def each_with_yes(self, name: Token) -> Marked:
        return Marked("each", n.Yes(word(name), negated=False))

    def each_with_no(self, name: Token) -> Marked:
        return Marked("each", n.Yes(word(name), negated=True))

    def each_with_choice(self, name: Token, value: Token) -> Marked:
        return Marked("each", n.OneOf(word(name), (word(value),), negated=False))

    def earlier(self, count: n.Count, of: Token, *wheres: Marked) -> n.Earlier:
        return n.Earlier(
            count,
            word(of),
            same=marked_words(wheres, "same"),
            window=first(wheres, "within", n.WindowNode),
            apart=first(wheres, "apart", n.AmountNode),
            before=first(wheres, "before", n.AmountNode),
            modifier=marked_word(wheres, "modifier"),
            without=marked_word(wheres, "without"),
            each=tuple(
                asked
                for asked in parts_of(wheres, "each", object)
                if isinstance(asked, n.EachTest)
            ),
        )

    def same_day(self, count: n.Count, of: Token, *same: Marked) -> n.SameDay:
        return n.SameDay(count, word(of), marked_words(same, "same"))

    # ---------- scenarios ----------

    like = one("like")

    def pair(self, name: Token, *values: Token) -> n.Pair:
        return n.Pair(word(name), words_of(values))

    def pairs(self, *pairs: n.Pair) -> tuple[n.Pair, ...]:
        return pairs

    def claim(self, pairs: tuple[n.Pair, ...]) -> n.Pairs:
        return n.Pairs("claim", pairs)

    def chart(self, pairs: tuple[n.Pair, ...]) -> n.Pairs:
        return n.Pairs("chart", pairs)

    def line(self, number: Token, code: Token, *pairs: n.Pair) -> n.Billed:
        return n.Billed(word(number), word(code), pairs)

    def lines(self, numbers: n.Words, *parts: Token | n.Pair) -> tuple[n.Billed, ...]:
        codes = tuple(word(part) for part in parts if isinstance(part, Token))
        pairs = tuple(part for part in parts if isinstance(part, n.Pair))
        each = numbers_of(numbers)
        if len(codes) != len(each):
            return tuple(n.Billed(number, codes[0], pairs, codes) for number in each)
        both = zip(each, codes, strict=True)
        return tuple(n.Billed(number, code, pairs) for number, code in both)

    def earlier_line(
        self, code: Token, *rest: Token | n.Word | n.Pair
    ) -> n.EarlierLine:
        dates: list[n.Word] = []
        pairs: list[n.Pair] = []
        for part in rest:
            if isinstance(part, Token):
                dates.append(word(part))
            elif isinstance(part, n.Word):
                dates.append(part)
            elif part.name.text[:1].isdigit():  # more days without a comma between
                dates += (part.name, *part.values)
            else:
                pairs.append(part)
        return n.EarlierLine(word(code), tuple(dates), tuple(pairs))

    def day(self, token: Token) -> n.Word:
        return word(token)

    def expect(
        self, expectations: tuple[n.Expect, ...] | n.Expect
    ) -> tuple[n.Expect, ...] | n.Expect:
        return expectations

    def result(self, *children: n.Word | Token) -> str:
        return " ".join(c.text if isinstance(c, n.Word) else str(c) for c in children)

    def expect_line(self, number: Token) -> Marked:
        return Marked("line", word(number))

    def expect_lines(self, numbers: n.Words) -> Marked:
        return Marked("lines", numbers_of(numbers))

    def expect_every(self, *tokens: Token) -> Marked:
        return Marked("every", word(tokens[0]))

    expect_carc = marked("carc")
    expect_by = marked("by")
    expect_under = marked("under")
    expect_about = marked("about")

    def expect_result(self, *children: Marked | str) -> tuple[n.Expect, ...]:
        result = next(c for c in children if isinstance(c, str))
        found = n.Expect(
            line=first(children, "line", n.Word),
            result=result,
            carc=marked_word(children, "carc"),
            by=words_under(children, "by"),
            about=words_under(children, "about"),
            under=marked_word(children, "under"),
            every=first(children, "every", n.Word),
        )
        lines = words_under(children, "lines")
        return tuple(replace(found, line=x) for x in lines) if lines else (found,)

    def expect_counted(self, number: Token) -> n.Expect:
        return n.Expect(None, "", None, (), (), counted=word(number))

    def expect_next_date(self, day: Token) -> n.Expect:
        return n.Expect(None, "", None, (), (), next_date=word(day))
