"""An assignment -> its answer key: the reference and every variant of it sit the exam that students will sit.

takes: an assignment's folder and a sandbox.
gives: `AnswerKey`; a declaration that would grade unfairly is refused (`fair_key`).
must not know: submissions, how an author's files are found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from grader.answer_key import REFERENCE, AnswerKey, with_files
from grader.answer_key.rubric import write_rubric
from grader.assignment import Assignment, Mistake
from grader.compile_key.authored import load_assignment, source_file, sources_digest
from grader.compile_key.exam_room import ExamRoom, Variant
from grader.compile_key.given_whole import whole_in
from grader.compile_key.handed_out import (
    files_in,
    names_in,
    notes_on_absent,
    notes_on_packages,
    said_in,
    stubs_in,
)
from grader.compile_key.key_notes import notes_on, notes_on_mistakes, notes_on_truth
from grader.compile_key.signatures import unread_in
from grader.compile_key.unsettled import (
    OTHER_SIGNS,
    in_float32,
    notes_on_chance,
    notes_on_rounding,
    notes_on_signs,
    notes_on_ties,
)
from grader.compile_key.untold import (
    helpers_in,
    notes_on_constants,
    notes_on_constructors,
    notes_on_defaults,
    notes_on_draws,
    notes_on_helpers,
    notes_on_names,
)
from grader.edition import edition
from grader.fair_key import (
    check_alternatives,
    check_handout,
    check_reference,
    check_steady,
    check_template,
    check_verdicts,
)
from grader.judge.bench import bench_of
from grader.judge.findings import Exam
from grader.judge.ruling import right_cases
from grader.lending import lent_functions
from grader.plan import ANSWERED, CallPlan, Entry, Purpose, make_plan
from grader.sandbox import Sandbox
from grader.wire import Outcome, Status


def compile_key(
    folder: Path, sandbox: Sandbox, hidden_seed: int | None = None, tell: Callable[[str], None] = lambda note: None
) -> AnswerKey:
    """Make the full key of the assignment in `folder`; `tell` hears of what is not refused and worth a look."""
    assignment = load_assignment(folder)
    plan = make_plan(assignment, hidden_seed)
    rubric = write_rubric(assignment, stubs_in(assignment, folder, plan.functions))
    files = files_in(assignment, folder, plan.functions)
    given = names_in(assignment, folder, plan.functions)
    rubric = replace(
        rubric, files=files, given=given, unread=unread_in(source_file(assignment.solution), plan.functions)
    )
    plan = with_files(plan, rubric.files)
    key = AnswerKey(
        plan, rubric, {}, sources=sources_digest(folder), seeded=hidden_seed is not None, compiled_by=edition()
    )
    room = ExamRoom(assignment, plan, sandbox, rubric.files)
    reference = room.sit(None)
    key = replace(key, answers={REFERENCE: _answers(plan, reference)})
    check_reference(key, reference, room.place)
    check_steady(plan, reference, *room.sit_twice())
    rubric = replace(rubric, whole=whole_in(assignment, folder, key, room))
    key = replace(key, rubric=rubric, lent=room.hear(key))
    notes = notes_on(assignment, room.took[:2], room.fits_in_half(), lent_functions(key))
    for note in (*notes, *_untold(assignment, folder, key, room)):
        tell(note)
    forms = chain.from_iterable(mistake.forms for mistake in assignment.mistakes)
    variants: tuple[Variant, ...] = (*assignment.alternatives, *forms)
    sat = {variant.name: room.sit(variant) for variant in variants}
    check_alternatives(plan, assignment, sat, room.place)
    answers = {v.name: _answers(plan, sat[v.name], v, room.built_on(v)) for v in variants}
    key = replace(key, answers={**key.answers, **answers})
    given_away = _given_away(key, room.sit_notebook(folder / assignment.handout))
    key = replace(key, rubric=replace(rubric, given_away=given_away))
    check_handout(key)
    for template in assignment.templates:
        check_template(template, _given_away(key, room.sit_notebook(folder / template)), given_away)
    check_verdicts(key, assignment, reference, sat, room.place)

    def ask(other: CallPlan) -> list[tuple[Outcome, ...]]:
        return ExamRoom(assignment, other, sandbox, key.rubric.files).sit(None)

    unsettled = (*notes_on_chance(key, room.sit_behind_a_draw()), *notes_on_ties(key, ask))
    unsettled = (*unsettled, *notes_on_signs(key, room.sit_behind(OTHER_SIGNS)))
    for note in (
        *notes_on_rounding(key, ask(in_float32(plan))),
        *notes_on_truth(key),
        *notes_on_mistakes(key),
        *unsettled,
    ):
        tell(note)
    return key


def _untold(assignment: Assignment, folder: Path, key: AnswerKey, room: ExamRoom) -> Iterator[str]:
    """What the hand-out lacks, and what students would have to guess: defaults, and names that nothing says."""
    handout, plan = folder / assignment.handout, key.plan
    yield from notes_on_packages(assignment, folder, list(key.rubric.files))
    yield from notes_on_absent(assignment, handout, key.rubric)
    # Only of cases: elsewhere the reference's own is handed.
    asked = [entry for entry in plan.entries if entry.purpose is Purpose.CASE]
    built = [one.form for entry in asked for step in entry.question.steps for one in step.built]
    drawn = frozenset(re.findall(r"\w+", "\n".join(built)))
    yield from notes_on_defaults(assignment, handout, plan.functions)
    yield from notes_on_constants(assignment, handout)
    yield from notes_on_constructors(assignment, handout, plan.functions)
    if helpers := helpers_in(assignment, handout, plan.functions):
        source, criteria = "\n\n".join(helpers.values()), {rule.name for rule in key.rubric.criteria}
        yield from notes_on_helpers(key, helpers, room.sit_source(source, criteria, instead=False))
    said = said_in(assignment, folder)
    yield from notes_on_names(assignment, said, drawn)
    yield from notes_on_draws(assignment, said)


def _given_away(key: AnswerKey, outcomes: Sequence[tuple[Outcome, ...]]) -> dict[str, tuple[str, ...]]:
    """The cases that come out right for the hand-out as it is: a template may well return its input, or zeros."""
    exam = Exam(bench_of(key), dict(enumerate(outcomes)))
    right = {rule.name: right_cases(exam, rule) for rule in key.rubric.criteria}
    return {name: tuple(sorted(cases)) for name, cases in right.items() if cases}


# ---- what of their answers the key has -------------------------------------------------------------------------


def _answers(
    plan: CallPlan,
    outcomes: Sequence[tuple[Outcome, ...]],
    variant: Variant | None = None,
    built_on: Sequence[str] = (),
) -> dict[int, Outcome]:
    """The last step's outcome of every entry with an answer: not of nudged calls.

    With a handed cache a right variant must have returned; a mistake may have raised, if it was asked at all. What is
    built on a variant has answers where all of its cases come to arrays.
    """
    none = (Status.NOT_REACHED,) if isinstance(variant, Mistake) else tuple(set(Status) - {Status.RETURNED})
    every = {entry.criterion for entry in plan.entries}
    criteria = {variant.criterion, *_whole(plan, outcomes, built_on)} if variant else every
    return {
        n: steps[-1]
        for n, (entry, steps) in enumerate(zip(plan.entries, outcomes, strict=True))
        if entry.criterion in criteria
        and (entry.purpose is Purpose.CASE or (entry.purpose in ANSWERED and _is_one(entry, steps[-1].status, none)))
    }


def _is_one(entry: Entry, status: Status, none: Sequence[Status]) -> bool:
    """Whether that is an answer; what is raised is one where it is due."""
    return status not in none or (bool(entry.raises) and status is Status.RAISED)


def _whole(plan: CallPlan, outcomes: Sequence[tuple[Outcome, ...]], criteria: Sequence[str]) -> set[str]:
    """Those of the criteria in all of whose cases every graded result is an array."""
    asked = [
        (e, steps[-1].values) for e, steps in zip(plan.entries, outcomes, strict=True) if e.purpose is Purpose.CASE
    ]
    lacking = {e.criterion for e, got in asked if any(n not in got or got[n].array is None for n in e.grade)}
    return set(criteria) - lacking
