"""The face of each verdict: its word, its symbol, its tone. A colour is never the only sign.

takes: the verdict's or the status' word as the gradebook keeps it.
gives: `Face`; a word that is not on the list gets a plain one.
must not know: HTML, terminals, points.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Face:
    """`tone` is good, half, bad, broken or quiet; `plain` stands for the symbol where only ASCII can be shown."""

    word: str
    symbol: str
    plain: str
    tone: str
    meaning: str = ""

    @property
    def explained(self) -> str:
        """The meaning as a sentence."""
        return f"{self.meaning[0].upper()}{self.meaning[1:]}." if self.meaning else ""


FACES = {
    "correct": Face("Correct", "✓", "+", "good"),
    "alternative": Face("Correct: accepted alternative", "✓", "+", "good"),
    "known mistake": Face("Known mistake", "✗", "x", "bad", "a mistake that others make too, recognised by name"),
    "consistent": Face("Consistent", "◐", "~", "half", "right for your own forward, which itself is not right"),
    "partly": Face("Partly right", "◐", "~", "half"),
    "wrong": Face("Wrong", "✗", "x", "bad"),
    "not attempted": Face("Not attempted", "○", "o", "quiet", "empty, or the hand-out's template, unchanged"),
    "missing": Face("Missing", "?", "?", "broken", "no function of this name was found"),
    "crashed": Face("Crashed", "!", "!", "broken", "it raised an error before it gave a result"),
    "timed out": Face("Timed out", "◔", "T", "broken", "it was stopped: it ran longer than the limit"),
    "ungraded": Face("Not graded", "⊘", "-", "quiet", "the grader failed here, not you; it counts neither way"),
    "graded": Face("Graded", "✓", "+", "good"),
    "partly graded": Face("Partly graded", "◐", "~", "half"),
    "absent": Face("Nothing handed in", "○", "o", "quiet"),
    "unreadable": Face("Unreadable", "⊘", "-", "broken", "the file could not be read; this is not a zero"),
}

WORD_OVER_POINTS = frozenset({"not attempted", "missing", "crashed", "timed out", "ungraded", "unreadable"})
"""Verdicts whose points say less than their word: a bare 0 would read like a wrong answer."""


def face_of(word: str, points: Fraction | None = None) -> Face:
    """The face of a verdict or status; a known mistake that earned something is half right."""
    if word == "known mistake" and points:
        known = FACES[word]
        return Face(known.word, "◐", "~", "half", known.meaning)
    return FACES.get(word) or Face(word.capitalize() or "Unknown", "•", "*", "quiet")
