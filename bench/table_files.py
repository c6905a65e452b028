"""Files in the layouts of CMS's tables, of any size; codes, days and limits are made up.

Tests write small ones, ``python -m bench`` ones of the real size.
"""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

PAIR_PREAMBLE = (
    "Copyright notice of somebody\t\t\t\t\t\t\n"
    "Column1/Column2 Edits\t\t\t\t\t\t\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\n"
    "\t\t\t\t*=no data\t1=allowed\t\n"
    "\t\t\t\t\t9=not applicable\t\n"
)
RATIONALES = tuple(f"Reason number {n} of a table" for n in range(12))
CAP_NOTICE = '"A long notice\nover several lines.\n\n",,,\r\n'
CAP_SETTINGS = {
    "practitioner": ("PractitionerServices", "Practitioner Services"),
    "hospital": ("OutpatientHospitalServices", "Outpatient Hospital Services"),
    "dme": ("DMESupplierServices", "DME Supplier Services"),
}
ADJUDICATIONS = (
    "1 Line Edit",
    "2 Date of Service Edit: Policy",
    "3 Date of Service Edit: Clinical",
)

PairRow = tuple[str, str, str, str, str, str]
"""Column 1, column 2, effective, deletion, indicator, rationale."""


def pair_text(rows: Iterable[PairRow]) -> Iterator[str]:
    """The lines of a part of the pairs."""
    yield PAIR_PREAMBLE.replace("\n", "\r\n")
    for one, other, first, last, indicator, why in rows:
        yield f"{one}\t{other}\t\t{first}\t{last}\t{indicator}\t{why}\r\n"


def made_codes(number: int) -> list[str]:
    """So many codes, in order."""
    return [f"{n:05}" for n in range(10_000, 10_000 + number)]


def made_pairs(number: int, seed: int = 1) -> Iterator[PairRow]:
    """So many pairs, in order: a third ended, some of them with a second window."""
    dice = random.Random(seed)
    codes = made_codes(13_000)
    each = -(-number // len(codes))
    left = number
    for one in codes:
        others = sorted(dice.sample(codes, min(each, left) + 1))
        for other in others[: min(each, left)]:
            left -= 1
            ended = dice.random() < 0.34
            last = "20191231" if ended else "*"
            indicator = dice.choice("011") if dice.random() > 0.03 else "9"
            if one != other:
                first = last if indicator == "9" and ended else "20170101"
                yield one, other, first, last, indicator, dice.choice(RATIONALES)


def write_pairs(path: Path, rows: Iterable[PairRow]) -> Path:
    """One part of the pairs as text."""
    with path.open("w", encoding="latin-1", newline="") as file:
        file.writelines(pair_text(rows))
    return path


CapRow = tuple[str, int, int, str]
"""Code, units, adjudication indicator, rationale."""


def write_caps(folder: Path, rows: Iterable[CapRow], setting: str, day: str) -> Path:
    """The unit caps of a setting from a day (``10-01-2026``) on."""
    name, title = CAP_SETTINGS[setting]
    path = folder / f"MCR_MUE_{name}_Eff_{day}.csv"
    with path.open("w", encoding="latin-1", newline="") as file:
        file.write(CAP_NOTICE)
        file.write(
            f'"HCPCS/\nCPT Code",{title} MUE Values,MUE Adjudication Indicator,'
            "MUE Rationale\r\n"
        )
        for code, units, indicator, why in rows:
            file.write(f"{code},{units},{ADJUDICATIONS[indicator - 1]},{why}\r\n")
    return path


def made_caps(number: int, seed: int = 2) -> Iterator[CapRow]:
    """So many caps."""
    dice = random.Random(seed)
    for code in made_codes(number):
        yield code, dice.randrange(9), dice.choice((1, 2, 3)), dice.choice(RATIONALES)


AddOnRow = tuple[str, str, str, str, str]
"""Type, add-on, primary, effective and deletion (year and day, or blank)."""


def write_add_ons(folder: Path, rows: Iterable[AddOnRow], edition: str) -> Path:
    """The fixed text of the add-on edits of an edition (``2026Q2``)."""
    path = folder / f"AOC_V{edition}-F-MCR.txt"
    with path.open("w", encoding="latin-1", newline="") as file:
        for kind, add_on, primary, first, last in rows:
            blank = " " * 7
            file.write(
                f"{kind}{add_on}{blank}{primary}{blank}{first:7}{last:7}{'':58}\r\n"
            )
    return path


DiagnosisRow = tuple[str, int, str]
"""Code without its point, 1 to bill or 0, title."""


def write_diagnoses(folder: Path, rows: Iterable[DiagnosisRow], year: int) -> Path:
    """The order file of a fiscal year."""
    path = folder / f"icd10cm_order_{year}.txt"
    with path.open("w", encoding="utf-8", newline="") as file:
        for n, (code, billable, title) in enumerate(rows, 1):
            file.write(f"{n:05} {code:7} {billable} {title[:60]:60} {title}\r\n")
    return path


def made_diagnoses(number: int) -> Iterator[DiagnosisRow]:
    """So many lines, headers and the codes below them in turn."""
    n = 0
    for letter in "ABCDEFGHIJKLMNOPQRSTVWXYZU":
        for category in range(100):
            header = f"{letter}{category:02}"
            codes = [(header, 0), *((f"{header}{sub:03}", 1) for sub in range(50))]
            for code, billable in codes:
                if n == number:
                    return
                n += 1
                yield code, billable, f"Made-up title of the code {code}"


FEE_TITLE = "{year} National Physician Fee Schedule Relative Value File {month} Release"
FEE_COLUMNS = (
    ("", "", "", "HCPCS"),
    ("", "", "", "MOD"),
    ("", "", "", "DESCRIPTION"),
    ("", "", "STATUS", "CODE"),
    ("NOT USED FOR", "", "MEDICARE", "PAYMENT"),
    ("", "", "PCTC", "IND"),
    ("", "", "GLOB", "DAYS"),
    ("", "", "MULT", "PROC"),
    ("", "", "BILAT", "SURG"),
    ("", "", "ASST", "SURG"),
    ("", "", "CO-", "SURG"),
    ("", "", "CONV", "FACTOR"),
)
FeeRow = tuple[str, str, str, str, str, str, str, str]
"""Code, modifier, status, 26/TC, global, multiple, bilateral, assistant."""


def write_fees(folder: Path, rows: Iterable[FeeRow], title: str, name: str) -> Path:
    """The relative value file with its header over four lines."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="cp1252", newline="") as file:
        out = csv.writer(file)
        out.writerow(["", "", title, *[""] * 9])
        out.writerows([[""] * len(FEE_COLUMNS)] * 5)
        out.writerows(zip(*FEE_COLUMNS, strict=True))
        for code, modifier, status, technical, days, multiple, both, assistant in rows:
            out.writerow(
                (
                    *(code, modifier, "A text of the AMA", status, "0.00", technical),
                    *(days, multiple, both, assistant, "0", "33.2875"),
                )
            )
    return path


HcpcsRow = tuple[str, str, str, str, str]
"""Code, record id, coverage, added, terminated."""


def write_hcpcs(folder: Path, rows: Iterable[HcpcsRow], name: str) -> Path:
    """The fixed text of HCPCS level II."""
    path = folder / name
    with path.open("w", encoding="latin-1", newline="") as file:
        for n, (code, record, coverage, added, ended) in enumerate(rows, 1):
            described = f"{code:>5}{n:05}{record}{'A description':218}{coverage:1}"
            file.write(f"{described:268}{added:8}{added:8}{ended:8}{'N':28}\r\n")
    return path


COVERAGE_HEADERS = {
    "article": "article_id,article_version,article_type,title,article_pub_date,"
    "article_eff_date,article_end_date,description,status,source_article_id",
    "article_x_hcpc_code": "article_id,article_version,hcpc_code_id,"
    "hcpc_code_version,hcpc_code_group,range,last_updated",
    "article_x_hcpc_code_group": "article_id,article_version,hcpc_code_group,"
    "paragraph,last_updated",
    "article_x_icd10_covered": "article_id,article_version,icd10_code_id,"
    "icd10_code_version,icd10_covered_group,range,last_updated,sort_order,description,"
    "asterisk",
    "article_x_icd10_covered_group": "article_id,article_version,icd10_covered_group,"
    "paragraph,last_updated,icd10_covered_ast",
    "article_x_icd10_noncovered": "article_id,article_version,icd10_code_id,"
    "icd10_code_version,icd10_noncovered_group,range,last_updated,sort_order,description,"
    "asterisk",
    "article_x_icd10_noncovered_group": "article_id,article_version,"
    "icd10_noncovered_group,paragraph,last_updated,icd10_noncovered_ast",
    "article_x_contractor": "article_id,article_version,contractor_id,contractor_version",
    "contractor": "contractor_id,contractor_version,contractor_bus_name,contractor_number,"
    "last_updated",
}


def write_coverage(folder: Path, tables: dict[str, Iterable[Sequence[str]]]) -> Path:
    """An export of articles: a zip in a zip, each table a quoted csv."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            with archive.open(f"{name}.csv", "w") as file:
                text = io.TextIOWrapper(file, encoding="utf-8", newline="")
                out = csv.writer(text, quoting=csv.QUOTE_ALL)
                out.writerow(COVERAGE_HEADERS[name].split(","))
                out.writerows(rows)
                text.flush()
    path = folder / "current_article.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("current_article_csv.zip", inner.getvalue())
    return path


def made_coverage(
    diagnoses: int, articles: int = 2_000
) -> dict[str, Iterator[list[str]]]:
    """An export of so many diagnosis rows."""
    each = -(-diagnoses // articles)
    names = [str(50_000 + n) for n in range(articles)]
    text = "Prose of an article. " * 200
    return {
        "article": (
            [a, "1", "6", f"Title {a}", "", "", "", text, "A", ""] for a in names
        ),
        "article_x_hcpc_code": (
            [a, "1", code, "", "1", "", ""] for a in names for code in made_codes(9)
        ),
        "article_x_hcpc_code_group": ([a, "1", "1", text, ""] for a in names),
        "article_x_icd10_covered": (
            [a, "1", f"M{n // 10:02}.{n % 10}", "", "1", "", "", str(n), "", ""]
            for a in names
            for n in range(each)
        ),
        "article_x_icd10_covered_group": ([a, "1", "1", text, "", ""] for a in names),
    }
