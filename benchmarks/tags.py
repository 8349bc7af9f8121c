"""What the tags, the finish and the gate of a PDF cost beside laying it out: processor time. See README.md."""

from __future__ import annotations

import datetime
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from policygen.compose.compose import image_bytes
from policygen.html.labels import Stamp
from policygen.html.policy import policy_html
from policygen.pdf import render, tagging
from policygen.pdf.check import check_pdf, expect
from policygen.project.check import Selection, check

ROOT = Path(__file__).parents[1]
STAMP = Stamp("draft", "0000-0000")

spent: Counter[str] = Counter()


def main() -> None:
    """Make the policies of one school twice, so that fonts and style sheets are read before anything is measured."""
    checked = check(ROOT, [Selection("elm-grove")], datetime.date(2026, 11, 12))
    _measure(tagging, "_add_tags", "tags")
    _measure(render, "_finish", "finish")
    for _ in range(2):
        spent.clear()
        for policy in checked.policies:
            images = image_bytes(policy.prepared, policy.document, policy.school.logo)
            page = policy_html(policy.document, STAMP, medium="print", images=images)
            with _timed("all"):
                pdf = render.render_pdf(page.encode())
            with _timed("gate"):
                faults = check_pdf(pdf, expect(policy.document, STAMP))
            if faults:
                raise SystemExit("\n".join(faults))
    for part in ("tags", "finish", "gate"):
        share = 100 * spent[part] / spent["all"]
        print(f"{part}: {spent[part]:.2f} s, {share:.1f} % of the {spent['all']:.2f} s of making")


def _measure(module: Any, name: str, part: str) -> None:
    """Count the time of a function of a module."""
    measured: Callable[..., Any] = getattr(module, name)

    def timed(*given: Any, **named: Any) -> Any:
        with _timed(part):
            return measured(*given, **named)

    setattr(module, name, timed)


@contextmanager
def _timed(part: str) -> Iterator[None]:
    start = time.process_time()
    yield
    spent[part] += time.process_time() - start  # type: ignore[assignment]


if __name__ == "__main__":
    main()
