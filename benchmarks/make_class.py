"""A made-up class of any size for Exercise 5: distinct notebooks as students hand them in, the same for the same seed.

Two sources are mixed for each layer. The bodies in `class.txt` are written into the hand-out's frame, as most students
do; whole functions come from the stories in `tests/functions` (its README explains their form). A story that ends its
process, fills the memory or never returns is left out. A class in which some hang is the class without them but for
those notebooks, so that the two can be compared.
"""

from __future__ import annotations

import base64
import json
import random
import re
import textwrap
from pathlib import Path

STORIES = Path(__file__).resolve().parent.parent / "tests" / "functions"
SEED, NOTEBOOK = 5, "exercise_05.ipynb"
LAYERS = ("sigmoid", "relu", "affine")
PLOTTED = 0.04  # share of notebooks that hold a picture, some 40 KB of text
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


Cell = dict[str, object]


def make_class(folder: Path, students: int, seed: int = SEED, hanging: float = 0.0) -> list[Path]:
    """Write a class, and give its files. `hanging` is the share of students one of whose functions never returns."""
    hung = set(random.Random(f"{seed} hang").sample(range(students), round(hanging * students)))
    files, functions = [folder / f"student-{number + 1:05}" / NOTEBOOK for number in range(students)], Functions()
    for number, path in enumerate(files):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make_notebook(functions, number, seed, number in hung), encoding="utf-8")
    return files


def make_notebook(functions: Functions, number: int, seed: int = SEED, hangs: bool = False) -> str:
    """The text of one student's notebook. It depends on its number alone, so a larger class begins with a smaller."""
    rng, choice, texts = random.Random(f"{seed} {number}"), random.Random(f"{seed} {number} where"), functions.texts
    where, way = (choice.choice(LAYERS), choice.choice(("forward", "backward"))) if hangs else ("", "")
    cells = [_markdown(texts["intro"][0]), _code(f"# student {number + 1}\n{rng.choice(texts['imports'])}", 1)]
    for layer in LAYERS:
        cells.append(_markdown(texts[f"{layer} | title"][0]))
        # Each layer draws from a generator of its own: one that hangs changes nothing else of the notebook.
        own = random.Random(f"{seed} {number} {layer}")
        for source in functions.layer(own, layer, way if layer == where else ""):
            cells.append(_code(source, len(cells)))
        cells.extend(_try_it(rng, texts[f"{layer} | try"], len(cells)) for _ in range(rng.randint(0, 3)))
    if rng.random() < PLOTTED:
        cells.append(_plot(rng, len(cells)))
    cells.append(_markdown(f"That is all. It took me {rng.randint(1, 12)} h {rng.randint(0, 59)} min."))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python", "version": "3.11.7"}}
    cells = [{**cell, "id": f"cell-{place}"} for place, cell in enumerate(cells)]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def _markdown(text: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(source: str, count: int, outputs: list[Cell] | None = None) -> Cell:
    lines = source.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": count, "metadata": {}, "outputs": outputs or [], "source": lines}


def _try_it(rng: random.Random, tries: list[str], count: int) -> Cell:
    rows, columns = rng.randint(2, 6), rng.randint(2, 8)
    numbers = ", ".join(f"{rng.uniform(-4, 4):.3f}" for _ in range(columns))
    words = {"rows": rows, "columns": columns, "numbers": numbers, "number": f"{rng.gauss(0, 1):.4f}"}
    shown = rng.choice(tries)
    for word, value in words.items():
        shown = shown.replace(f"{{{word}}}", str(value))
    table = [" ".join(f"{rng.gauss(0, 1): .8f}" for _ in range(columns)) for _ in range(rows)]
    text = [f"[[{table[0]}]\n", *(f" [{line}]\n" for line in table[1:])]
    printed: Cell = {"name": "stdout", "output_type": "stream", "text": text}
    result: Cell = {"data": {"text/plain": [f"array([{numbers}])"]}, "execution_count": count, "metadata": {}}
    result["output_type"] = "execute_result"
    return _code(f"# what does this give?\n{shown}", count, rng.choice([[printed], [result], [printed, result], []]))


def _plot(rng: random.Random, count: int) -> Cell:
    picture = base64.b64encode(rng.randbytes(30_000)).decode()
    data = {"image/png": picture, "text/plain": ["<Figure size 640x480 with 1 Axes>"]}
    shown: Cell = {"data": data, "metadata": {}, "output_type": "display_data"}
    return _code("plt.plot(np.linspace(-5, 5), Sigmoid().forward(np.linspace(-5, 5))[0])\nplt.show()", count, [shown])


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
