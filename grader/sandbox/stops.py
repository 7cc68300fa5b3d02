"""How often each function had to be stopped, and what is not called any more for that.

takes: functions that were stopped.
gives: the calls of a question that can still be asked; words for the others.
must not know: why a function was stopped, outcomes.
"""

from __future__ import annotations

from collections import Counter

from grader.wire import Question, Step

# One stop may be bad luck; a function that is stopped twice would cost its full time in every further question.
_MOST_STOPS = 2


class Stops:
    """Those of one submission, in all its processes."""

    def __init__(self) -> None:
        self._of: Counter[str] = Counter()

    def note(self, function: str) -> None:
        """Count one."""
        self._of[function] += 1

    def __bool__(self) -> bool:
        return bool(self._of)

    def askable(self, question: Question) -> tuple[Step, ...]:
        """Leave out the steps from the first function on that was given up."""
        if not self._of:
            return question.steps
        for number, step in enumerate(question.steps):
            if self._of[step.function] >= _MOST_STOPS:
                return question.steps[:number]
        return question.steps

    def given_up(self) -> str:
        """Say which are not called any more."""
        names = sorted(name for name, stops in self._of.items() if stops >= _MOST_STOPS)
        return f"not called any more: {', '.join(names)} had to be stopped {_MOST_STOPS} times"
