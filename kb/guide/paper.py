"""The sheets of a payer as one PDF, printed by a browser that is found on the machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
LONGEST = 60.0
"""Seconds that a browser may take for the sheets of one payer."""
MADE_ON = re.compile(rb"/(CreationDate|ModDate) \(D:[0-9]{14}([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Papers:
    """The PDFs that were printed, by payer, and why not all."""

    made: Mapping[str, str]
    why: str


def browser_found() -> Path | None:
    """A browser of the Chromium family on this machine, or nothing."""
    found = (shutil.which(name) for name in BROWSERS)
    return next((Path(each) for each in found if each), None)


def printed(browser: Path, page: Path, day: date) -> tuple[bytes, str]:
    """A page as PDF; where it could not be printed nothing, and why.

    The PDF says that it was made on ``day``, so that its bytes are the same every time.
    """
    with TemporaryDirectory(prefix="payerkb-print-") as folder:
        out = Path(folder) / "sheets.pdf"
        command = [
            str(browser),
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer",
            f"--print-to-pdf={out}",
            page.resolve().as_uri(),
        ]
        try:
            subprocess.run(command, capture_output=True, timeout=LONGEST, check=True)  # noqa: S603
            content = out.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            return b"", f"{browser} could not print ({type(error).__name__})"
    made = b"%04d%02d%02d000000" % (day.year, day.month, day.day)
    dated = MADE_ON.sub(rb"/\1 (D:" + made + rb"\2)", content)
    return dated, ""
