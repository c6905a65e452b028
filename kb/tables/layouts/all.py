"""Every layout by its kind."""

from __future__ import annotations

from kb.tables.layouts import (
    add_ons,
    coverage,
    diagnoses,
    hcpcs,
    indicators,
    localities,
    pairs,
    reasons,
    unit_caps,
)
from kb.tables.layouts.layout import Layout
from kb.tables.model import Kind

LAYOUTS: dict[Kind, Layout] = {
    each.LAYOUT.kind: each.LAYOUT
    for each in (
        pairs,
        unit_caps,
        add_ons,
        diagnoses,
        hcpcs,
        indicators,
        localities,
        reasons,
        coverage,
    )
}
