"""What an author sees when resting on a word: what it means, and where that is written."""

from __future__ import annotations

from dsl.base.model import Model, Rule
from dsl.ir.sentences import sentence
from dsl.resolve.addresses import is_web_address
from dsl.resolve.vocabulary import (
    lines_of,
    prose_of,
    text_under,
    word_under,
    words_under,
)
from dsl.syntax import nodes as n
from kb.editor.index import Declared


def hover_text(declared: Declared, model: Model) -> str:
    """Markdown about an item: its title, its meaning in a sentence, its source."""
    item = declared.item
    parts = [f"**{item.name.text}** ({item.kind}): {item.title.text}"]
    if item.kind in ("rule", "gap"):
        parts += rule_parts(declared, model)
    elif item.kind == "fact":
        parts += fact_parts(item)
    elif item.kind == "codes":
        parts += list_parts(declared, model)
    elif item.kind == "value":
        parts += [amount_words(line) for line in lines_of(item, n.AmountLine)]
    elif item.kind == "source":
        parts += source_parts(item)
    elif item.kind == "code":
        parts += code_parts(item)
    if prose := prose_of(item):
        parts.append(prose)
    parts += [f"> {quote}" for quote in quotes_of(item)]
    parts += [f"*{cite}*" for cite in citations_of(item)]
    parts.append(f"`{declared.path}:{item.line}`")
    return "\n\n".join(parts)


def rule_parts(declared: Declared, model: Model) -> list[str]:
    """The compiled rule in one sentence."""
    rule = compiled(declared, model)
    if rule is None:
        return []
    return [sentence(rule.tree, name_of_set)]


def compiled(declared: Declared, model: Model) -> Rule | None:
    """The rule as the first policy that has it compiled it."""
    for policy in model.policies:
        for rule in policy.rules:
            same = rule.name == declared.item.name.text
            if same and declared.policy in (policy.path, policy.based_on):
                return rule
    return None


def name_of_set(key: str) -> str:
    """The name of a code set behind its holder."""
    return key.rpartition("#")[2]


def fact_parts(item: n.Item) -> list[str]:
    """Kind and owner of a fact, and how it is asked for."""
    kind, owner = word_under(item, "kind"), word_under(item, "of")
    choices = ", ".join(word.text for word in words_under(item, "choices"))
    said = (
        f"A {kind.text if kind else 'fact'} of the {owner.text if owner else 'claim'}"
    )
    lines = [f"{said}{f': {choices}' if choices else ''}."]
    asked = (text_under(item, "where"), text_under(item, "ask"))
    return lines + [text for text in asked if text]


def list_parts(declared: Declared, model: Model) -> list[str]:
    """How many codes a list holds, and the first of them."""
    sets = [*model.code_sets, *(s for p in model.policies for s in p.code_sets)]
    for found in sets:
        if found.name == declared.item.name.text and found.place.file == declared.path:
            codes = list(dict.fromkeys(member.code for member in found.members))
            more = " ..." if len(codes) > 12 else ""
            return [f"{len(codes)} {found.kind} codes: {', '.join(codes[:12])}{more}"]
    return []


def amount_words(line: n.AmountLine) -> str:
    """One amount of a value as it is written."""
    unit = f" {line.amount.unit.text}" if line.amount.unit else ""
    found = f"{line.amount.number.text}{unit}"
    if line.span and line.span.start:
        found += f" from {line.span.start.text}"
    if line.span and line.span.end:
        found += f" through {line.span.end.text}"
    if line.case:
        found += f" when {line.case.text}"
    return f"{found} otherwise" if line.otherwise else found


def source_parts(item: n.Item) -> list[str]:
    """Publisher, version, grade and days of a source, with its address."""
    words = {
        label: word.text
        for label in ("grade", "read on", "review by")
        if (word := word_under(item, label))
    }
    texts = {
        label: text_under(item, label) for label in ("publisher", "version", "url")
    }
    told = {**{k: v for k, v in texts.items() if v and k != "url"}, **words}
    lines = [", ".join(f"{label}: {value}" for label, value in told.items())]
    return lines + ([f"<{texts['url']}>"] if is_web_address(texts["url"]) else [])


def code_parts(item: n.Item) -> list[str]:
    """What is known of a code."""
    found = []
    for label in ("add-on to", "imaging", "sides", "global"):
        words = ", ".join(word.text for word in words_under(item, label))
        if words:
            found.append(f"{label}: {words}")
    return ["; ".join(found)] if found else []


def quotes_of(item: n.Item) -> list[str]:
    """The sentences that an item quotes."""
    return [
        line.text.text for line in lines_of(item, n.TextLine) if line.label == "quote"
    ]


def citations_of(item: n.Item) -> list[str]:
    """The citations of an item as they are written."""
    return [
        f"{line.ref.text}, {line.passage}" if line.passage else line.ref.text
        for line in lines_of(item, n.Cite)
    ]
