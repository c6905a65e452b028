"""A compiled rule in one plain sentence, made from its tree alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dsl.ir.codec import Json

UNIT_WORDS = {"session": "session", "line": "claim line", "unit": "unit"}
CMP_WORDS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
OUTCOME_WORDS = {
    "deny": "denied",
    "fix": "to be corrected",
    "needs-auth": "waiting for an authorization",
    "needs-evidence": "waiting for records",
    "review": "for a person to review",
    "note": "noted",
}
SetName = Callable[[str], str]


def sentence(ir: Json, titles: Mapping[str, str], set_name: SetName) -> str:
    """The rule in one sentence.

    ``titles`` gives the title of a fact, ``set_name`` the name to show for a set.
    """
    say = Sayer(titles, set_name)
    scope = f"For {set_name(ir['scope'])}" if ir["scope"] else "For every line"
    if ir["claims"]:
        scope += f" on {ir['claims']} claims"
    parts = [scope]
    if ir["when"]:
        parts.append(f"when {say.test(ir['when'])}")
    if ir["duty"] is None:
        return ", ".join(parts) + ": a claim cannot show this."
    text = ", ".join(parts) + ": " + say.duty(ir["duty"])
    if ir["unless"]:
        text += f", unless {say.test(ir['unless'])}"
    text += last_words(ir["last"], set_name)
    outcome = ir["otherwise"]
    ending = OUTCOME_WORDS.get(outcome["outcome"], outcome["outcome"])
    codes = " ".join([outcome["carc"], *outcome["rarc"]]).strip()
    return f"{text}; otherwise {ending}{f' ({codes})' if codes else ''}."


def last_words(last: Json | None, set_name: SetName) -> str:
    """Of which earlier service the rule speaks, where its modifiers tell; else nothing."""
    if last is None or not {"modifier", "without"} & set(last):
        return ""
    words = "".join(f", same {group}" for group in last["same"])
    words += f", with modifier {last['modifier']}" if "modifier" in last else ""
    words += f", without modifier {last['without']}" if "without" in last else ""
    return f" (of the last {set_name(last['set'])}{words})"


def amount_words(amounts: list[Json]) -> str:
    """An amount, or dated amounts, in words."""
    parts = []
    for amount in amounts:
        text = str(amount["amount"])
        if amount["unit"] != "number":
            plural = (
                "s" if amount["amount"] != 1 and amount["unit"] != "percent" else ""
            )
            text += f" {amount['unit']}{plural}"
        if len(amounts) > 1 and amount["from"]:
            text += f" from {amount['from']}"
        if len(amounts) > 1 and amount["through"]:
            text += f" through {amount['through']}"
        parts.append(text)
    return " or ".join(parts) or "an amount"


def window_words(window: Json) -> str:
    """A window in the words of the language."""
    match window["kind"]:
        case "rolling":
            plural = "s" if window["n"] != 1 else ""
            return f"in any {window['n']} {window['unit']}{plural}"
        case "calendar":
            return f"in each calendar {window['unit']}"
        case "lifetime":
            return "in a lifetime"
        case "plan-year":
            return "in each plan year"
        case kind:
            return "in one session" if kind == "session" else "on one date"


def per_words(groups: list[str]) -> str:
    """``per region per side``, with a blank before each."""
    return "".join(f" per {group}" for group in groups)


def counting_words(counting: Json | None) -> str:
    """Which services count, in brackets; nothing for the usual ones."""
    if counting is None:
        return ""
    parts = [f"with {modifier}" for modifier in counting["with"]]
    parts += [f"without {modifier}" for modifier in counting["without"]]
    parts += ["denied ones too"] if counting["denied"] else []
    parts += ["own claims"] if counting["own"] else []
    return f" (counting those {', '.join(parts)})"


def count_words(count: Json) -> str:
    """A count in words."""
    low, high = count["min"], count["max"]
    if high == 0:
        return "no"
    if high is None:
        return f"at least {low}"
    return f"exactly {low}" if low == high else f"at most {high}"


class Sayer:
    """Says tests and duties; holds the names that it needs for that."""

    def __init__(self, titles: Mapping[str, str], set_name: SetName) -> None:
        self.titles = titles
        self.set_name = set_name

    def duty(self, duty: Json) -> str:
        """A duty in words."""
        match duty["duty"]:
            case "require":
                return f"required is {self.test(duty['test'])}"
            case "never":
                return "never covered"
            case "limit":
                number = amount_words(duty["count"])
                unit = UNIT_WORDS.get(duty["unit"], duty["unit"])
                plural = "" if number == "1" else "s"
                per, window = per_words(duty["per"]), window_words(duty["window"])
                counted = counting_words(duty["counting"])
                return f"at most {number} {unit}{plural}{per} {window}{counted}"
            case "limit-by":
                fact = str(duty["fact"]).replace("-", " ")
                cases = (
                    f"{c['choice']}: {self.duty(c['limit'])}" for c in duty["cases"]
                )
                return f"by {fact}, " + ", ".join(cases)
            case "interval":
                least, per = amount_words(duty["least"]), per_words(duty["per"])
                return f"at least {least} between sessions{per}"
            case _:
                text = f"not with {self.set_name(duty['set'])} on the same date"
                text += "".join(f" and the same {group}" for group in duty["same"])
                if duty["unless_modifier"]:
                    allowed = " or ".join(duty["unless_modifier"])
                    text += f", allowed with modifier {allowed}"
                return text

    def test(self, node: Json) -> str:
        """A test in words."""
        method = getattr(self, "say_" + node["op"].replace("-", "_"))
        words: str = method(node)
        return words

    def fact(self, node: Json) -> str:
        """A fact by its key with blanks for dashes."""
        return str(node["fact"]).replace("-", " ")

    def many(self, node: Json, word: str) -> str:
        """Several tests with a word between; inner groups in brackets."""
        parts = [
            f"({self.test(p)})" if p["op"] in ("and", "or") else self.test(p)
            for p in node["of"]
        ]
        return f" {word} ".join(parts)

    def say_and(self, node: Json) -> str:
        """All of."""
        return self.many(node, "and")

    def say_or(self, node: Json) -> str:
        """Any of."""
        return self.many(node, "or")

    def say_if(self, node: Json) -> str:
        """One test in a case, another in every other."""
        case, then, other = (self.test(part) for part in node["of"])
        return f"{then} when {case}, else {other}"

    def say_at_least(self, node: Json) -> str:
        """At least n of."""
        inner = ", ".join(self.test(part) for part in node["of"])
        return f"at least {node['count']} of: {inner}"

    def say_not(self, node: Json) -> str:
        """Not."""
        (part,) = node["of"]
        if part["op"] == "diagnosis":
            return f"no diagnosis in {self.set_name(part['set'])}"
        if part["op"] == "modifier":
            return f"modifier {part['modifier']} absent"
        return f"not ({self.test(part)})"

    def say_always(self, _node: Json) -> str:
        """Always."""
        return "always"

    def say_never(self, _node: Json) -> str:
        """Never."""
        return "never"

    def say_yes(self, node: Json) -> str:
        """A yes-no fact."""
        return self.fact(node)

    def say_documented(self, node: Json) -> str:
        """A fact that is documented."""
        return f"{self.fact(node)} documented"

    def say_compare(self, node: Json) -> str:
        """A measured fact."""
        return (
            f"{self.fact(node)} {CMP_WORDS[node['cmp']]} {amount_words(node['amount'])}"
        )

    def say_choice(self, node: Json) -> str:
        """A choice."""
        return f"{self.fact(node)} {' or '.join(node['in'])}"

    def say_field(self, node: Json) -> str:
        """A claim field."""
        values = self.set_name(node["set"]) if node["set"] else " or ".join(node["in"])
        return f"{node['field']} {values}"

    def say_date(self, node: Json) -> str:
        """The date of service."""
        return f"date {'after' if node['cmp'] == '>' else 'before'} {node['date']}"

    def say_elapsed(self, node: Json) -> str:
        """How far another day lies from the date of service."""
        day = node["clock"] if "clock" in node else self.fact(node)
        amount = f"{CMP_WORDS[node['cmp']]} {amount_words(node['amount'])}"
        return f"{day} {amount} {node['side']} the date of service"

    def say_same_npi(self, node: Json) -> str:
        """Two providers that are one."""
        one, other = node["fields"]
        return f"{one} and {other} are the same"

    def say_diagnosis(self, node: Json) -> str:
        """A diagnosis."""
        which = "primary diagnosis" if node["which"] == "primary" else "a diagnosis"
        return f"{which} in {self.set_name(node['set'])}"

    def say_modifier(self, node: Json) -> str:
        """A modifier."""
        return f"modifier {node['modifier']} present"

    def say_earlier(self, node: Json) -> str:
        """A count of earlier sessions."""
        parts = [f"{count_words(node['count'])} earlier {self.set_name(node['set'])}"]
        parts += [f"same {group}" for group in node["same"]]
        if node["window"]:
            parts.append(window_words(node["window"]))
        if node["before"]:
            parts.append(f"at least {amount_words(node['before'])} before")
        if node["apart"]:
            parts.append(f"at least {amount_words(node['apart'])} apart")
        if node["modifier"]:
            parts.append(f"with modifier {node['modifier']}")
        if node.get("without"):
            parts.append(f"without modifier {node['without']}")
        if node["each"]:
            parts.append(f"each with {self.test(node['each'])}")
        return ", ".join(parts)

    def say_same_day(self, node: Json) -> str:
        """A count of other lines of the day."""
        same = "".join(f", same {group}" for group in node["same"])
        return (
            f"{count_words(node['count'])} same-day {self.set_name(node['set'])}{same}"
        )
