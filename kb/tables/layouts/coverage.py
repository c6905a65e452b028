"""The Medicare Coverage Database: articles and LCDs with their codes and diagnoses.

Groups of codes and groups of diagnoses are numbered independently: which diagnosis
supports which code stands in the paragraph of a group, in prose, and nowhere else.
"""

from __future__ import annotations

import re

from kb.tables.documents import ARTICLES, LCDS
from kb.tables.header import Column
from kb.tables.layouts.cells import Named, by_name, wanted
from kb.tables.layouts.layout import Layout, Row, Sheet, names_like
from kb.tables.model import Kind, Setting
from kb.tables.periods import week_from

NUMBER = re.compile(r"\d+")
COVERED, NONCOVERED, CODES = "covered", "noncovered", "codes"


def _column(name: str, *, needed: bool = True) -> Column:
    """A column by the whole of its official name."""
    return Column(name, "^" + name.upper().replace("_", " "), needed=needed)


def _columns(*names: str) -> tuple[Column, ...]:
    return tuple(map(_column, names))


def _numbers(cells: Named, of: str) -> tuple[int, int]:
    """Number and version of the article or LCD."""
    return (
        int(wanted(cells[f"{of}_id"], r"\d{1,9}", "number of a document")),
        int(wanted(cells[f"{of}_version"], r"\d{1,9}", "version of a document")),
    )


def _group(text: str) -> int:
    return int(wanted(text or "0", r"\d{1,6}", "number of a group"))


def _article(cells: Named) -> Row:
    return (
        ARTICLES,
        *_numbers(cells, ARTICLES),
        cells["article_type"],
        cells["title"],
        cells["article_eff_date"],
        cells["article_end_date"],
        cells["status"],
        cells["description"],
    )


def _lcd(cells: Named) -> Row:
    return (
        LCDS,
        *_numbers(cells, LCDS),
        "",
        cells["title"],
        cells["rev_eff_date"] or cells["orig_det_eff_date"],
        cells["rev_end_date"] or cells["ent_det_end_date"],
        cells["status"],
        cells["indication"],
    )


def _code(cells: Named) -> Row:
    code = wanted(cells["hcpc_code_id"].upper(), r"[0-9A-Z.-]{1,12}", "code")
    return (*_numbers(cells, ARTICLES), _group(cells["hcpc_code_group"]), code)


def _diagnosis(cells: Named, which: str) -> Row:
    return (
        *_numbers(cells, ARTICLES),
        which,
        _group(cells[f"icd10_{which}_group"]),
        wanted(cells["icd10_code_id"].upper(), r"[0-9A-Z.-]{1,12}", "diagnosis"),
        cells.get("asterisk", ""),
    )


def _paragraph(cells: Named, which: str, column: str) -> Row:
    return (
        *_numbers(cells, ARTICLES),
        which,
        _group(cells[column]),
        cells["paragraph"],
    )


def _contractor_of(cells: Named, of: str) -> Row:
    contractor = wanted(cells["contractor_id"], r"\d{1,9}", "number of a contractor")
    return (of, *_numbers(cells, of), int(contractor))


def _related(cells: Named) -> Row | None:
    """Another article or LCD; a row names one of them."""
    for kind, column in ((LCDS, "r_lcd_id"), (ARTICLES, "r_article_id")):
        if cells[column].strip("0"):
            other = wanted(cells[column], r"\d{1,9}", "number of a document")
            return (*_numbers(cells, ARTICLES), kind, int(other))
    return None


def _sheet(
    table: str, file: str, made: object, columns: tuple[Column, ...], series: str
) -> Sheet:
    assert callable(made)
    return Sheet(
        table,
        names_like(rf"^{file}\.csv$"),
        by_name(made),
        columns,
        NUMBER,
        lenient=True,
        series=series,
        slot=file,
    )


_OF_ARTICLE = ("article_id", "article_version")
_OF_LCD = ("lcd_id", "lcd_version")


def _diagnoses(which: str) -> Sheet:
    return _sheet(
        "document_diagnosis",
        f"article_x_icd10_{which}",
        lambda cells: _diagnosis(cells, which),
        (
            *_columns(*_OF_ARTICLE, "icd10_code_id", f"icd10_{which}_group"),
            _column("asterisk", needed=False),
        ),
        ARTICLES,
    )


def _paragraphs(which: str, file: str, column: str) -> Sheet:
    return _sheet(
        "document_paragraph",
        file,
        lambda cells: _paragraph(cells, which, column),
        _columns(*_OF_ARTICLE, column, "paragraph"),
        ARTICLES,
    )


SHEETS = (
    _sheet(
        "document",
        "article",
        _article,
        _columns(
            *_OF_ARTICLE,
            "article_type",
            "title",
            "article_eff_date",
            "article_end_date",
            "description",
            "status",
        ),
        ARTICLES,
    ),
    _sheet(
        "document_code",
        "article_x_hcpc_code",
        _code,
        _columns(*_OF_ARTICLE, "hcpc_code_id", "hcpc_code_group"),
        ARTICLES,
    ),
    _paragraphs(CODES, "article_x_hcpc_code_group", "hcpc_code_group"),
    _diagnoses(COVERED),
    _diagnoses(NONCOVERED),
    _paragraphs(COVERED, "article_x_icd10_covered_group", "icd10_covered_group"),
    _paragraphs(
        NONCOVERED, "article_x_icd10_noncovered_group", "icd10_noncovered_group"
    ),
    _sheet(
        "document_contractor",
        "article_x_contractor",
        lambda cells: _contractor_of(cells, ARTICLES),
        _columns(*_OF_ARTICLE, "contractor_id"),
        ARTICLES,
    ),
    _sheet(
        "document_related",
        "article_related_documents",
        _related,
        _columns(*_OF_ARTICLE, "r_article_id", "r_lcd_id"),
        ARTICLES,
    ),
    _sheet(
        "document",
        "lcd",
        _lcd,
        _columns(
            *_OF_LCD,
            "title",
            "orig_det_eff_date",
            "ent_det_end_date",
            "rev_eff_date",
            "rev_end_date",
            "indication",
            "status",
        ),
        LCDS,
    ),
    _sheet(
        "document_contractor",
        "lcd_x_contractor",
        lambda cells: _contractor_of(cells, LCDS),
        _columns(*_OF_LCD, "contractor_id"),
        LCDS,
    ),
)

CONTRACTORS = Sheet(
    "contractor",
    names_like(r"^contractor\.csv$"),
    by_name(
        lambda cells: (
            int(wanted(cells["contractor_id"], r"\d{1,9}", "number of a contractor")),
            cells["contractor_bus_name"],
            cells["contractor_number"],
        )
    ),
    _columns("contractor_id", "contractor_bus_name", "contractor_number"),
    NUMBER,
    lenient=True,
    series="contractor",
    repeated=True,
    smallest=50,
)

LAYOUT = Layout(
    Kind.COVERAGE,
    (*SHEETS, CONTRACTORS),
    names=(),
    by_day=week_from,
    smallest={Setting.ALL: 10_000},
)
