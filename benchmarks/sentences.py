"""How often each rule that guesses about language is right, over the sentences of tests/sentences/. See README.md."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.sentences import scores


def main() -> None:
    """Print precision and recall of each rule, then what it misses and where it is wrong."""
    with TemporaryDirectory() as folder:
        all_scores = scores(Path(folder))
    print(f"{'rule':24}{'precision':>10}{'recall':>8}")
    for score in all_scores:
        print(f"{score.rule:24}{score.precision:>10.2f}{score.recall:>8.2f}")
    for score in all_scores:
        for what, listed in (("misses", score.missed), ("finds wrongly", score.wrong)):
            for sample in listed:
                print(f"\n{score.rule} {what}:\n    " + sample.text.replace("\n", "\n    "))


if __name__ == "__main__":
    main()
