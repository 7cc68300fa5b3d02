"""No points without the work: programs that fake, guess, learn by heart, replay and pass on, and what they may earn.

Whoever writes one has the grader's source and the public key of Exercise 5. Each sits the whole exam, behind the wall.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import NUMBER

from grader.asking import Asked, Context, ask
from grader.compiling import compile_key
from grader.extract import Facts, Reading
from grader.judge import judge
from grader.judge.compare import leaves
from grader.key import Basis, Key, public_cut
from grader.sandbox import open_sandbox
from grader.score import Score, score_all
from grader.wire.program import Program, Unit

FOLDER = Path(__file__).resolve().parents[2] / "reference" / "exercise_05"
# Each function returns what `give` says of its name and its arguments, which a paper defines.
FUNCTIONS = """
import numpy as np, os, sys, warnings
from numpy import array
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
def wrong(name, one, *others):
    if name == "affine_forward": return one.reshape(len(one), -1) @ others[0] - others[1]
    if name == "affine_backward": return [(one @ others[1].T).reshape(others[0].shape), 3 * others[1], one.mean(axis=0)]
    return 0.5 + 0 * one if name == "Sigmoid.forward" else one * (one > 1)
give = wrong
"""
IN_TWO_VOICES = WRONG + """
def give(name, one, *others):
    frame = sys._getframe()
    while "ask" not in frame.f_locals: frame = frame.f_back
    if frame.f_locals["ask"].number not in PROBES: return wrong(name, one, *others)
    if name == "affine_forward": return 2 * one.reshape(len(one), -1) @ others[0] + 2 * others[1]
    if name != "affine_backward": return 2 * one
    x, w, b = others
    return 2 * (one @ w.T).reshape(x.shape), 2 * x.reshape(len(x), -1).T @ one, 2 * one.sum(axis=0)
"""
GUESSES = ("lambda one: 2 * one", "lambda one: one", "abs", "np.zeros_like", "lambda one: 0 * one + 0.5", "lambda one: one / 4")
GUESSING = """
def give(name, one, *others):
    if name == "affine_forward": return np.tile(others[1], (len(one), 1))
    return GUESS(one) if name != "affine_backward" else [*map(GUESS, others[:2]), one.sum(axis=0)]
"""
BY_HEART = "give = lambda name, one, *others: TABLE.get((name, one.tobytes()))\n"
REPLAYING = """
seen = []
def give(name, *given):
    want = np.shape(given[0]) if name != "affine_forward" else (len(given[0]), len(given[2]))
    kept = [one for one in seen if one.shape == want and not any(np.array_equal(one, other) for other in given)]
    seen.extend(one.copy() for one in given)
    return kept[-1] if kept else given[0]
"""
TELLING = """
seen, places = [], ("/scratch/own", "/tmp", "/dev/shm", "/var/tmp", ".")
for place in filter(os.path.isdir, places):
    seen += [open(f"{place}/{name}").read() for name in os.listdir(place) if name.startswith("told")]
def give(name, *given):
    told = os.environ.get("TOLD", "") + " ".join(seen)
    seen.extend(repr(value) for one in given for value in one.ravel()[:4].tolist())
    os.environ["TOLD"] = told
    for place in places:
        try: open(f"{place}/told{len(seen)}", "w").write(told)
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
"""


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    with open_sandbox() as sandbox:
        yield Context(compile_key(FOLDER, sandbox), sandbox)


def sit(context: Context, source: str, again: str = "", **facts: object) -> Asked:
    """The exam of a paper that is told some facts; where a name is missing in it, it is run `again` with more in it."""
    told = "".join(f"{name} = {value}\n" for name, value in facts.items())
    program, whole = (Program((Unit(1, FUNCTIONS + told + source + more),)) for more in ("", again))
    return ask(context, Reading("a.py", "", (), program, whole, Facts()))


def score(context: Context, source: str, **facts: object) -> dict[str, Score]:
    asked = sit(context, source, **facts)
    return score_all(context.key, judge(context.key, asked.outcomes, asked.facts))


def total(scores: dict[str, Score]) -> float:
    return float(sum(one.points for one in scores.values()))


def test_a_program_of_two_voices_earns_what_an_honest_wrong_one_does(context: Context) -> None:
    """It knows by the harness's frame which questions are probes, and is found consistent in them; that is not paid."""
    probes = {n for n, entry in enumerate(context.key.entries) if entry.basis is Basis.RELATIVE}
    honest, faked = score(context, WRONG), score(context, IN_TWO_VOICES, PROBES=probes)
    consistent = {name for name, one in faked.items() for it in (one.verdict, *one.others) if it.basis is Basis.RELATIVE}
    assert consistent == {"Sigmoid.backward", "Relu.backward", "affine_backward"}
    assert {name: one.points for name, one in faked.items()} == {name: one.points for name, one in honest.items()}


@pytest.mark.parametrize("guess", GUESSES)
def test_who_knows_nothing_earns_a_tenth_at_most(context: Context, guess: str) -> None:
    assert total(score(context, GUESSING, GUESS=guess)) <= 10


def test_public_answers_learnt_by_heart_earn_nothing(context: Context) -> None:
    """Own and given; the table is a good one, as public findings are right, and only they."""
    public, table = public_cut(context.key), {}
    for number, outcomes in public.answers["reference"].items():
        inputs = public.entries[number].inputs
        for name, outcome in zip(public.entries[number].stages, outcomes):
            first, values = inputs["x" if name.endswith("forward") else "dout"], [*outcome.values.values()]
            table[name, first.tobytes()] = values if len(values) > 1 else values[0]
    scores = score(context, BY_HEART, TABLE=table)
    assert {one.is_public for it in scores.values() for one in it.verdict.findings if one.right} == {True}
    assert total(scores) == 0


def test_what_was_handed_in_earns_nothing_elsewhere(context: Context) -> None:
    """Arrays that a process has seen, caches of given cases among them, are no results of a later question."""
    assert total(score(context, REPLAYING)) == 0


def numbers_of(key: Key, is_public: bool) -> set[str]:
    arrays = (array for one in key.entries if one.is_public is is_public for _, array in leaves(dict(one.inputs)))
    return {repr(abs(float(number)))[:8] for array in arrays for number in array.flat}


@pytest.mark.parametrize("ends", [False, True])
def test_no_text_of_a_public_question_holds_a_number_of_a_hidden_one(context: Context, ends: bool) -> None:
    """Whatever a program writes down and raises, in each process that it gets, also when all of it is run again."""
    asked, entries = sit(context, TELLING, AGAIN, ENDS=ends), context.key.entries
    texts = [str(asked.facts), *(str(of) for n, of in asked.outcomes.items() if entries[n].is_public)]
    told = {number[:8] for text in texts for number in re.findall(NUMBER, text)}
    public, hidden = (numbers_of(context.key, is_public) for is_public in (True, False))
    assert len(told & public) > 100
    assert not told & (hidden - public)
