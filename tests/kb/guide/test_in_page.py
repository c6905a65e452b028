"""What the page runs, run here by itself: it needs nothing but its zip, and answers alike."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import main
from kb.guide.engine_files import code_zip
from kb.proofs.scenario_claims import read_worked_claims
from kb.read.store import open_knowledge_base
from kb.web.render import site_folder

CLAIMS = 60
ALONE = """
import sys
sys.path.insert(0, sys.argv[1])
from kb.guide.in_page import open_desk
desk = open_desk(sys.argv[2], sys.argv[1] + "/templates")
with open(sys.argv[3], "rb") as file:
    sys.stdout.buffer.write(desk.findings(memoryview(file.read()), "claims.jsonl").encode())
sys.stdout.buffer.write(b"\\0")
form = {"payer": "Aetna", "date": "3/10/2026", "lines[0].code": "64483"}
sys.stdout.buffer.write(desk.page(form).encode() + b"\\0")
sys.stdout.buffer.write(desk.page({}, b"no claim").encode() + b"\\0")
others = {name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names
sys.stdout.buffer.write(" ".join(sorted(others)).encode())
"""


@pytest.fixture(scope="module")
def claims(epidural_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Worked claims in one file, a claim a line, and a line that is none."""
    with closing(open_knowledge_base(epidural_database)) as connection:
        worked = read_worked_claims(connection)
    every = [each for own in worked.values() for each in own][:CLAIMS]
    lines = [json.dumps(each.source) for each in every]
    file = tmp_path_factory.mktemp("claims") / "claims.jsonl"
    file.write_text("\n".join([*lines, '{"payer": 7}']) + "\n", "utf-8")
    return file


@pytest.fixture(scope="module")
def answered(
    epidural_database: Path, claims: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    """Findings, page of a form, page of a bad file, and the packages that were imported."""
    folder = tmp_path_factory.mktemp("page")
    zipped = folder / "code.zip"
    zipped.write_bytes(code_zip(site_folder()))
    with zipfile.ZipFile(zipped) as file:
        file.extractall(folder)
    # Isolated, and without the packages that are installed here.
    command = [sys.executable, "-I", "-S", "-c", ALONE, str(folder)]
    ran = subprocess.run(
        [*command, str(epidural_database), str(claims)], capture_output=True, check=True
    )
    return ran.stdout.decode().split("\0")


def test_its_findings_are_those_of_the_command_line_byte_for_byte(
    answered: list[str], claims: Path, epidural_database: Path
) -> None:
    told = CliRunner().invoke(
        main,
        ["check-claim", str(claims), "--json", "--database", str(epidural_database)],
    )

    assert answered[0] == told.stdout
    found = json.loads(answered[0])
    assert len(found["answers"]) > CLAIMS / 2
    assert found["bad"][-1]["where"] == f"claims.jsonl: line {CLAIMS + 1}: lines"


def test_it_imports_no_package_but_its_templates(answered: list[str]) -> None:
    assert set(answered[3].split()) - {"__main__"} == {
        "dsl",
        "jinja2",
        "kb",
        "markupsafe",
    }


def test_a_form_gets_the_page_of_the_site(answered: list[str]) -> None:
    assert 'id="verdict"' in answered[1]
    assert 'href="read.html?policy/aetna/transforaminal' in answered[1]
    assert 'href="/' not in answered[1]


def test_a_file_without_a_claim_says_what_is_wrong(answered: list[str]) -> None:
    assert "Could not be read" in answered[2]


def test_the_zip_is_the_same_every_time_and_holds_no_server() -> None:
    first, again = code_zip(site_folder()), code_zip(site_folder())
    names = set(zipfile.ZipFile(io.BytesIO(first)).namelist())

    assert first == again
    assert not {"kb/web/serve.py", "kb/web/answers.py", "kb/build/compiler.py"} & names
    assert "kb/tables/shipped/pairs.csv" in names
    assert {"jinja2/LICENSE.txt", "markupsafe/LICENSE.txt"} <= names
