"""Figures of the program's code: `python -m benchmarks.figures` a row for each folder, `… FOLDER…` for those."""

import ast
import io
import statistics
import sys
import tokenize
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "policygen"

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
BRANCHES = (
    ast.If,
    ast.For,
    ast.While,
    ast.IfExp,
    ast.comprehension,
    ast.ExceptHandler,
    ast.match_case,
    ast.Assert,
)

HEAD = (
    "| folder | lines | modules | functions | median | p90 | longest | branches a line"
    " | conditional expressions | comprehensions | line p90 | comments |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


@dataclass
class Figures:
    """What is counted in the modules of one folder."""

    modules: int = 0
    lines: int = 0
    comments: int = 0
    branches: int = 0
    conditionals: int = 0
    comprehensions: int = 0
    widths: list[int] = field(default_factory=list)
    """Characters of each line that is not empty."""
    lengths: list[int] = field(default_factory=list)
    """Lines of each function."""

    def add(self, text: str) -> None:
        self.modules += 1
        self.lines += text.count("\n")
        self.comments += lines_with_comments(text)
        for line in text.splitlines():
            if line.strip():
                self.widths.append(len(line))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, FUNCTIONS):
                self.lengths.append((node.end_lineno or node.lineno) - node.lineno + 1)
                self.branches += branches(node)
            self.conditionals += isinstance(node, ast.IfExp)
            self.comprehensions += isinstance(node, COMPREHENSIONS)

    def row(self, name: str) -> str:
        thousand = self.lines / 1000
        cells = (
            name,
            f"{self.lines:,}",
            self.modules,
            len(self.lengths),
            round(statistics.median(self.lengths)),
            ninth_tenth(self.lengths),
            max(self.lengths),
            f"{self.branches / sum(self.lengths):.2f}",
            f"{self.conditionals / thousand:.1f}",
            f"{self.comprehensions / thousand:.1f}",
            ninth_tenth(self.widths),
            f"{self.comments / self.lines:.1%}",
        )
        return "| " + " | ".join(str(cell) for cell in cells) + " |"


def lines_with_comments(text: str) -> int:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return len({token.start[0] for token in tokens if token.type == tokenize.COMMENT})


def branches(function: ast.AST) -> int:
    """McCabe's count: one, and one more for each other way through the function."""
    ways = 1
    for node in ast.walk(function):
        if isinstance(node, ast.BoolOp):
            ways += len(node.values) - 1
        elif isinstance(node, BRANCHES):
            ways += 1
    return ways


def ninth_tenth(values: list[int]) -> int:
    """The value that nine of ten do not exceed."""
    return sorted(values)[int(len(values) * 0.9)]


def figures(folder: Path) -> Figures:
    counted = Figures()
    for path in sorted(folder.rglob("*.py")):
        counted.add(path.read_text("utf-8"))
    return counted


def main(folders: list[Path]) -> None:
    print(HEAD)
    for folder in folders or sorted(path.parent for path in PACKAGE.glob("*/__init__.py")):
        print(figures(folder).row(folder.name))
    if not folders:
        print(figures(PACKAGE).row("all"))


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
