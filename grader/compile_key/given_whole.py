"""Graded functions that the hand-out gives whole: a `train` that calls what is to be written.

takes: the assignment, its folder, the key so far, and the room in which sources sit the exam.
gives: their names.
must not know: hand-ins, points.

Who leaves such a one as it is has done what is asked: it is right as soon as what it calls is right.
"""

from __future__ import annotations

import ast
from pathlib import Path

from grader.answer_key import AnswerKey
from grader.assignment import Assignment
from grader.compile_key.authored import source_of
from grader.compile_key.exam_room import ExamRoom
from grader.compile_key.signatures import written_in
from grader.extract import extract
from grader.judge.bench import bench_of
from grader.judge.findings import Exam
from grader.judge.ruling import right_cases
from grader.plan import Purpose


def whole_in(assignment: Assignment, folder: Path, key: AnswerKey, room: ExamRoom) -> tuple[str, ...]:
    """What the hand-out has as the reference has it, or in other words and right there; and that calls another."""
    source, stubs = source_of(assignment.solution), key.rubric.stubs
    digests = extract(source.encode(), "reference.py", list(stubs)).digests
    same = [name for name, given in stubs.items() if digests.get(name) in given]
    paths = [folder / name for name in (*assignment.templates, assignment.handout)]
    given = {name: function for path in paths for name, function in written_in(path, list(stubs)).items()}
    others = [name for name in stubs if name not in same and name in given and _calls(given[name], list(stubs))]
    return (*same, *(name for name in others if _is_right(key, room, name, _with(source, name, given[name]))))


def _calls(function: ast.FunctionDef, graded: list[str]) -> bool:
    """Whether it calls a graded function, as `f(x)` or as `self.f(x)`."""
    called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    names = {
        f.attr if isinstance(f, ast.Attribute) else f.id for f in called if isinstance(f, ast.Attribute | ast.Name)
    }
    return not names.isdisjoint(name.rpartition(".")[2] for name in graded if name.rpartition(".")[2] != function.name)


def _with(source: str, name: str, function: ast.FunctionDef) -> str:
    """The reference with another function of that name."""
    tree = ast.parse(source)
    owner, _, _ = name.rpartition(".")
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef if owner else ast.Module) and getattr(node, "name", "") == owner:
            node.body = [function if getattr(one, "name", "") == function.name else one for one in node.body]
    return ast.unparse(tree)


def _is_right(key: AnswerKey, room: ExamRoom, name: str, source: str) -> bool:
    rule = next(rule for rule in key.rubric.criteria if rule.name == name)
    exam = Exam(bench_of(key), dict(enumerate(room.sit_source(source, {name}, instead=True))))
    asked = {one.name for one in key.plan.entries if (one.criterion, one.purpose) == (name, Purpose.CASE)}
    return right_cases(exam, rule) >= asked
