"""The pages about serving tell every setting and every address."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from kb.web.openapi import description
from kb.web.settings import Settings, read_settings

DOCS = Path(__file__).parents[2] / "docs"


def test_every_setting_is_told_with_its_default() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| `(.*?)` \|", (DOCS / "serving.md").read_text(), re.MULTILINE
    )
    told = {name: value.strip('"').replace("true", "True") for name, value in rows}

    assert told == {
        each.name: str(list(each.default) if each.default == () else each.default)
        for each in fields(Settings)
    }


def test_the_examples_of_settings_are_read() -> None:
    shown = read_settings(DOCS / "examples" / "payerkb.toml")

    assert shown == Settings(hosts=("rules.example.org",), prefix="/payerkb")
    assert read_settings(DOCS / "examples" / "payerkb-container.toml").host == "0.0.0.0"


EXAMPLES = {
    "code": "64483",
    "payer": "aetna",
    "subject": "64483",
    "policy": "aetna/transforaminal",
    "rule": "two-weeks-apart",
}
"""What stands in the page for the parts of an address that vary."""


def test_every_address_of_the_description_is_told() -> None:
    text = (DOCS / "http-api.md").read_text()

    for path in description()["paths"]:
        assert path.format_map(EXAMPLES) in text
