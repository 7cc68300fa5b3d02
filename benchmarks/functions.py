"""The functions that a made-up class hands in: each layer of Exercise 5 in many ways, right, wrong and unfinished.

takes: a random generator, and the stories in `tests/functions` (its README tells their form).
gives: the source of one layer, as it stands in one student's cell.
must not know: notebooks, what a grader says of any of it.

Two sources mixed: bodies written here into the hand-out's frame, as most students do, and whole functions from
the stories, as students who write everything anew. A story that ends its process, eats the memory or never returns
is left out: how many of a class hang is what `make_class` decides.
"""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STORIES = Path(__file__).resolve().parent.parent / "tests" / "functions"
LAYERS = ("sigmoid", "relu", "affine")
SHARE_OF_STORIES = 0.45  # of all layers; the others stand in the hand-out's frame
_BAR = "#" * 72
_UNFIT = re.compile(
    r"\bos\b|\bsys\b|signal|thread|\bquit\b|\bexit\b|while True|PUBLIC|sleep|giga|giant|for ever|never|endless"
    r"|without end|1e9|10 ?\*\* ?9|np\.(exp|dot|maximum) =|dropout|random|lifetime"
)
# A forward from the stories is given a backward that fits the cache it keeps; other caches stay with their own.
_FITTING = {
    "sigmoid": re.compile(r"return (out|s|y|res|result), (out|s|y|res|result)$", re.MULTILINE),
    "relu": re.compile(r"return .*, x$", re.MULTILINE),
    "affine": re.compile(r"\(x, w, b\)$", re.MULTILINE),
}


@dataclass(frozen=True)
class Body:
    """One way to fill in the hand-out: its lines between TODO and END; `kind` says how it goes."""

    kind: str
    lines: str


def _bodies(**kinds: Sequence[str]) -> tuple[Body, ...]:
    return tuple(Body(kind, lines) for kind, several in kinds.items() for lines in several)


BODIES = {
    "sigmoid.forward": _bodies(
        right=[
            "out = 1 / (1 + np.exp(-x))\ncache = out",
            "cache = 1.0 / (1.0 + np.exp(-1.0 * x))\nout = cache.copy()",
            "e = np.exp(-np.abs(x))\nout = np.where(x >= 0, 1 / (1 + e), e / (1 + e))\ncache = out",
            "out = 0.5 * (1 + np.tanh(x / 2))\ncache = out\n#print(out.shape)",
            "for index, value in np.ndenumerate(x):\n    out[index] = 1 / (1 + np.exp(-value))\ncache = out",
            "out = np.power(1 + np.exp(-x), -1)\ncache = out\nprint('sigmoid', out.shape)",
        ],
        wrong=[
            "out = 1 / 1 + np.exp(-x)\ncache = out",
            "out = 1 / (1 + np.exp(x))\ncache = out",
            "out = np.exp(x) / (1 - np.exp(x))\ncache = out",
            "out = np.round(1 / (1 + np.exp(-x)), 2)\ncache = out",
        ],
        raising=["out = 1 / (1 + exp(-x))\ncache = out", "out = 1 / (1 + np.exponential(-x))\ncache = out"],
        unfinished=["", "# no idea yet", "pass"],
    ),
    "sigmoid.backward": _bodies(
        right=[
            "dx = dout * cache * (1 - cache)",
            "ds = cache - cache ** 2\ndx = ds * dout",
            "dx = np.multiply(dout, np.multiply(cache, 1.0 - cache))",
            "dx = np.zeros(dout.shape)\nfor i, d in np.ndenumerate(dout):\n    dx[i] = d * cache[i] * (1 - cache[i])",
            "dx = (dout.astype(np.float32) * cache * (1 - cache))",
        ],
        wrong=[
            "dx = cache * (1 - cache)",
            "dx = dout * cache * (cache - 1)",
            "dx = dout * cache",
            "dx = dout * (1 - cache) * np.exp(cache)",
        ],
        raising=["dx = dout @ cache * (1 - cache)[0, 99]", "dx = dout * self.out * (1 - self.out)"],
        unfinished=["", "# TODO later", "pass"],
    ),
    "relu.forward": _bodies(
        right=[
            "out = np.maximum(x, 0)\ncache = x",
            "cache = x\nout = x * (x > 0)",
            "out = np.where(x > 0, x, 0)\ncache = x.copy()",
            "out = x.copy()\nout[out < 0] = 0\ncache = x",
            "out = (np.abs(x) + x) / 2\ncache = x",
            "out = np.zeros(x.shape)\nfor i, v in np.ndenumerate(x):\n    if v > 0:\n        out[i] = v\ncache = x",
        ],
        wrong=["out = np.max(x, 0)\ncache = x", "out = np.minimum(x, 0)\ncache = x", "out = np.abs(x)\ncache = x"],
        raising=["out = max(x, 0)\ncache = x", "out = np.max(0, x)\ncache = x"],
        unfinished=["", "out = x\ncache = x", "pass"],
    ),
    "relu.backward": _bodies(
        right=[
            "dx = dout * (cache > 0)",
            "x = cache\ndx = dout\ndx[x < 0] = 0",
            "dx = np.where(cache > 0, dout, 0)",
            "mask = np.heaviside(cache, 0)\ndx = np.multiply(mask, dout)",
            "dx = dout.copy()\nfor i in np.ndindex(*dout.shape):\n    if cache[i] <= 0:\n        dx[i] = 0",
        ],
        wrong=["dx = dout\ndx[dout < 0] = 0", "dx = (cache > 0).astype(float)", "dx = dout * cache"],
        raising=["dx = dout[cache > 0].reshape(dout.shape)", "x, mask = cache, dout.mask\ndx = dout * mask"],
        unfinished=["", "# TODO later", "pass"],
    ),
    "affine.forward": _bodies(
        right=[
            "out = np.reshape(x, (x.shape[0], -1)).dot(w) + b",
            "N = x.shape[0]\nrows = x.reshape(N, w.shape[0])\nout = rows @ w + b",
            "x_flat = x.reshape(len(x), -1)\nout = np.matmul(x_flat, w)\nout += b",
            "rows = x.reshape(x.shape[0], -1)\nfor i in range(rows.shape[0]):\n    out[i] = rows[i] @ w + b",
            "rows = x.reshape(x.shape[0], -1)\nout = np.einsum('nd,dm->nm', rows, w) + b",
        ],
        wrong=[
            "out = x.reshape(x.shape[0], -1) @ w",
            "out = x.reshape(x.shape[0], -1) @ w - b",
            "out = x.reshape(x.shape[0], -1, order='F') @ w + b",
        ],
        raising=["out = x.dot(w.T) + b.T[:, None, None, 7]", "out = x_row @ w + b"],
        unfinished=["", "# flatten first?", "pass"],
    ),
    "affine.backward": _bodies(
        right=[
            "n = x.shape[0]\nrows = x.reshape(n, -1)\ndw = rows.T.dot(dout) / n\ndb = np.mean(dout, axis=0)\n"
            "dx = dout.dot(w.T).reshape(x.shape)",
            "N = dout.shape[0]\ndx = (dout @ w.T).reshape(x.shape)\ndw = (1 / N) * (x.reshape(N, -1).T @ dout)\n"
            "db = dout.sum(axis=0) / N",
            "n = x.shape[0]\ndx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)\n"
            "for i in range(n):\n    dx[i] = (w @ dout[i]).reshape(x.shape[1:])\n"
            "    dw += np.outer(x[i].ravel(), dout[i]) / n\n    db += dout[i] / n",
        ],
        sums=[
            "dx = (dout @ w.T).reshape(x.shape)\ndw = x.reshape(x.shape[0], -1).T @ dout\ndb = dout.sum(axis=0)",
            "dw = np.dot(x.reshape(x.shape[0], -1).T, dout)\ndb = np.sum(dout, 0)\n"
            "dx = np.dot(dout, w.T).reshape(*x.shape)",
        ],
        wrong=[
            "dx = dout @ w.T\ndw = x.reshape(x.shape[0], -1).T @ dout\ndb = dout",
            "dx = (dout @ w.T).reshape(x.shape)\ndw = x.reshape(x.shape[0], -1).T @ dout\ndb = dout.mean()",
            "dx = (dout @ w.T).reshape(x.shape)\ndw = np.ones(w.shape)\ndb = dout.mean(axis=0)",
        ],
        raising=["dw = x.T @ dout\ndx = dout @ w\ndb = dout.mean(axis=0)", "dx, dw = dout * w, x * dout\ndb = dout[0]"],
        unfinished=["", "dx = dout @ w.T", "pass"],
    ),
}  # fmt: skip
KINDS = {"right": 62, "sums": 8, "wrong": 18, "raising": 5, "unfinished": 7}

_STARTS = {
    "sigmoid.forward": ("x", "out = np.zeros(x.shape)\ncache = np.zeros(x.shape)", "return out, cache"),
    "relu.forward": ("x", "out = None\ncache = None", "return out, cache"),
    "sigmoid.backward": ("dout, cache", "dx = None", "return dx"),
    "relu.backward": ("dout, cache", "dx = None", "return dx"),
    "affine.forward": ("x, w, b", "out = np.zeros((x.shape[0], b.shape[0]))", "cache = (x, w, b)\nreturn out, cache"),
    "affine.backward": ("dout, cache", "x, w, b = cache\ndx, dw, db = None, None, None", "return dx, dw, db"),
}
HANGS = (
    "while True:\n    pass",
    "steps = 0\nwhile steps < 10:\n    grown = np.ones(4) * 2",
    "i = 0\nwhile i < 3:\n    for j in range(5):\n        total = j * 2.0",
)


def layer_cells(rng: random.Random, layer: str, hang: str = "") -> list[str]:
    """The cells of one layer. `hang` is "forward" or "backward" where that one never returns."""
    if hang:
        return _framed(rng, layer, hang)
    return _from_stories(rng, layer) if rng.random() < SHARE_OF_STORIES else _framed(rng, layer, "")


# ---- the hand-out's frame ------------------------------------------------------------------------------------


def _framed(rng: random.Random, layer: str, hang: str) -> list[str]:
    lines = {way: rng.choice(HANGS) if way == hang else _fill(rng, f"{layer}.{way}") for way in ("forward", "backward")}
    forward, backward = (_framed_function(f"{layer}.{way}", lines[way]) for way in ("forward", "backward"))
    if layer == "affine":
        return [forward, backward]
    return [_class(layer, f"def __init__(self):\n    pass\n\n{forward}\n\n{backward}")]


def _fill(rng: random.Random, name: str) -> str:
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    fitting = [body.lines for body in BODIES[name] if body.kind == kind]
    return rng.choice(fitting or [body.lines for body in BODIES[name] if body.kind == "right"])


def _framed_function(name: str, lines: str) -> str:
    takes, start, end = _STARTS[name]
    layer, way = name.split(".")
    head = f"def affine_{way}({takes}):" if layer == "affine" else f"def {way}(self, {takes}):"
    doc = f'"""\nThe {way} pass of the {layer} layer.\n:param {takes.split(", ")[0]}: an array, as told above\n"""'
    parts = [doc, start, _BAR, f"# TODO: the {way} pass of {layer}", _BAR, lines, _BAR, _end_bar(), _BAR, end]
    return f"{head}\n" + textwrap.indent("\n".join(part for part in parts if part), "    ")


def _end_bar() -> str:
    return f"#{'END OF YOUR CODE':^70}#"


def _class(layer: str, methods: str) -> str:
    return f"class {layer.capitalize()}:\n" + textwrap.indent(methods, "    ")


# ---- stories -------------------------------------------------------------------------------------------------


def _from_stories(rng: random.Random, layer: str) -> list[str]:
    side = rng.choices(("right", "wrong"), (7, 3))[0]
    if rng.random() < 0.5:
        return [_with_head(rng.choice(stories(side, f"{layer}_backward")), layer)]
    story = rng.choice([s for s in stories(side, f"{layer}_forward") if _FITTING[layer].search(s[1])])
    backward = _framed_function(f"{layer}.backward", _fill(rng, f"{layer}.backward"))
    if layer == "affine":
        return [_with_head(story, layer), backward]
    return [_with_head(story, layer), f"{backward}\n\n\n{layer.capitalize()}.backward = backward"]


def _with_head(story: tuple[str, str], layer: str) -> str:
    """A story as a cell: bare methods go into the class that its file's head begins."""
    head, code = story
    method = re.search(r"^def (forward|backward)\(self", code, re.MULTILINE)
    own_class = re.search(rf"^class {layer.capitalize()}\b", code, re.MULTILINE)
    if layer == "affine" and re.search(r"^def affine_forward\(", code, re.MULTILINE):
        head = head.split("def affine_forward")[0]
    if own_class:
        head = head.split("class ")[0]
    bare = f"\n\n\n{layer.capitalize()}.{method[1]} = {method[1]}" if method and not own_class else ""
    return f"{head.strip()}\n\n\n{code}{bare}".strip()


@cache
def stories(side: str, name: str) -> tuple[tuple[str, str], ...]:
    """The head and code of every fit story of one file."""
    text = (STORIES / side / f"{name}.txt").read_text(encoding="utf-8")
    head, *parts = re.split(r"^### ", text, flags=re.MULTILINE)
    split = [(title, code.strip("\n")) for title, _, code in (part.partition("\n") for part in parts)]
    return tuple((head, code) for title, code in split if _is_fit(title, code))


def _is_fit(title: str, code: str) -> bool:
    verdict = title.split(" | ")[1]
    return "timed out" not in verdict and "missing" not in verdict and not _UNFIT.search(f"{title}\n{code}")
