"""The functions that a made-up class hands in: each layer of Exercise 5 in many ways, right, wrong and unfinished.

Two sources are mixed. The bodies in `class.txt` are written into the hand-out's frame, as most students do; whole
functions come from the stories in `tests/functions` (its README explains their form). A story that ends its process,
fills the memory or never returns is left out: `make_class` decides how many of a class hang.
"""

from __future__ import annotations

import random
import re
import textwrap
from pathlib import Path

STORIES = Path(__file__).resolve().parent.parent / "tests" / "functions"
KINDS = {"right": 62, "sums": 8, "wrong": 18, "raising": 5, "unfinished": 7}
SHARE_OF_STORIES = 0.45  # of all layers; the others are in the hand-out's frame
_BAR, _END = "#" * 72, f"#{'END OF YOUR CODE':^70}#"
_UNFIT = re.compile(
    r"\bos\b|\bsys\b|signal|thread|\bquit\b|\bexit\b|while True|PUBLIC|sleep|giga|giant|for ever|never|endless"
    r"|without end|1e9|10 ?\*\* ?9|np\.(exp|dot|maximum) =|dropout|random|lifetime|\| (timed out|missing) \|"
)
# A forward from the stories is given a backward that fits the cache it keeps; other caches stay with their own.
_FITTING = {
    "sigmoid": re.compile(r"return (out|s|y|res|result), (out|s|y|res|result)$", re.MULTILINE),
    "relu": re.compile(r"return .*, x$", re.MULTILINE),
    "affine": re.compile(r"\(x, w, b\)$", re.MULTILINE),
}
_STARTS = {
    "sigmoid.forward": ("x", "out = np.zeros(x.shape)\ncache = np.zeros(x.shape)", "return out, cache"),
    "relu.forward": ("x", "out = None\ncache = None", "return out, cache"),
    "sigmoid.backward": ("dout, cache", "dx = None", "return dx"),
    "relu.backward": ("dout, cache", "dx = None", "return dx"),
    "affine.forward": ("x, w, b", "out = np.zeros((x.shape[0], b.shape[0]))", "cache = (x, w, b)\nreturn out, cache"),
    "affine.backward": ("dout, cache", "x, w, b = cache\ndx, dw, db = None, None, None", "return dx, dw, db"),
}


def blocks(path: Path) -> tuple[str, list[tuple[str, str]]]:
    """The head of a file, and each block as its title and text."""
    head, *parts = re.split(r"^### ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return head, [(title, text.strip("\n")) for title, _, text in (part.partition("\n") for part in parts)]


class Functions:
    """All stories, read once; `texts` are those of `class.txt` by their titles."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        for title, text in blocks(Path(__file__).with_name("class.txt"))[1]:
            self.texts.setdefault(title, []).append(text)
        self._stories: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for path in STORIES.glob("*/*.txt"):
            head, stories = blocks(path)
            fit = [(head, code) for title, code in stories if not _UNFIT.search(f"{title}\n{code}")]
            self._stories[path.parent.name, path.stem] = fit

    def layer(self, rng: random.Random, layer: str, hang: str = "") -> list[str]:
        """The cells of one layer. `hang` is "forward" or "backward" where that one never returns."""
        if not hang and rng.random() < SHARE_OF_STORIES:
            return self._from_stories(rng, layer)
        forward, backward = (self._framed(rng, layer, way, way == hang) for way in ("forward", "backward"))
        if layer == "affine":
            return [forward, backward]
        methods = f"def __init__(self):\n    pass\n\n{forward}\n\n{backward}"
        return [f"class {layer.capitalize()}:\n" + textwrap.indent(methods, "    ")]

    def _framed(self, rng: random.Random, layer: str, way: str, hangs: bool = False) -> str:
        """A body in the hand-out's frame."""
        kind = "" if hangs else rng.choices(list(KINDS), list(KINDS.values()))[0]
        right = self.texts[f"{layer}.{way} | right"]
        lines = rng.choice(self.texts["hangs"] if hangs else self.texts.get(f"{layer}.{way} | {kind}", right))
        takes, start, end = _STARTS[f"{layer}.{way}"]
        head = f"def affine_{way}({takes}):" if layer == "affine" else f"def {way}(self, {takes}):"
        doc = f'"""\nThe {way} pass of the {layer} layer.\n:param {takes.split(", ")[0]}: an array, as told above\n"""'
        parts = [doc, start, _BAR, f"# TODO: the {way} pass of {layer}", _BAR, lines, _BAR, _END, _BAR, end]
        return f"{head}\n" + textwrap.indent("\n".join(part for part in parts if part), "    ")

    def _from_stories(self, rng: random.Random, layer: str) -> list[str]:
        side = rng.choices(("right", "wrong"), (7, 3))[0]
        if rng.random() < 0.5:
            return [_as_cell(*rng.choice(self._stories[side, f"{layer}_backward"]), layer)]
        fitting = [one for one in self._stories[side, f"{layer}_forward"] if _FITTING[layer].search(one[1])]
        story = _as_cell(*rng.choice(fitting), layer)
        backward = self._framed(rng, layer, "backward")
        return [story, backward if layer == "affine" else f"{backward}\n\n\n{layer.capitalize()}.backward = backward"]


def _as_cell(head: str, code: str, layer: str) -> str:
    """A story with the head of its file; a bare method goes into the class that the head begins."""
    method = re.search(r"^def (forward|backward)\(self", code, re.MULTILINE)
    own_class = re.search(rf"^class {layer.capitalize()}\b", code, re.MULTILINE)
    if layer == "affine" and re.search(r"^def affine_forward\(", code, re.MULTILINE):
        head = head.split("def affine_forward")[0]
    if own_class:
        head = head.split("class ")[0]
    bare = f"\n\n\n{layer.capitalize()}.{method[1]} = {method[1]}" if method and not own_class else ""
    return f"{head.strip()}\n\n\n{code}{bare}".strip()
