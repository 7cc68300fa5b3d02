"""A made-up class for the tests of pages: a small exam, students with every verdict, and their records."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np
from small_key import Exam, rule

from grader.errors import SandboxError, SubmissionError
from grader.extract import Cell, Facts
from grader.feedback import graded_record, ungraded_record, unreadable_record
from grader.gradebook import Evidence, Identity, Override, Record, applied
from grader.intake import Arrival
from grader.judge import judge
from grader.key import Basis, pack_outcomes
from grader.key.model import AlternativeRule, BehaviourRule, MistakeRule
from grader.report import PageContext
from grader.sandbox import Level
from grader.score import score_all

PAGE = PageContext("2026-11-20 14:05 UTC", Level.FULL)
HIDDEN = 8642.135  # in all hidden inputs: no page for students may hold it, however it is rounded
RIGHT = """\
import numpy as np


def forward(x, w):
    out = x * w
    return out, (x, w)


def backward(dout, cache):
    x, w = cache
    return dout * w, dout * x
"""
AVERAGED = "dw is averaged over the batch: right too, if the loss takes the sum."
SOURCES = {
    "ada": RIGHT,
    "bob": RIGHT.replace("x * w\n", "x + w\n"),  # a known mistake; its backward is right, given the cache
    "carl": RIGHT.replace("out = x * w", "out = np.exponential(x)"),
    "dora": RIGHT.replace("return dout * w, dout * x", "return dout * w * 2, dout * x"),
    "eve": RIGHT.replace("return out, (x, w)", "return out, None"),
    "finn": "import numpy as np\n",
    "gina": RIGHT.replace("return out", "return out if x.max() < 100 else x"),  # wrong in hidden cases only
    "hugo": RIGHT.replace("def backward(dout, cache):", "def backward(dout, cache):\n    return None"),
    "ina": RIGHT.replace("x * w\n", "-x * w\n").replace("dout * w, dout * x", "-dout * w, -dout * x"),
    "jo": RIGHT,
    "ned": RIGHT.replace("dout * x", "dout * x / len(x)"),
}
NAMES = {"ada": "Ada Lovelace", "bob": "Bob <b>Ross</b>", "ina": "Ünïcödé Ñame"}


SHAPES = [("public", (3, 4), "values"), ("public", (2, 3, 4), "images"), ("hidden", (9, 11), "values")]


def both(student: Any, x: Any, w: Any, dout: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    out, cache = student.forward(x, w)
    yield "forward", {"out": out}
    dx, dw = student.backward(dout, cache)
    yield "backward", {"dx": dx, "dw": dw}


def backward_given(student: Any, dout: Any, cache: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    dx, dw = student.backward(dout, cache)
    yield "backward", {"dx": dx, "dw": dw}


def functions(source: str) -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(source, space)
    return {name: space[name] for name in ("forward", "backward") if name in space}


def small_exam() -> Exam:
    """Two functions with 50 points: public and hidden cases, a mistake, given cases."""
    images, mistake = BehaviourRule("images", Fraction(5), needs=("values",)), "plus instead of times"
    known = MistakeRule(mistake, "This adds w; it multiplies.", "Write `x * w`.", Fraction(1, 5), (mistake,))
    also = AlternativeRule("averaged", AVERAGED)
    values = BehaviourRule("values", Fraction(15))
    forward = rule("forward", ["out"], values, images, mistakes=(known,), elementwise=True)
    gradients = (BehaviourRule("gradients", Fraction(20)), BehaviourRule("images", Fraction(10)))
    backward = rule("backward", ["dx", "dw"], *gradients, alternatives=(also,))
    variants = {mistake: functions(SOURCES["bob"]), "averaged": functions(SOURCES["ned"])}
    exam = Exam([forward, backward], functions(RIGHT), **variants)
    random = np.random.default_rng(3)
    for seen, shape, shown in SHAPES:
        x, w, dout = (np.round(random.normal(size=shape), 3) for _ in range(3))
        if seen == "hidden":
            x.flat[::7], w.flat[3], dout.flat[5] = HIDDEN, HIDDEN, HIDDEN
        also_shown = "images" if len(shape) > 2 else "gradients"
        exam.add(both, {"x": x, "w": w, "dout": dout}, {"forward": shown, "backward": also_shown}, seen)
        given = {"dout": dout, "cache": (x, w)}
        exam.add(backward_given, given, {"backward": also_shown}, seen, Basis.GIVEN, needs=("forward",))
    questions = "\n".join(inspect.getsource(one) for one in (both, backward_given))
    exam.key = msgspec.structs.replace(exam.key, questions=questions, digest="0123456789abcdef")
    return exam


def record_of(exam: Exam, student: str, source: str, **more: Any) -> Record:
    """The record of a source, as the pipeline would make it; `more` are fields of its facts."""
    places = {found[1]: (1, source[: found.start()].count("\n") + 1) for found in re.finditer(r"def (\w+)", source)}
    outcomes, facts = exam.ask(functions(source)), Facts(places=places, left_out=3, **more)
    file, cells = f"{student}/layer.ipynb", [Cell(1, "code", source), Cell(2, "markdown", "# the end")]
    identity = Identity(student, NAMES.get(student, ""), file, "ab" * 32, student, Arrival("moodle"))
    scores = score_all(exam.key, judge(exam.key, outcomes, facts))
    evidence = Evidence(facts, pack_outcomes(outcomes), "full", 0.25)
    return graded_record(identity, exam.key, scores, cells, evidence)


def records(exam: Exam) -> dict[str, Record]:
    """The class: those of `SOURCES`, an empty template, one unreadable, one that we failed at, one changed by a TA."""
    key, made = exam.key, {student: record_of(exam, student, source) for student, source in SOURCES.items()}
    untouched = RIGHT.replace("x * w", "None").replace("dout * w, dout * x", "None")
    made["kim"] = record_of(exam, "kim", untouched, untouched=("forward", "backward"))
    late = Arrival("moodle", late_by=7200, notes=("Handed in twice; the newest was graded.",))
    unreadable = SubmissionError("lea/layer.ipynb is empty", "save it again, and hand in the new file")
    made["lea"] = unreadable_record(Identity("lea", "", "lea/layer.ipynb", "", "lea", late), key, unreadable)
    who, fault = Identity("max", "", "max/layer.ipynb", "", "max"), SandboxError("the disk is full")
    made["max"] = ungraded_record(who, key, fault)
    reason, before = "Two lines are a friend's.", ("wrong", Fraction(0))
    said = Override("jo", "forward", Fraction(7), reason, "Kay", "", "review", *before)
    made["jo"] = applied(made["jo"], {"forward": said}, key.rubric.worth)
    return made


EXAM = small_exam()
KEY = EXAM.key
CLASS = records(EXAM)
