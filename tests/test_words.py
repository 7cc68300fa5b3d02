"""Words that are not used any more: what a reader sees is in plain English, by the table of the design.

Only words that mean nothing else are listed: `who` and `stands` are English too.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    ROOT / name for name in ("README.md", "CHANGELOG.md", "Makefile", ".ci/run", "reports/README.md", "pyproject.toml")
]
PAGES += sorted((ROOT / "docs").glob("*.md"))
SOURCES = sorted(path for room in ("grader", "reference") for path in (ROOT / room).rglob("*.py"))
TEMPLATES = sorted(
    path for path in (ROOT / "grader").rglob("*") if path.suffix in (".html", ".js", ".css", ".yml", ".txt")
)
GONE = {
    r"anew": "again",
    r"mend(?:s|ed|ing)?": "fix",
    r"hand-ins|(?:a|the|this|that|each|every|one|same|whole|another|next) hand-in(?!-)": "submission",
    r"lent|lends?|lending": "stub",
    r"spared": "skipped",
    r"needless": "within tolerance, or not needed",
    r"parcels?": "chunk",
    r"circumstances?": "condition",
    r"culprits?": "line that raised",
    r"(?:is|are|was|were) due (?:there|here|back)": "is expected",
    r"is due(?=[.,;`'\")]|$)": "is expected",
    r"is told(?: by| that| as| in)": "is reported, is said",
    r"must not know:": "the signature says it",
    r"costs? nobody a point": "costs no points",
    r"how the points lie": "score distribution",
    r"notes, which cost nothing": "notes (no points lost)",
    r"turned round": "swapped",
    r"rough answers?": "within tolerance",
    r"forthwith|thereof|therein|whence|hitherto|heretofore": "a plain word",
}
KEPT = {("grader/export/systems.py", "the hand-in")}  # a name in JUnit files, which programs read
FORBIDDEN = re.compile(r"\b(?:" + "|".join(f"(?:{word})" for word in GONE) + r")", re.IGNORECASE | re.MULTILINE)


def texts_in(path: Path) -> Iterator[tuple[int, str]]:
    """The words of a Python file that people read: comments, docstrings and strings, each with its line."""
    source = path.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def faults(path: Path) -> list[str]:
    """Each word that is not used any more, with its place and the word that is."""
    texts = (
        texts_in(path) if path.suffix == ".py" else enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    )
    found = []
    for line, text in texts:
        for match in FORBIDDEN.finditer(text):
            if (str(path.relative_to(ROOT)), match[0]) in KEPT:
                continue
            better = next(instead for word, instead in GONE.items() if re.fullmatch(word, match[0], re.IGNORECASE))
            found.append(f"{path.relative_to(ROOT)}:{line}: '{match[0]}' is '{better}'")
    return found


@pytest.mark.parametrize("path", [*PAGES, *SOURCES, *TEMPLATES], ids=lambda path: str(path.relative_to(ROOT)))
def test_words_are_todays(path: Path) -> None:
    """Pages, messages, docstrings and comments use the words of the design's table."""
    assert faults(path) == []
