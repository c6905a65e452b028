"""Waiting in a browser for what a page shows, never for a time or for a single navigation."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

PATIENCE = 30_000
"""Milliseconds that a loaded machine may take until a page shows what it must."""

expect.set_options(timeout=PATIENCE)


def arrived(page: Page, place: str | re.Pattern[str]) -> None:
    """Wait until the page stands at a place, whole and with its scripts at work.

    ``place`` is an address, whole or below the base of the page's context, or a pattern of
    one. The address is looked at again and again: a navigation that is given up for the
    next one is no failure, as it is to ``wait_for_url``. All is loaded then, so that a field
    that is filled after it is heard.
    """
    expect(page).to_have_url(place)
    page.wait_for_load_state()
