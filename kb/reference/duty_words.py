"""The short word of each duty, for the chip beside a rule."""

from __future__ import annotations

from dsl.ir.forms import DUTIES as FORMS

DUTIES: dict[str, str] = {form.name: form.short for form in FORMS} | {
    "gap": "open point"
}
