"""What may be lent: a function that calls another graded one is asked with right results in the place of wrong ones.

takes: an answer key, which of its functions are wrong; what the reference calls them with, and what they give for that.
gives: questions that lend, and who answers what is asked in the midst of them.
must not know: points, submissions, how anything is run.

A program gets what is right for the very arguments with which the reference calls the function in the same case, and so
for nothing that it has not worked out itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np

from grader.answer_key import AnswerKey, Lent, LentCall
from grader.largest import largest_of
from grader.lending.alike import NEAR, Parted
from grader.lending.laid_out import find_laid_out
from grader.lending.masked import ANY_MASK, is_masked
from grader.lending.piecewise import put_together
from grader.lending.settings import Settings
from grader.plan import CallPlan, Purpose
from grader.wire import HELD, UNTOLD, Asked, Built, Gave, Question, Step, Told
from grader.wire import Lent as Reply

LENDING = (Purpose.CASE, Purpose.HANDED_CACHE)
"""Why a function is asked where something may be lent to what it calls."""
MOST_CALLS = 4096  # of one case: a convolution calls the function of one window some hundred times
MOST_BYTES = 1 << 20  # of what is heard in one case: far more than an exam of small arrays has
_MOST_NUMBERS = 4 * MOST_BYTES  # in what is asked for: more is nothing that was heard, in any form


def called_within(key: AnswerKey, criterion: str) -> frozenset[str]:
    """The graded functions that are called where this one is asked, those that its forward calls among them."""
    rules = {rule.name: rule for rule in key.rubric.criteria}
    rule = rules[criterion]
    return frozenset([*rule.calls, *(rules[rule.forward].calls if rule.forward in rules else ())])


def lending(key: AnswerKey, place: int, own: Collection[str] = ()) -> Question:
    """The question of an entry, in which the graded functions that are called are lent their results.

    All but those that give their `own`, right ones too: what one keeps for another is known by the call that kept it.
    """
    entry = key.plan.entries[place]
    loans = (_as_called(key.plan, name) for name in sorted(called_within(key, entry.criterion) - set(own)))
    return replace(entry.question, lends=tuple(loan for loan in loans if loan))


def _as_called(plan: CallPlan, function: str) -> Step | None:
    """How a function is called, with all that any case gives it: what it is not given it has by default.

    Nothing where a result is neither in what it returns, be it in a dict or a list there, nor on its object, nor in
    what it takes (a moving average): what is worked out of that (a mean) is left by itself.
    """
    cases = (entry for entry in plan.entries if entry.criterion == function and entry.purpose is Purpose.CASE)
    step = max((entry.question.steps[-1] for entry in cases), key=lambda step: len(step.takes))
    by_itself = step.takes if step.kept else ()  # what keeps nothing is not run where something is lent for it
    taken = {taken.name if isinstance(taken, Built) else taken for taken in by_itself}
    put_there = {name for name, _, _ in step.left_in_taken}
    within = [name for name, root, _ in step.leaves if root != "self" and root not in taken and name not in put_there]
    return step if len(within) == len(step.packed) + sum(map(len, step.listed.values())) else None


class Heard:
    """Hears what the reference calls its functions with, and what they give, by the number of a question."""

    def __init__(self, questions: Sequence[Question], read: Callable[[str], Collection[str] | None]) -> None:
        self._questions = questions
        self._read = read  # what of its object a method reads, None where nobody can tell
        self._open: list[tuple[int, Asked]] = []  # calls within calls: the last one is over first
        self._calls: dict[int, list[LentCall | None]] = defaultdict(list)

    def asked(self, question: int, asked: Asked) -> Reply:
        """Lend nothing, and ask what it gives."""
        calls = self._calls[question]
        few = len(calls) <= MOST_CALLS
        self._open += [(len(calls), asked)] if few else []
        calls.append(None)
        return Reply(tell=few)

    def gave(self, question: int, gave: Gave) -> None:
        """Keep it with what it was called with."""
        place, asked = self._open.pop()
        function = self._questions[question].lends[asked.number].function
        given = _as_read(asked.given, self._read(function))
        if gave.results is not None and UNTOLD not in [told for told in given if isinstance(told, str)]:
            self._calls[question][place] = LentCall(function, given, gave.results, gave.left)

    def calls(self, question: int) -> tuple[LentCall, ...]:
        """All calls of a question, each once; none if they are too many, or give otherwise for the same."""
        heard = self._calls[question]
        found: dict[tuple[object, ...], LentCall] = {}
        held: dict[tuple[object, ...], int] = {}
        places: dict[int, int] = {}  # of a call that was heard, among those that are held
        for number, call in enumerate(heard):
            if call is None:
                continue
            given = tuple(_placed(told, places) if isinstance(told, tuple) else told for told in call.given)
            name = (call.function, *map(_bytes_of, given))
            known = found.setdefault(name, replace(call, given=given))
            places[number] = held.setdefault(name, len(held))
            if [known.left, *map(_bytes_of, known.results)] != [call.left, *map(_bytes_of, call.results)]:
                return ()
        parts = (part for call in found.values() for part in (*call.given, *call.results))
        size = sum(part.nbytes for part in parts if isinstance(part, np.ndarray))
        return tuple(found.values()) if len(heard) <= MOST_CALLS and size <= MOST_BYTES else ()


def _as_read(given: tuple[Told, ...], read: Collection[str] | None) -> tuple[Told, ...]:
    """What it was called with, and what its object held of that which it reads; of all else the names alone."""
    if read is None:
        return given
    told = Parted.of(given)
    held = {name: of if name[len(HELD) :].partition(".")[0] in read else () for name, of in told.held.items()}
    return (*told.given, *(one for name, of in held.items() for one in (name, *of)))


def _placed(calls: Sequence[int], places: Mapping[int, int]) -> tuple[int, ...]:
    """The same calls by their places; those that are not held have none."""
    return tuple(sorted({places[call] for call in calls if call in places}))


def _bytes_of(told: Told) -> tuple[object, ...]:
    return (told.dtype.str, told.shape, told.tobytes()) if isinstance(told, np.ndarray) else (told,)


class Ledger:
    """Lends what is right for what a function was called with, where the reference calls it so in the same case."""

    def __init__(self, questions: Sequence[Question], lent: Lent, places: Sequence[int]) -> None:
        self._questions = questions
        self._known = [Known.of(lent[place]) for place in places]
        self._settings = lru_cache(partial(Settings.of, lent))
        # Of each call so far, which of the reference's it is; and the functions for which something was lent.
        self._found: dict[int, dict[int, int]] = defaultdict(dict)
        self._lent: dict[int, set[str]] = defaultdict(set)

    def asked(self, question: int, asked: Asked) -> Reply:
        """Tell what is lent; nothing for what the reference does not call it with."""
        known, found = self._known[question], self._found[question]
        function = self._questions[question].lends[asked.number].function
        given = [_placed(told, found) if isinstance(told, tuple) else told for told in asked.given]
        place = known.find(function, given)
        if place < 0 and any(isinstance(told, str) and told.startswith(HELD) for told in given):
            completed = self._settings(function).completed(given)
            place = known.find(function, completed) if completed else place
        place = find_laid_out(known.calls, function, given) if place < 0 else place
        results = None if place >= 0 else known.put_together(function, given)
        found[len(found)] = place if results is None else len(known.calls)
        if found[len(found) - 1] >= 0:
            self._lent[question].add(function)
        return Reply(known.calls[place].results, known.calls[place].left) if place >= 0 else Reply(results)

    def gave(self, question: int, gave: Gave) -> None:
        """Nobody asked for it."""

    def lent_to(self, question: int) -> set[str]:
        """The functions for which something was lent."""
        return self._lent[question]

    def lent_all(self, question: int) -> bool:
        """Whether something was asked for, and all of that was lent."""
        return bool(self._found[question]) and min(self._found[question].values()) >= 0


class Known(NamedTuple):
    """The calls of one case, and of each what its numbers come to, by which most others are told from it."""

    calls: tuple[LentCall, ...]
    told: tuple[Parted, ...]
    sums: np.ndarray
    sizes: np.ndarray
    behind_any: frozenset[str]  # functions that give the same behind any mask

    @classmethod
    def of(cls, calls: tuple[LentCall, ...]) -> Known:
        """Add them up."""
        told = tuple(Parted.of(call.given) for call in calls)
        sums = [_means(one.given) for one in told]
        masked = frozenset(call.function for call in calls if call.part == ANY_MASK and any(map(is_masked, call.given)))
        return cls(calls, told, np.array([total for total, _ in sums]), np.array([size for _, size in sums]), masked)

    def find(self, function: str, given: Sequence[Told], part: int | None = None) -> int:
        """The place of the call that this one is; -1 where it is none. Of several it is the nearest: `f(w + h)`.

        One that is known as such a part alone, where that is asked for.
        """
        asked = Parted.of(given)
        nearest, least = -1, np.inf
        if sum(one.size for one in given if isinstance(one, np.ndarray)) > _MOST_NUMBERS:
            return nearest
        with np.errstate(all="ignore"):
            total, _ = _means(asked.given)
            near = np.flatnonzero(abs(self.sums - total) <= NEAR * self.sizes)
            for n in (int(n) for n in near if self.calls[n].function == function):
                if part is not None and self.calls[n].part != part:
                    continue
                of_any = part is not None and function in self.behind_any
                if asked.is_near(self.told[n], of_any or self.calls[n].part == ANY_MASK):
                    apart = _apart(asked.given, self.told[n].given)
                    nearest, least = (n, apart) if apart < least else (nearest, least)
                    if not apart:
                        break
        return nearest

    def put_together(self, function: str, given: Sequence[Told]) -> tuple[np.ndarray, ...] | None:
        """What a call comes to of which only parts are known; None where they are not."""
        if not any(call.part and call.function == function for call in self.calls):
            return None

        def find(part: Sequence[Told], way: int) -> LentCall | None:
            place = self.find(function, part, way)
            return self.calls[place] if place >= 0 else None

        return put_together(given, find)


def _means(given: Sequence[Told]) -> tuple[float, float]:
    """The means of all arrays, masks left out, in one sum, and how large it might be: spread arrays keep theirs."""
    told = (one for one in given if isinstance(one, np.ndarray) and one.dtype.kind in "biuf")
    arrays = [(array.astype(np.float64), largest_of(array)) for array in told]
    with np.errstate(all="ignore"):
        total = sum(float(array[abs(array) <= largest].sum()) / max(array.size, 1) for array, largest in arrays)
        return total, sum(largest for _, largest in arrays)


def _apart(given: Sequence[Told], known: Sequence[Told]) -> float:
    """How far those numbers lie apart at most that do so most, of what is near."""
    pairs = zip(given, known, strict=False)
    numbers = [(a, b) for a, b in pairs if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.size]
    return max((float(np.nan_to_num(abs(a.astype(np.float64) - b)).max()) for a, b in numbers), default=0.0)


def lent_places(key: AnswerKey, criteria: Collection[str]) -> Iterator[int]:
    """The entries of some criteria in which something might be lent."""
    for place, entry in enumerate(key.plan.entries):
        if entry.criterion in criteria and entry.purpose in LENDING:
            yield place


def lent_functions(key: AnswerKey) -> set[tuple[str, str]]:
    """Criteria, each with a function of which something can be lent in its cases."""
    return {(key.plan.entries[place].criterion, call.function) for place, calls in key.lent.items() for call in calls}
