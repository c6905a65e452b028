"""The wheel, installed where nothing of the checkout is near."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest

from kb.read.store import meta, open_knowledge_base
from kb.version import __version__

ROOT = Path(__file__).parents[1]
PACKED = ("pyproject.toml", "README.md", "LICENSE", "dsl", "kb", "policies", "site",
          "docs/messages")  # fmt: skip
BIN = "Scripts" if sys.platform == "win32" else "bin"

pytestmark = pytest.mark.slow


def run(
    *words: str | Path, folder: Path, expected: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run a program far from the checkout; its output is shown when it fails."""
    env = {name: value for name, value in os.environ.items() if "PYTHON" not in name}
    ran = subprocess.run(
        words, cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert ran.returncode == expected, ran.stdout + ran.stderr
    return ran


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what goes into the wheel, so that nothing is written in the checkout."""
    copy = tmp_path_factory.mktemp("sources")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in PACKED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=ignored)
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, copy)
    (copy / "site").mkdir(exist_ok=True)
    return copy


@pytest.fixture(scope="module")
def wheel(sources: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", folder=sources)
    (built,) = (sources / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs of an environment that holds the wheel and its dependencies."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home)
    install(home, wheel)
    return home / BIN


def install(home: Path, *what: str | Path) -> None:
    """Install into an environment with the pip of the tests, so that it needs none."""
    pip = (sys.executable, "-m", "pip", "--python", home / BIN / "python")
    how = ("--quiet", "--disable-pip-version-check", "--no-compile")
    run(*pip, "install", *how, *what, folder=home)


@pytest.fixture(scope="module")
def built(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder in which ``payerkb build`` ran."""
    folder = tmp_path_factory.mktemp("empty")
    said = run(installed / "payerkb", "build", folder=folder).stdout
    assert said.startswith(f"{Path('build/kb.db')}: ")
    return folder


def files_below(folder: Path) -> set[str]:
    """The files of a folder by their path in it."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_grammar_schemas_and_policies(wheel: Path) -> None:
    inside = set(ZipFile(wheel).namelist())
    assert {
        "dsl/syntax/policy.lark",
        "dsl/py.typed",
        "dsl/ir/rule.schema.json",
        "kb/claims/claim.schema.json",
        "kb/engine/findings.schema.json",
        "kb/engine/findings-brief.schema.json",
        "kb/shipped/messages/L012.md",
        "kb/py.typed",
    } <= inside
    for name in ("policies", "site"):
        shipped = {f"kb/shipped/{name}/{file}" for file in files_below(ROOT / name)}
        assert shipped <= inside


@pytest.mark.skipif(
    not (ROOT / "site/datasette.yaml").exists(), reason="this checkout has no site"
)
def test_the_wheel_holds_the_site(wheel: Path) -> None:
    assert "kb/shipped/site/datasette.yaml" in ZipFile(wheel).namelist()


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in ZipFile(wheel).namelist()}
    assert tops == {"dsl", "kb", f"payerkb-{__version__}.dist-info"}


def test_version(installed: Path, tmp_path: Path) -> None:
    said = run(installed / "payerkb", "--version", folder=tmp_path).stdout
    assert said == f"payerkb, version {__version__}\n"


def test_packages_are_imported_from_the_environment(
    installed: Path, tmp_path: Path
) -> None:
    asked = "import dsl, kb; print(dsl.__file__); print(kb.__file__)"
    said = run(installed / "python", "-I", "-c", asked, folder=tmp_path).stdout
    assert all(line.startswith(str(installed.parent)) for line in said.splitlines())


def content_of(database: Path) -> str:
    """The hash of the policies that a database was built from."""
    with closing(open_knowledge_base(database)) as connection:
        return meta(connection)["content"]


def test_the_shipped_policies_are_those_of_the_checkout(
    built: Path, shipped_database: Path
) -> None:
    assert content_of(built / "build/kb.db") == content_of(shipped_database)


def test_the_scenarios_of_a_policy_hold(installed: Path, built: Path) -> None:
    """The others are the same text, run by the same program, as in the checkout."""
    words = ("test", "medicare/first-coast/esi")
    said = run(installed / "payerkb", *words, folder=built).stdout
    assert said.endswith(" scenarios passed, 0 failed.\n")


def test_a_claim_is_answered(installed: Path, built: Path) -> None:
    claim = ROOT / "docs/examples/fifth-session.json"
    words = ("check-claim", claim)
    said = run(installed / "payerkb", *words, folder=built, expected=1).stdout
    assert said.startswith("FL-2026-0310  Medicare Part B, First Coast ")


def test_the_schemas_are_read_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    for name in ("claim", "findings", "findings-brief", "rule"):
        said = run(installed / "payerkb", "schema", name, folder=tmp_path).stdout
        assert said.startswith("{\n")


def test_an_editable_install_uses_the_policies_of_its_checkout(
    sources: Path, epidural_policies: Path, tmp_path: Path
) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(sources, checkout, ignore=shutil.ignore_patterns("policies"))
    shutil.copytree(epidural_policies, checkout / "policies")
    venv.create(tmp_path / "environment")
    programs = tmp_path / "environment" / BIN
    # Dependencies come from the environment of the tests: only the install is tried.
    (site_packages,) = (tmp_path / "environment").rglob("site-packages")
    (site_packages / "tests.pth").write_text(sysconfig.get_path("purelib"))
    install(
        tmp_path / "environment",
        "--no-deps",
        "--no-build-isolation",
        "--editable",
        checkout,
    )

    said = run(programs / "payerkb", "check", folder=tmp_path).stdout

    assert f" files in {checkout / 'policies'}: 0 errors." in said
