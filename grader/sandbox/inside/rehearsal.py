"""What the warm process does before it forks any other: it examines a small program of its own.

Python and numpy do some things once, and a function becomes faster after some calls. Without this, the process of each
submission would do all that by itself.
"""

from __future__ import annotations

import sys

import numpy as np

from grader.harness.serve import be_examined, describe_result
from grader.wire.messages import Answer, Load, Report, decode_outside, encode
from grader.wire.program import Ask, Program, Unit, compiled

_REHEARSALS = 40  # Python makes a function faster after some calls: a child saves a twentieth of its time
_REHEARSED = """
import numpy as np
class L:
    def forward(self, x):
        out = 1 / (1 + np.exp(-x))
        out[x < 0] = np.maximum(x, 0)[x < 0]
        return out, x
    def backward(self, dout, cache):
        return dout * cache * (1 - cache)
def f(x, w, b):
    out = np.dot(x.reshape(x.shape[0], -1), w) + b
    return out, (x, w, b), x.T @ out / len(x), np.sum(out, axis=0), out.mean(axis=0)
"""
_QUESTIONS = """
def rehearsal(student, x):
    out, cache = student.L().forward(x)
    yield "L.forward", {"out": out}
    yield "L.backward", {"dx": student.L().backward(out, cache)}
    yield "f", {"out": student.f(x, x.T, x[0, :2])}
"""


def rehearse() -> None:
    """Examine a small program, so that what Python and numpy do only once is done before any process is forked."""
    modules, finders = dict(sys.modules), list(sys.meta_path)
    load = Load(Program((Unit(1, _REHEARSED),)), compiled(_QUESTIONS), ("L.forward", "L.backward", "f"))
    ask = Ask(0, "rehearsal", {"x": np.ones((2, 3))}, until="f")
    frames = iter([encode(load), *[encode(ask)] * _REHEARSALS, encode(Answer(found=False))])
    be_examined(lambda: decode_outside(next(frames)), _drop, lambda: Answer(found=False))
    sys.modules.clear()
    sys.modules.update(modules)
    sys.meta_path[:] = finders


def _drop(report: Report) -> None:
    encode(report, describe_result)
