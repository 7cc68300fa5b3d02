"""How large the house is, by room: lines, modules, long functions, large records. `python -m tests.size` prints it."""

from __future__ import annotations

import ast
import statistics
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORE = (
    "assignment", "key", "compiling", "extract", "wire", "harness", "judge", "score.py", "late.py", "feedback",
    "pipeline.py", "asking.py", "outcomes.py",
)  # fmt: skip
MOST_LONG, LONG, LARGEST_RECORD = 10, 40, 10
DATA = (".txt", ".toml", ".tsv", ".csv", ".ipynb", ".json", ".html")


@dataclass(frozen=True)
class Size:
    """Functions longer than 40 lines, the fields of each record, and the median length of a function."""

    long_functions: tuple[str, ...]
    records: dict[str, int]
    median: float


def lines_of(path: Path) -> int:
    """Lines of one file, blank ones and comments too."""
    return len(path.read_bytes().splitlines())


def rooms(root: Path) -> dict[str, tuple[int, int]]:
    """Room -> lines and modules."""
    found: dict[str, tuple[int, int]] = {}
    for path in sorted((root / "grader").rglob("*.py")):
        room = path.relative_to(root / "grader").parts[0]
        lines, modules = found.get(room, (0, 0))
        found[room] = (lines + lines_of(path), modules + 1)
    return found


def sizes(folder: Path) -> Size:
    """Measure all functions and records below a folder."""
    lengths, long, records = [], [], {}
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                lengths.append(length)
                if length > LONG:
                    long.append(f"{path.relative_to(folder)}:{node.name} ({length})")
            if isinstance(node, ast.ClassDef) and _is_record(node):
                fields = sum(isinstance(part, ast.AnnAssign) for part in node.body)
                records[f"{path.relative_to(folder)}:{node.name}"] = fields
    return Size(tuple(long), records, statistics.median(lengths))


def _is_record(node: ast.ClassDef) -> bool:
    made_by = [ast.unparse(part) for part in (*node.decorator_list, *node.bases)]
    return any("dataclass" in part or part.endswith("Struct") for part in made_by)


def total(folder: Path, *endings: str) -> int:
    """Lines of all files below a folder with one of these endings."""
    paths = (path for path in folder.rglob("*") if path.suffix in endings and "__pycache__" not in path.parts)
    return sum(lines_of(path) for path in paths)


def main() -> None:
    """Print the table."""
    by_room, measured = rooms(ROOT), sizes(ROOT / "grader")
    for room, (lines, modules) in by_room.items():
        print(f"{room:14} {lines:6} lines {modules:4} modules{'  core' if room in CORE else ''}")
    core = sum(lines for room, (lines, _) in by_room.items() if room in CORE)
    records = max(measured.records, key=lambda name: measured.records[name])
    rows = {
        "core": (core, "at most 6,500"),
        "grader/": (total(ROOT / "grader", ".py"), "at most 16,500"),
        "modules": (sum(modules for _, modules in by_room.values()), "at most 130"),
        "reference/": (total(ROOT / "reference", ".py"), "at most 900"),
        "tests/": (total(ROOT / "tests", ".py"), "at most 12,000"),
        "tests' data": (total(ROOT / "tests", *DATA), "at most 6,000"),
        "docs/": (total(ROOT / "docs", ".md"), ""),
    }
    for name, (lines, limit) in rows.items():
        print(f"{name:14} {lines:6} {limit}")
    print(f"functions: {measured.median:g} lines at the median, {len(measured.long_functions)} over {LONG}")
    print(*measured.long_functions, sep="\n", end="")
    print(f"largest record: {records} with {measured.records[records]} fields (at most {LARGEST_RECORD})")


if __name__ == "__main__":
    main()
