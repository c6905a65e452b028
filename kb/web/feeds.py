"""Changes for readers of feeds and calendars: Atom, JSON Feed and iCalendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from xml.etree import ElementTree as ET

from kb.indented import indented
from kb.reference.changes import KINDS, Change
from kb.web.changes_page import Found
from kb.web.page import File

ATOM = "http://www.w3.org/2005/Atom"
OCTETS_OF_A_LINE = 75
SOURCES_NAMED = 20
NAME = "payerkb: what changes for claims"
# Ids must not change with the machine that serves, so they name none.
IDS = "tag:payerkb,2026:"


def atom(found: Found, site: str) -> File:
    """An Atom feed; ``site`` is the address that links begin with."""
    feed = ET.Element("feed", {"xmlns": ATOM})
    _add(feed, "id", f"{IDS}changes:{found.asked.payer or 'all'}")
    _add(feed, "title", NAME)
    _add(
        feed, "updated", _moment(max((each.day for each in found.changes), default=""))
    )
    ET.SubElement(feed, "link", {"href": f"{site}/changes"})
    _add(ET.SubElement(feed, "author"), "name", "payerkb")
    for each in found.changes:
        entry = ET.SubElement(feed, "entry")
        _add(entry, "id", IDS + each.key)
        _add(entry, "title", title_of(each))
        _add(entry, "updated", _moment(each.day))
        ET.SubElement(entry, "link", {"href": site + each.path})
        _add(entry, "summary", summary_of(each))
    text = ET.tostring(feed, encoding="unicode", xml_declaration=False)
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    return File(head + text + "\n", "application/atom+xml; charset=utf-8")


def json_feed(found: Found, site: str) -> File:
    """A JSON Feed, version 1.1."""
    items = [
        {
            "id": IDS + each.key,
            "url": site + each.path,
            "title": title_of(each),
            "content_text": summary_of(each),
            "date_published": _moment(each.day),
            "tags": [each.kind],
        }
        for each in found.changes
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": NAME,
        "home_page_url": f"{site}/changes",
        "items": items,
    }
    text = f"{indented(feed)}\n"
    return File(text, "application/feed+json; charset=utf-8")


def calendar(found: Found, site: str) -> File:
    """An iCalendar of what begins, what ends and which sources are to be read again."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//payerkb//changes//EN"]
    lines.append(f"X-WR-CALNAME:{_escaped(NAME)}")
    for each in found.changes:
        where = f"{site}{each.path}"
        words = summary_of(each)
        lines += _event(IDS + each.key, each.day, title_of(each), words, where)
    for day, due in groupby(found.due, lambda source: source.review_by or ""):
        titles = [source.title for source in due]
        number = f"{len(titles)} {'source' if len(titles) == 1 else 'sources'}"
        where = f"{site}/changes?from={day}&to={day}#due"
        words = "; ".join(titles[:SOURCES_NAMED])
        lines += _event(
            f"{IDS}review:{day}", day, f"Read again: {number}", words, where
        )
    lines.append("END:VCALENDAR")
    text = "".join(f"{part}\r\n" for line in lines for part in _folded(line))
    name = {"Content-Disposition": 'inline; filename="payerkb.ics"'}
    return File(text, "text/calendar; charset=utf-8", name)


def title_of(change: Change) -> str:
    """Kind, payer and what it is about."""
    return f"{KINDS[change.kind]}: {change.who}: {change.title}"


def summary_of(change: Change) -> str:
    """What holds, what held, and from when."""
    parts = [f"From {change.day}." if change.text else f"Until {change.day}."]
    if not change.is_dated:
        parts = [f"First day not found; our answers begin on {change.day}."]
    if change.text:
        parts.append(_sentence(change.text))
    if change.was:
        parts.append(f"Before: {_sentence(change.was)}")
    return " ".join(parts)


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _moment(day: str) -> str:
    return f"{day or '1970-01-01'}T00:00:00Z"


def _event(key: str, day: str, title: str, words: str, where: str) -> Iterator[str]:
    after = date.fromisoformat(day) + timedelta(days=1)
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(key)}"
    yield f"DTSTAMP:{day.replace('-', '')}T000000Z"
    yield f"DTSTART;VALUE=DATE:{day.replace('-', '')}"
    yield f"DTEND;VALUE=DATE:{after:%Y%m%d}"
    yield f"SUMMARY:{_escaped(title)}"
    yield f"DESCRIPTION:{_escaped(words)}"
    yield f"URL:{where}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _folded(line: str) -> Iterator[str]:
    """A content line in parts of at most 75 octets, none in the midst of a letter."""
    part, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > OCTETS_OF_A_LINE:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + width
    yield part
