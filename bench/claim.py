"""One claim: JSON text in to JSON text out, warm and as a command.

    python -m bench.claim

Warm, the knowledge base is open already, as in a service.  Cold, the command is started
anew for each claim: Python, the program, the database, the claim.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.policies import RULES_EACH, codes_of, payer_of, write_policies
from kb.build.compiler import build_folder
from kb.claims import read_json
from kb.engine import Engine
from kb.engine.report.texts import report_text

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs/examples/fifth-session.json"
WARM_RUNS = 3000
COLD_RUNS = 10
RULES = 2000
POLICY = 42
"""The policy of the synthetic knowledge base that the claim falls under."""


def seconds_of(work: Callable[[], object], runs: int) -> list[float]:
    """The seconds of each run, in ascending order."""
    found = []
    for _ in range(runs):
        start = perf_counter()
        work()
        found.append(perf_counter() - start)
    return sorted(found)


def answer_text(engine: Engine, text: str) -> str:
    """The answer to a claim as a service would give it."""
    read = read_json(text)
    return report_text(engine.answer(read.claims), read.bad, engine)


def synthetic_claim() -> str:
    """A claim of the synthetic payer, with history and half of the facts."""
    code = codes_of(POLICY)[0]
    days = ("2026-02-02", "2026-04-07", "2026-07-13", "2026-10-05")
    claim = {
        "claim": "C-1",
        "payer": f"payer-{payer_of(POLICY)}",
        "place": "11",
        "date": "2026-11-02",
        "lines": [{"code": code, "diagnoses": ["M54.16"]}],
        "facts": {f"finding-{number}": "10 weeks" for number in range(6)},
        "history": {
            "state": "complete",
            "lines": [{"date": day, "code": code} for day in days],
        },
    }
    return json.dumps(claim)


def built(policies: Path, database: Path) -> Path:
    """The database of a folder; errors in its policies end the benchmark."""
    done = build_folder(policies, database)
    assert done.written, [found.render() for found in done.diagnostics[:3]]
    return database


def print_warm(title: str, database: Path, text: str) -> None:
    """One row: median and worst hundredth of answering the claim again and again."""
    engine = Engine.open(database)
    answer = json.loads(answer_text(engine, text))["answers"][0]
    rules = len(answer["lines"][0]["rules"])
    times = seconds_of(lambda: answer_text(engine, text), WARM_RUNS)
    p50, p99 = median(times) * 1000, times[len(times) * 99 // 100] * 1000
    print(f"{title:<28}{answer['outcome']:<16}{rules:>6}{p50:>10.3f} ms{p99:>10.3f} ms")


def print_cold(title: str, database: Path, claim: Path) -> None:
    """One row: median and worst of starting the command for the claim."""
    words = [sys.executable, "-m", "kb", "check-claim", "--json", "-d", str(database)]

    def start() -> None:
        ran = subprocess.run(
            [*words, str(claim)], cwd=ROOT, capture_output=True, check=False
        )
        assert ran.returncode == 1, ran.stderr.decode()

    times = seconds_of(start, COLD_RUNS)
    print(f"{title:<50}{median(times) * 1000:>10.0f} ms{times[-1] * 1000:>10.0f} ms")


def main() -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_policies(folder / "synthetic", RULES // RULES_EACH)
        claim = folder / "claim.json"
        claim.write_text(synthetic_claim(), "utf-8")
        shipped = built(ROOT / "policies", folder / "shipped.db")
        synthetic = built(folder / "synthetic", folder / "synthetic.db")

        print(f"one claim, warm, {WARM_RUNS:,} runs")
        print(f"{'':<28}{'outcome':<16}{'rules':>6}{'p50':>13}{'p99':>13}")
        print_warm("shipped policies", shipped, EXAMPLE.read_text("utf-8"))
        print_warm(f"synthetic, {RULES:,} rules", synthetic, synthetic_claim())
        print(f"\none claim, cold, {COLD_RUNS} runs")
        print(f"{'':<50}{'p50':>13}{'worst':>13}")
        print_cold("shipped policies", shipped, EXAMPLE)
        print_cold(f"synthetic, {RULES:,} rules", synthetic, claim)


if __name__ == "__main__":
    main()
