"""In which rounds questions are asked, and how much of each answer is kept.

takes: numbers of questions.
gives: `Terms`.
must not know: which questions these are, what they are for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from grader.wire import Asked, Gave, Lent, Outcome
from grader.wire.frames import FRAME_CAP

Spare = Callable[[Sequence[Sequence[Outcome]]], Collection[int]]
"""From the outcomes so far, those of questions that were not asked yet being empty, to questions that are spared."""


class Lender(Protocol):
    """What answers a program in the midst of a call, by the number of the question."""

    def asked(self, question: int, asked: Asked) -> Lent:
        """Tell what is lent for what a function was called with."""

    def gave(self, question: int, gave: Gave) -> None:
        """Hear what a function gave by itself."""


@dataclass(frozen=True)
class Terms:
    """On which terms questions are asked, by their numbers.

    `rounds` of them: none is told to the program before all of the rounds before are answered, so that no answer can
    hold what a later question asks. `most_bytes` of each answer are kept: one that is larger is far from right. `spare`
    is asked before each round but the first, and says which questions need not be asked after what has been answered.
    `lender` answers where a question has `lends`. With `afresh` the program is loaded anew before each round but the
    first, as if nothing had been asked before. `longer` are the questions that begin with the calls of another, the
    longest first: where one of them is asked in the same round, what it gives there is taken for the answer to both.
    """

    rounds: tuple[tuple[int, ...], ...]
    most_bytes: tuple[int, ...]
    spare: Spare | None = None
    lender: Lender | None = None
    afresh: bool = False
    longer: Mapping[int, Sequence[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, count: int) -> Terms:
        """All in one round, and answers of any size."""
        return cls((tuple(range(count)),), (FRAME_CAP,) * count)

    def answered_by_others(self, todo: Sequence[int]) -> dict[int, int]:
        """Of the questions of a round, which need not be asked, each with the one whose first answers are its own."""
        if not self.longer:
            return {}
        among = set(todo)
        found = {q: next((other for other in self.longer[q] if other in among), q) for q in todo if q in self.longer}
        return {q: other for q, other in found.items() if other != q}
