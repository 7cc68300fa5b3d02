"""Words that are not used any more: what a reader sees is in plain English, by the table of the design.

Only words that mean nothing else are listed: `who` and `stands` are English too.
"""

from __future__ import annotations

import re
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


@pytest.mark.parametrize("path", [*PAGES, *SOURCES, *TEMPLATES], ids=lambda path: str(path.relative_to(ROOT)))
def test_words_are_todays(path: Path) -> None:
    """Pages, messages, docstrings and comments use the words of the design's table."""
    found = {match[0] for match in FORBIDDEN.finditer(path.read_text(encoding="utf-8"))}
    assert not {word for word in found if (str(path.relative_to(ROOT)), word) not in KEPT}
