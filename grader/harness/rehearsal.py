"""A made-up exam, sat once before any submission: so that a child does nothing for the first time.

takes: nothing.
gives: the same process, with every path of loading and answering run some times over.
must not know: any exam. The functions here are of no assignment.

A forked child runs its first exam three times as slowly as a later one: the interpreter specialises code only after
some rounds (PEP 659), and numpy and json make things ready on first use. What is ready before the fork is shared.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import numpy as np

from grader.harness.calling.steps import Asking
from grader.harness.hearing import Hearing
from grader.harness.loading.program import Loader
from grader.wire import Piece, Question, Step, decode, decode_questions, encode_loaded, encode_outcome, encode_questions

ROUNDS = 12  # the interpreter specialises a function's code after its eighth call or loop
_SOURCE = '''
import numpy as np
class Stretch:
    """A layer of no course."""
    def __init__(self):
        self.factor = 2.0
    def ahead(self, x):
        y = np.where(x > 0, x * self.factor, np.exp(x))
        return y, (x, y)
    def back(self, d, kept):
        x, y = kept
        d[x < 0] *= 0.5
        return d * self.factor, (x.T @ d) / len(x), d.sum(axis=0)
def shift(x, by):
    rows = x.reshape(x.shape[0], -1)
    return rows + by, None
def broken(x):
    raise ValueError("made up")
'''


def rehearse() -> None:
    """Load and answer; leave no trace but warmth."""
    alarm = signal.getsignal(signal.SIGALRM) if hasattr(signal, "SIGALRM") else None
    nowhere = os.open(os.devnull, os.O_WRONLY)
    names = ("Stretch.ahead", "Stretch.back", "shift", "broken")
    try:
        for _ in range(ROUNDS):
            _once(names, lambda data: os.write(nowhere, data))
    finally:
        os.close(nowhere)
        if alarm is not None:
            signal.signal(signal.SIGALRM, alarm)


def _once(names: tuple[str, ...], write: Callable[[bytes], object]) -> None:
    loader = Loader(10.0, None)
    write(encode_loaded(loader.load([Piece(1, 1, _SOURCE)], names)))
    request = encode_questions(_questions())
    with Hearing(loader.strictness) as hearing:
        for question in decode_questions(decode(request, frame_cap=1 << 20, header_cap=1 << 20)):
            asking = Asking(loader.namespace, question, hearing)
            for step in question.steps:
                write(encode_outcome(asking.answer(step)))


def _questions() -> list[Question]:
    x = np.linspace(-2.0, 2.0, 12).reshape(3, 4)
    ahead = Step("Stretch.ahead", ("x",), ("y", "=kept"))
    back = Step("Stretch.back", ("d", "=kept"), ("a", "b", "c"))
    return [
        Question({"x": x, "d": x + 1.0}, (ahead, back)),
        Question({"x": x.astype(np.float32), "d": x}, (ahead, back), {"x": "F", "d": "strided"}),
        Question({"x": x.reshape(3, 2, 2), "by": np.ones(4)}, (Step("shift", ("x", "by"), ("y", "z")),)),
        Question({"x": 1000.0 * x}, (ahead, ahead, Step("broken", ("x",), ("y",)), Step("absent", ("x",), ("y",)))),
    ]
