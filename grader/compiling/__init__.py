"""Compile an assignment to its key: the reference and all variants sit the exam, and an unfair key is refused."""

from __future__ import annotations

import ast
import os
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from grader.assignment.loading import load_assignment, sources_digest
from grader.assignment.words import Alternative, Assignment, Mistake
from grader.compiling import refusals
from grader.compiling.exams import ExamRoom, program_of
from grader.compiling.expanding import Expanding, with_stages
from grader.compiling.refusals import Parameters, notes_on, refuse
from grader.compiling.rubric import parameters_in, read_handouts, rubric_of
from grader.errors import AuthorError
from grader.extract import Reading
from grader.key import digest_of
from grader.key.model import REFERENCE, Basis, Key
from grader.key.stubs import stub_answerer
from grader.outcomes import Outcomes
from grader.sandbox import Sandbox

__all__ = ["ExamRoom", "compile_key", "program_of"]
Tell = Callable[[str], None]


def compile_key(
    folder: Path, sandbox: Sandbox, hidden_seed: str | int | None = None, tell: Tell = lambda note: None
) -> Key:
    """The full key of the assignment in a folder; raises `AuthorError` for one that would grade unfairly.

    Hidden inputs are drawn by `hidden_seed`, or by 128 random bits; give the `seed` of the key before, and outcomes of
    questions that did not change can be judged again. `tell` is called with each note for the author.
    """
    assignment = load_assignment(folder)
    seed = secrets.token_hex(16) if hidden_seed is None else str(hidden_seed)
    questions, expanding = _questions_of(assignment), Expanding(assignment, seed)
    handouts = read_handouts(assignment)
    rubric = rubric_of(assignment, questions, tuple(expanding.gradients), handouts)
    key = Key(rubric, tuple(expanding.entries), questions, {}, sources=sources_digest(folder), seed=seed)
    reference, started = program_of(assignment), time.monotonic()
    outcomes, stages = ExamRoom(sandbox, key).sit_first(reference)
    seconds = time.monotonic() - started
    refuse(refusals.reference_does_not_return(key, stages, outcomes))
    key = msgspec.structs.replace(key, entries=with_stages(key.entries, stages, assignment))
    refuse(refusals.behaviours_without_case(key), refusals.given_inputs_used_elsewhere(key))
    room = ExamRoom(sandbox, key)
    refuse(refusals.reference_is_not_steady(key, outcomes, room.sit(reference, reversed(range(len(key.entries))))))
    recordings = room.recordings(reference, assignment.reference)
    answered = {n: found for n, found in outcomes.items() if key.entries[n].basis is not Basis.RELATIVE}
    key = msgspec.structs.replace(key, answers={REFERENCE: answered}, recordings=recordings)
    refuse(refusals.reference_is_not_right(key, outcomes))
    refuse(refusals.answers_for_nothing(key), refusals.answers_among_inputs(key))
    key = _with_variants(key, assignment, sandbox)
    written = _check_handouts(key, assignment, sandbox, handouts)
    for note in notes_on(key, assignment, seconds, written):
        tell(note)
    return msgspec.structs.replace(key, digest=digest_of(key))


def _with_variants(key: Key, assignment: Assignment, sandbox: Sandbox) -> Key:
    """The key with the answers of every alternative and of every form of every mistake."""
    room, answer = ExamRoom(sandbox, key), stub_answerer(key)

    def sit(one: Alternative | Mistake, name: str) -> Outcomes:
        replaces = one.forms[name]
        # One that replaces more than its own function may have a cache of its own, and is given none.
        bases = {Basis.OWN} | ({Basis.GIVEN} if set(replaces) <= {one.criterion} else set())
        asked = [n for n, it in enumerate(key.entries) if one.criterion in it.stages and it.basis in bases]
        return room.sit(program_of(assignment, replaces), asked, answer, f"{type(one).__name__} '{name}'")

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # each waits for a process of its own
        sitting = {name: pool.submit(sit, one, name) for one in assignment.variants for name in one.forms}
        answers = {**key.answers, **{name: one.result() for name, one in sitting.items()}}
    key = msgspec.structs.replace(key, answers=answers)
    wrong = (refusals.alternative_is_wrong(key, one, answers[one.name]) for one in assignment.alternatives)
    forms = ((one, name) for one in assignment.mistakes for name in one.forms)
    refuse(*wrong, *(refusals.mistake_is_not_caught(key, one, name, answers[name]) for one, name in forms))
    return key


def _check_handouts(key: Key, assignment: Assignment, sandbox: Sandbox, handouts: Mapping[str, Reading]) -> Parameters:
    """Refuse what students cannot use or need not change; gives the parameters of the functions that they are given."""
    written: dict[str, Mapping[str, str]] = {}
    own = [n for n, entry in enumerate(key.entries) if entry.basis is Basis.OWN]
    for file, reading in handouts.items():
        found = parameters_in(reading)
        written |= found
        refuse(refusals.signatures_differ(assignment, file, found))
        refuse(refusals.handout_earns_points(key, file, ExamRoom(sandbox, key).sit(reading.program, own)))
    return written


def _questions_of(assignment: Assignment) -> str:
    """The source of the drivers: one file that imports numpy and Python's own modules only."""
    files = dict.fromkeys(question.driver.__code__.co_filename for question in assignment.questions)
    if len(files) > 1:
        raise AuthorError(f"The drivers are in {' and '.join(files)}", "write all of them into questions.py")
    source = Path(next(iter(files))).read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
        if strange := [name for name in names if name.split(".")[0] not in {*sys.stdlib_module_names, "numpy"}]:
            what = f"{next(iter(files))} imports {strange[0]}, which is not there beside a submission"
            raise AuthorError(what, "import numpy and Python's own modules only; all else is an input")
    return source
