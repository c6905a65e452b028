"""What templates write out is as safe as MarkupSafe makes it."""

from __future__ import annotations

from enum import StrEnum

import markupsafe
import pytest
from jinja2 import Environment
from markupsafe import Markup

from kb.web.escaping import escape
from kb.web.render import environment, site_folder


class Word(StrEnum):
    BAD = "<bad>"


class Told:
    def __repr__(self) -> str:
        return "Told()"

    def __html__(self) -> str:
        return "<b>told</b>"


VALUES = (
    "",
    "plain",
    "<script>alert(\"1\" & '2')</script>",
    "zwölf < dreizehn \u2028 \U0001f600",
    Markup("<b>&</b>"),
    Word.BAD,
    Told(),
    12,
    None,
    ["<"],
)

PLAIN = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
EVERYWHERE = """
{% macro m(x) %}<i title="{{ x }}">{{ x }}</i>{% endmacro %}
{% macro n(x) %}<i>{{ x }}{{ caller() }}</i>{% endmacro %}
{% set y %}{{ value }}{% endset %}
{{ value }}|{{ y }}|{{ m(value) }}|{{ m(y) }}|{{ value ~ '<' }}|{{ '<' ~ value }}|{{ '<' }}
{{ (value ~ "")|replace("a", "<") }}|{{ [value, "<"]|join("&") }}|{{ value or "<" }}
{% call n(value) %}{{ value }}{{ y }}{% endcall %}
"""


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_is_escaped_as_markupsafe_does(value: object) -> None:
    assert str(escape(value)) == str(markupsafe.escape(value))


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_templates_escape_once_wherever_a_value_stands(value: object) -> None:
    ours, plain = environment(site_folder()), PLAIN
    assert ours.from_string(EVERYWHERE).render(value=value) == (
        plain.from_string(EVERYWHERE).render(value=value)
    )


def test_templates_use_our_escape() -> None:
    made = environment(site_folder()).from_string("{{ value }}")
    assert made.root_render_func.__globals__["escape"] is escape
