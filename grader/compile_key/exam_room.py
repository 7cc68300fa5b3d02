"""Where the reference, every variant of it and an author's notebooks sit the exam that students will sit.

takes: an assignment, its plan, a sandbox.
gives: `ExamRoom`: outcomes in the order of the plan, and what the reference calls its functions with.
must not know: answers, what is right, how an author's files are found.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType, ModuleType

import numpy as np

from grader.answer_key import AnswerKey, Lent
from grader.assignment import Alternative, Assignment, Limits, Mistake
from grader.assignment.policies import LEAST_MEMORY
from grader.compile_key.authored import beside, source_file
from grader.compile_key.key_notes import Took
from grader.compile_key.reads import read_of_object
from grader.errors import AuthorError
from grader.extract import extract, with_given
from grader.extract.imports.modules import Lookup
from grader.lending import Heard, called_within, lending, lent_places
from grader.lending.beside import with_negatives, with_rows
from grader.lending.masked import with_masks
from grader.lending.piecewise import with_parts
from grader.lending.swapped import with_columns, with_one_hot, with_swaps
from grader.plan import ANSWERED, CallPlan, Purpose
from grader.plan.called_here import PATIENCE
from grader.plan.questions import DRAWING, behind_a_draw
from grader.sandbox import Sandbox, Terms, sit
from grader.wire import Outcome, Piece, Program, Question, Status, Trouble

Variant = Alternative | Mistake
# One outcome for all that is not asked: what is concluded from shared ones is remembered, and each variant of one
# function is asked nothing of the others.
_UNASKED = Outcome(Status.NOT_REACHED, shared=True)


class ExamRoom:
    """Lets the reference, or a variant of it, sit the plan through the wall."""

    def __init__(
        self, assignment: Assignment, plan: CallPlan, sandbox: Sandbox, files: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.assignment, self.plan, self.sandbox = assignment, plan, sandbox
        self.files = files
        self.took: list[Took] = []
        self._numbers: dict[str, int] = {}  # of the author's files, as if each were a cell
        self._read: dict[Path, tuple[Piece, ...]] = {}  # as they were first: the exam is of one state of them

    def sit(self, variant: Variant | None, whole: bool = False) -> list[tuple[Outcome, ...]]:
        """All outcomes in the order of the plan. A variant is asked its own criterion's cases, unless `whole`."""
        if variant is None or whole:
            return self._sit(self._program(variant), range(len(self.plan.entries)))
        purposes = (Purpose.CASE,) if self._has_a_forward(variant) else ANSWERED
        entries = enumerate(self.plan.entries)
        wanted = {(variant.criterion, purpose) for purpose in purposes}
        wanted |= {(name, Purpose.CASE) for name in self.built_on(variant)}
        asked = [n for n, e in entries if (e.criterion, e.purpose) in wanted]
        return self._sit(self._program(variant), asked)

    def _has_a_forward(self, variant: Variant) -> bool:
        """Whether a backward may have a forward of its own: that, what that calls, or a helper which nobody grades.

        Then it has a cache of its own, and can do nothing with the reference's.
        """
        rules = {criterion.name: criterion for criterion in self.assignment.criteria}
        rule = rules[variant.criterion].follow_through
        ahead = {rule.forward, *self.assignment.called_by(rules[rule.forward])} if rule else set()
        return not variant.replaces.keys() - {variant.criterion} <= rules.keys() - ahead

    def built_on(self, variant: Variant) -> tuple[str, ...]:
        """The criteria whose functions come to call the one that it is a variant of: it shows in their answers too."""
        is_range = isinstance(variant, Alternative) and variant.between
        criteria = () if is_range else self.assignment.criteria
        called_by = self.assignment.called_by
        return tuple(criterion.name for criterion in criteria if variant.criterion in called_by(criterion))

    def sit_twice(self) -> tuple[list[tuple[Outcome, ...]], list[tuple[Outcome, ...]]]:
        """All outcomes of the reference, and all once more in the same process."""
        questions, limits = [entry.question for entry in self.plan.entries], self.assignment.limits
        started = time.monotonic()
        twice = replace(limits, total_seconds=2 * limits.total_seconds)
        sitting = sit(self.sandbox, self._program(None), [*questions, *questions], twice)
        self.took.append(Took(sitting.slowest, (time.monotonic() - started) / 2))
        return list(sitting.outcomes[: len(questions)]), list(sitting.outcomes[len(questions) :])

    def sit_behind_a_draw(self) -> list[tuple[Outcome, ...]]:
        """All outcomes of the reference where numbers were drawn before each question, and not from its own seed."""
        program = self._program(None)
        program = replace(program, definitions=(*program.definitions, DRAWING))
        questions = [behind_a_draw(entry.question) for entry in self.plan.entries]
        return [steps[1:] for steps in sit(self.sandbox, program, questions, self.assignment.limits).outcomes]

    def sit_behind(self, first: Piece) -> list[tuple[Outcome, ...]]:
        """All outcomes of the reference where something else is run before it."""
        program = self._program(None)
        program = replace(program, definitions=(first, *program.definitions))
        return self._sit(program, range(len(self.plan.entries)))

    def sit_notebook(self, notebook: Path) -> list[tuple[Outcome, ...]]:
        """Everything, for what a notebook defines and nothing else."""
        found = self._definitions(notebook.read_bytes(), notebook.name)
        return self._sit(Program(found, found, self.plan.functions), range(len(self.plan.entries)))

    def sit_source(
        self, source: str, criteria: set[str], instead: bool, purpose: Purpose = Purpose.CASE
    ) -> list[tuple[Outcome, ...]]:
        """The cases of some criteria, for a source that is run `instead` of the reference or behind it."""
        found = self._definitions(source.encode(), "variant.py", beside(source_file(self.assignment.solution)))
        pieces = () if instead else self._pieces([self.assignment.solution])
        program = Program((*pieces, *found), (*pieces, *found), self.plan.functions)
        entries = enumerate(self.plan.entries)
        return self._sit(program, [n for n, e in entries if e.criterion in criteria and e.purpose is purpose])

    def hear(self, key: AnswerKey) -> Lent:
        """What the reference calls its graded functions with within others, and what these give, by entry."""
        places = [*lent_places(key, [rule.name for rule in key.rubric.criteria if called_within(key, rule.name)])]
        questions = [lending(key, place) for place in places]
        heard = Heard(questions, lru_cache(partial(read_of_object, self.assignment.solution)))
        limits = replace(self.assignment.limits, call_seconds=self.assignment.limits.call_seconds + PATIENCE)
        sitting = sit(
            self.sandbox, self._program(None), questions, limits, replace(Terms.of(len(questions)), lender=heard)
        )
        whole = [n for n, steps in enumerate(sitting.outcomes) if steps[-1].status is Status.RETURNED]
        steps = {step.function: step for question in questions for step in question.lends}
        known = {places[n]: calls for n in whole if (calls := heard.calls(n))}
        within = {place: self.plan.entries[place].question for place in known}
        parts = with_parts(with_swaps(known, steps, self._gives), steps, self._gives, within)
        more = with_rows(with_negatives(parts, steps, self._gives), steps, self._gives, within)
        labels = with_one_hot(with_masks(more, steps, self._gives), steps, self._gives)
        return with_columns(labels, steps, self._gives)

    def _gives(self, questions: Sequence[Question]) -> list[tuple[np.ndarray, ...] | None]:
        """What the reference gives for questions of one call; None where that is not all arrays."""
        sitting = sit(self.sandbox, self._program(None), questions, self.assignment.limits)
        found: list[tuple[np.ndarray, ...] | None] = []
        for question, (outcome,) in zip(questions, sitting.outcomes, strict=True):
            values = [outcome.values.get(name) for name in question.steps[0].gives]
            arrays = tuple(value.array for value in values if value is not None and value.array is not None)
            found.append(arrays if len(arrays) == len(values) else None)
        return found

    def fits_in_half(self) -> bool:
        """Whether the reference answers everything with half of the memory that a hand-in may use."""
        limits = replace(self.assignment.limits, memory_mb=max(self.assignment.limits.memory_mb // 2, LEAST_MEMORY))
        outcomes = self._sit(self._program(None), range(len(self.plan.entries)), limits)
        due = zip(self.plan.entries, outcomes, strict=True)
        returning = (outcome for entry, steps in due for outcome in (steps[:-1] if entry.raises else steps))
        return all(outcome.status is Status.RETURNED for outcome in returning)

    def _sit(self, program: Program, asked: Sequence[int], limits: Limits | None = None) -> list[tuple[Outcome, ...]]:
        """Ask some entries; those that are not asked are *not reached*."""
        questions = [self.plan.entries[n].question for n in asked]
        started = time.monotonic()
        sitting = sit(self.sandbox, program, questions, limits or self.assignment.limits)
        self.took.append(Took(sitting.slowest, time.monotonic() - started))
        given = dict(zip(asked, sitting.outcomes, strict=True))
        return [given.get(n, (_UNASKED,) * len(entry.question.steps)) for n, entry in enumerate(self.plan.entries)]

    def _program(self, variant: Variant | None) -> Program:
        replaced = dict(variant.replaces) if variant else {}
        try:
            pieces = self._pieces([self.assignment.solution, *replaced.values()])
        except AuthorError as error:
            raise AuthorError(f"'{variant.name}': {error}" if variant else str(error), error.hint) from error
        pieces.extend(_put_in_place(name, function) for name, function in replaced.items())
        return Program(tuple(pieces), tuple(pieces), self.plan.functions)

    def _pieces(self, things: Sequence[ModuleType | Callable[..., object]]) -> list[Piece]:
        pieces: list[Piece] = []
        for file in dict.fromkeys(map(source_file, things)):
            if file not in self._read:
                self._read[file] = self._definitions(file.read_bytes(), file.name, beside(file))
            for piece in self._read[file]:
                number = self._numbers.setdefault(piece.module or file.name, len(self._numbers) + 1)
                pieces.append(replace(piece, cell=number))
        return pieces

    def place(self, trouble: Trouble) -> str:
        """The author's file and line where something went wrong; empty where that is not known."""
        file = next((file for file, number in self._numbers.items() if number == trouble.cell), "")
        return f"{file}, line {trouble.line}" if file and trouble.line else ""

    def _definitions(self, data: bytes, file: str, find: Lookup | None = None) -> tuple[Piece, ...]:
        return extract(data, file, self.plan.functions, with_given(find, self.files)).program.definitions


def _put_in_place(name: str, function: Callable[..., object]) -> Piece:
    return Piece(0, 1, f"{name} = {function.__qualname__}")
