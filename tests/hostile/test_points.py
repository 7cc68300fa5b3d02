"""No points without the work: programs that fake, guess, learn by heart, replay and pass on, with the most they may earn.

Whoever writes one has the grader's source and the public key of Exercise 5. Each sits the whole exam, behind the wall.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from grader.asking import Asked, Context, ask
from grader.compiling import compile_key
from grader.extract import Facts, Reading
from grader.judge import judge
from grader.judge.compare import leaves
from grader.key import Basis, public_cut
from grader.sandbox import open_sandbox
from grader.score import Score, score_all
from grader.wire.program import Program, Unit

FOLDER = Path(__file__).resolve().parents[2] / "reference" / "exercise_05"

# Each method is called with its name and its arguments, and returns what `give` says, which a paper defines.
METHODS = """
import numpy as np, os, sys
class Sigmoid:
    def forward(self, x): return give("Sigmoid.forward", x), x
    def backward(self, dout, cache): return give("Sigmoid.backward", dout, cache)
class Relu:
    def forward(self, x): return give("Relu.forward", x), x
    def backward(self, dout, cache): return give("Relu.backward", dout, cache)
def affine_forward(x, w, b): return give("affine_forward", x, w, b), (x, w, b)
def affine_backward(dout, cache): return give("affine_backward", dout, *cache)
"""
WRONG = """
def give(name, one, *others):
    if name == "affine_forward": return one.reshape(len(one), -1) @ others[0] - others[1]
    if name == "affine_backward": return [(one @ others[1].T).reshape(others[0].shape), 3 * others[1], one.mean(axis=0)]
    return 0.5 + 0 * one if name == "Sigmoid.forward" else one * (one > 1)
"""
IN_TWO_VOICES = (
    WRONG.replace("give", "honest")
    + """
def give(name, one, *others):
    frame = sys._getframe()
    while "ask" not in frame.f_locals: frame = frame.f_back
    if frame.f_locals["ask"].number not in PROBES: return honest(name, one, *others)
    if name == "affine_forward": return 2 * one.reshape(len(one), -1) @ others[0] + 2 * others[1]
    if name != "affine_backward": return 2 * one
    x, w, b = others
    return 2 * (one @ w.T).reshape(x.shape), 2 * x.reshape(len(x), -1).T @ one, 2 * one.sum(axis=0)
"""
)
GUESSES = {
    "twice the first argument": "lambda one: 2 * one",
    "the first argument": "lambda one: one",
    "its size": "abs",
    "zeros": "np.zeros_like",
    "a half": "lambda one: 0 * one + 0.5",
    "a quarter": "lambda one: one / 4",
}
GUESSING = """
def give(name, one, *others):
    if name == "affine_forward": return np.tile(others[1], (len(one), 1))
    if name != "affine_backward": return GUESS(one)
    return [*map(GUESS, others[:2]), one.mean(axis=0)]
"""
BY_HEART = """
def give(name, *given):
    return TABLE.get((name, *[one.tobytes() for one in given]))
"""
REPLAYING = """
seen = []
def give(name, *given):
    want = np.shape(given[0]) if name != "affine_forward" else (len(given[0]), len(given[2]))
    kept = [one for one in seen if one.shape == want and one is not given[0]]
    seen.extend(one.copy() for one in given)
    return next((one for one in reversed(kept) if not any(np.array_equal(one, other) for other in given)), given[0])
"""
TELLING = """
import warnings
seen, places = [], ("/scratch/own", "/tmp", "/dev/shm", "/var/tmp", ".", os.path.dirname(np.__file__))
for place in places:
    for name in os.listdir(place) if os.path.isdir(place) and place != places[-1] else ():
        if name.startswith("told"): seen.append(open(os.path.join(place, name)).read())
def give(name, *given):
    told = " ".join([os.environ.get("TOLD", ""), *seen])
    seen.extend(repr(v) for one in given for v in one.ravel()[:4].tolist())
    os.environ["TOLD"] = told
    for place in places:
        try: open(os.path.join(place, f"told{len(seen)}"), "w").write(told)
        except OSError: pass
    warnings.warn(told[-400:])
    if ENDS and len(seen) > 200: os._exit(3)
    raise NameError(told[-400:])
raise ValueError(" ".join(seen)[-400:])
"""
AGAIN = """
def affine_forward(x, w, b):
    try: give("again", x, w, b)
    except NameError: return x.reshape(len(x), -1) @ w + b, None
raise ValueError(" ".join(seen)[-400:])
"""


class Desk:
    """A key, a sandbox, and what papers are told: the number of each probe, and the answers of the public key."""

    def __init__(self, context: Context) -> None:
        self.context, public = context, public_cut(context.key)
        self.probes = {n for n, entry in enumerate(context.key.entries) if entry.basis is Basis.RELATIVE}
        self.table = {}
        for number, outcomes in public.answers["reference"].items():
            entry = public.entries[number]
            for name, outcome in zip(entry.stages, outcomes, strict=True):
                own = ("x", "w", "b") if name.endswith("forward") else ("dout", "x", "w", "b")
                given = [entry.inputs[one] for one in own if one in entry.inputs]
                if "cache" in entry.inputs:
                    cache = entry.inputs["cache"]
                    given += cache if isinstance(cache, tuple) else [cache]
                values = [*outcome.values.values()]
                self.table[name, *[one.tobytes() for one in given]] = values if len(values) > 1 else values[0]

    def ask(self, source: str, again: str = "", **facts: object) -> Asked:
        """Ask a program; where a name is missing in it, it is run a second time with more in it."""
        told = "".join(f"{name} = {value}\n" for name, value in facts.items())
        program, whole = (Program((Unit(1, METHODS + told + source + more),)) for more in ("", again))
        return ask(self.context, Reading("a.py", "", (), program, whole, Facts()))

    def score(self, source: str, **facts: object) -> dict[str, Score]:
        asked = self.ask(source, **facts)
        return score_all(self.context.key, judge(self.context.key, asked.outcomes, asked.facts))


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with open_sandbox() as sandbox:
        yield Desk(Context(compile_key(FOLDER, sandbox), sandbox))


def total(scores: dict[str, Score]) -> float:
    return float(sum(one.points for one in scores.values()))


def test_a_program_of_two_voices_earns_what_an_honest_wrong_one_does(desk: Desk) -> None:
    """It knows by the harness's frame which questions are probes, and is found consistent in them; that is not paid."""
    honest, faked = desk.score(WRONG), desk.score(IN_TWO_VOICES, PROBES=desk.probes)
    backward = {name for name in faked if name.endswith("backward")}
    bases = {name: {verdict.basis for verdict in (one.verdict, *one.others)} for name, one in faked.items()}
    assert {name for name, of in bases.items() if Basis.RELATIVE in of} == backward
    assert {name: one.points for name, one in faked.items()} == {name: one.points for name, one in honest.items()}


@pytest.mark.parametrize("guess", GUESSES)
def test_who_knows_nothing_earns_a_tenth_at_most(desk: Desk, guess: str) -> None:
    assert total(desk.score(GUESSING, GUESS=GUESSES[guess])) <= 10


def test_public_answers_learnt_by_heart_earn_nothing(desk: Desk) -> None:
    """Own and given; the table is a good one, as each public finding is right."""
    numbers = {name: value for name, value in desk.table.items() if name[0] != "affine_backward"}
    assert len(numbers) > 12
    array = "from numpy import array, nan, inf\n"
    scores = desk.score(array + f"TABLE = {desk.table!r}\n" + BY_HEART)
    found = [one for each in scores.values() for one in each.verdict.findings]
    assert {one.is_public for one in found if one.right} == {True}
    assert total(scores) == 0


def test_what_was_handed_in_earns_nothing_elsewhere(desk: Desk) -> None:
    """Arrays that a process has seen, caches of given cases among them, are no results of a later question."""
    assert total(desk.score(REPLAYING)) == 0


@pytest.mark.parametrize("ends", [False, True])
def test_no_text_of_a_public_question_holds_a_number_of_a_hidden_one(desk: Desk, ends: bool) -> None:
    """Whatever a program writes down and raises, in each process that it gets, also when all of it is run again."""
    key, asked = desk.context.key, desk.ask(TELLING, AGAIN, ENDS=ends)
    hidden, public = (
        {
            repr(abs(float(number)))[:8]
            for one in key.entries
            for _, array in leaves(dict(one.inputs))
            for number in array.flat
            if one.is_public is shown
        }
        for shown in (False, True)
    )
    texts = [str(asked.facts)]
    texts += [str(one) for n, of in asked.outcomes.items() if key.entries[n].is_public for one in of]
    told = {number[:8] for text in texts for number in re.findall(r"\d+\.\d+", text)}
    assert len(told & public) > 100
    assert not told & (hidden - public)
