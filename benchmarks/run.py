"""Measures policygen against named peers, side by side in one run, and prints ratios. See README.md."""

from __future__ import annotations

import datetime
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.compose.compose import image_bytes
from policygen.disk.executors import run_all
from policygen.html.sheets import Stamp, policy_html
from policygen.pdf.check import expect
from policygen.products.folders import PdfJob, render
from policygen.project.check import Selection, check

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
COPIES = 8
CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-pdf-header-footer",
    "--disable-background-networking",
)


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The median of a few runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def documents() -> None:
    """Policies a second: the pool, against one process for each document."""
    policies = check(ROOT, (Selection(),), datetime.date(2026, 11, 20)).policies
    jobs = []
    for each in policies:
        images = image_bytes(each.prepared, each.document, each.school.logo)
        page = policy_html(
            each.document, Stamp("draft", "0000-0000"), medium="print", images=images
        )
        jobs.append(PdfJob(page.encode(), expect(each.document, "policy")))
    jobs *= COPIES
    pages = sum(render(job).pages for job in jobs)
    pool = seconds(lambda: [*run_all(render, jobs)]) / len(jobs)
    average = f"{len(jobs)} of {pages // len(jobs)} pages on average"
    print(f"documents: {average}, each read back and checked: {1 / pool:.1f} a second")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.html"
        path.write_bytes(jobs[0].html)
        weasyprint = [
            Path(sys.executable).with_name("weasyprint"),
            "--pdf-variant",
            "pdf/ua-1",
            path,
            path.with_suffix(".pdf"),
        ]
        peers: dict[str, list[str]] = {
            "one weasyprint process each": [str(each) for each in weasyprint]
        }
        if chromium := shutil.which("chromium"):
            out = f"--print-to-pdf={path.with_suffix('.c.pdf')}"
            peers["one chromium process each"] = [chromium, *CHROMIUM, out, path.as_uri()]
        for name, command in peers.items():
            peer = seconds(
                lambda command=command: subprocess.run(command, capture_output=True, check=True)
            )  # type: ignore[misc]
            print(f"  {name}: {peer / pool:.1f} times as long a document")


def start() -> None:
    """How long before the program says anything."""
    program = Path(sys.executable).with_name("policygen")
    empty = seconds(lambda: subprocess.run([sys.executable, "-c", ""], check=True), 9)
    help_text = seconds(
        lambda: subprocess.run([program, "--help"], capture_output=True, check=True), 9
    )
    print(
        f"start: --help takes {help_text / empty:.1f} times an empty Python ({help_text:.3f} s here)"
    )


def compose() -> None:
    """Reading, checking and composing every example policy, beside rendering one."""
    policies = len(check(ROOT, (Selection(),), datetime.date(2026, 11, 20)).policies)
    once = seconds(lambda: check(ROOT, (Selection(),), datetime.date(2026, 11, 20)))
    print(f"compose: {once / policies:.3f} s a policy, checks included")


if __name__ == "__main__":
    start()
    compose()
    documents()
