"""A made-up class of any size for Exercise 5: distinct notebooks as students hand them in, the same for the same seed.

takes: how many students, a seed, the share whose notebook hangs in one function.
gives: a folder of `<student>/exercise_05.ipynb`, each file with a digest of its own.
must not know: how any of them is graded.

A hanging class is the class without hanging ones but for those notebooks, so that the two can be compared.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
from pathlib import Path

from benchmarks.functions import LAYERS, layer_cells

SEED = 5
NOTEBOOK = "exercise_05.ipynb"
PLOTTED = 0.04  # share of notebooks that hold a picture, some 40 KB of text

Cell = dict[str, object]
_TITLES = {
    "sigmoid": "## 1. Sigmoid\n\n$$\\sigma(x) = \\frac{1}{1 + e^{-x}}$$\n\nIt works on arrays of any shape.",
    "relu": "## 2. ReLU\n\n$$\\mathrm{relu}(x) = \\max(x, 0)$$",
    "affine": "## 3. The affine layer\n\nEach example is one row of length $D$, then $\\mathrm{out} = x\\,w + b$",
}
_INTRO = (
    "# Exercise 5: non-linearities and the affine layer\n\nA network is a chain of simple functions. Each of them needs"
    " two directions: **forward** computes its value, **backward** turns the gradient of what comes after it (`dout`)"
    " into the gradient of what went in.\n\nWrite your code between `TODO` and `END OF YOUR CODE`. Whatever your"
    " backward pass needs from the forward pass goes into `cache`."
)
_IMPORTS = (
    "import numpy as np",
    "import numpy as np\nimport math",
    "import numpy as np\nimport time\n\nnp.set_printoptions(precision=4, suppress=True)",
    "import numpy as np\n\n%load_ext autoreload\n%autoreload 2",
    "import numpy as np\nimport matplotlib.pyplot as plt\n\n%matplotlib inline",
    "!pip install numpy\nimport numpy as np",
)
_TRIES = {
    "sigmoid": (
        "Sigmoid().forward(np.array([{numbers}]))",
        "s = Sigmoid()\nout, cache = s.forward(np.random.randn({rows}, {columns}))\nprint(out)\nout.shape",
        "%timeit Sigmoid().forward(np.ones(({rows}, {columns})))",
    ),
    "relu": (
        "Relu().forward(np.array([{numbers}]))",
        "r = Relu()\no, c = r.forward(np.linspace(-3, 3, {columns}))\nr.backward(np.ones({columns}), c)",
        "for k in range({rows}):\n    print(k, Relu().forward(np.array([k - 1.5]))[0])",
    ),
    "affine": (
        "x = np.random.randn({rows}, {columns})\nw = np.random.randn({columns}, 3)\nb = np.zeros(3)\n"
        "out, cache = affine_forward(x, w, b)\nprint(out.shape)",
        "dx, dw, db = affine_backward(np.ones(({rows}, 3)), cache)\ndx.shape, dw.shape, db.shape",
        "%%time\naffine_forward(np.ones(({rows}, {columns})), np.ones(({columns}, 2)), np.array([{number}, 1.0]))",
    ),
}


def make_class(folder: Path, students: int, seed: int = SEED, hanging: float = 0.0) -> list[Path]:
    """Write a class, and give its files. `hanging` is the share of students one of whose functions never returns."""
    hung = set(random.Random(f"{seed} hang").sample(range(students), round(hanging * students)))
    files = []
    for number in range(students):
        path = folder / f"student-{number + 1:05}" / NOTEBOOK
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make_notebook(number, seed, number in hung), encoding="utf-8")
        files.append(path)
    return files


def make_notebook(number: int, seed: int = SEED, hangs: bool = False) -> str:
    """The text of one student's notebook."""
    rng = random.Random(f"{seed} {number}")
    choice = random.Random(f"{seed} {number} where")
    where, way = (choice.choice(LAYERS), choice.choice(("forward", "backward"))) if hangs else ("", "")
    cells = [_markdown(_INTRO), _code(f"# student {number + 1}\n{rng.choice(_IMPORTS)}", 1)]
    for layer in LAYERS:
        cells.append(_markdown(_TITLES[layer]))
        # Each layer draws from a generator of its own: one that hangs changes nothing else of the notebook.
        own = random.Random(f"{seed} {number} {layer}")
        for source in layer_cells(own, layer, way if layer == where else ""):
            cells.append(_code(source, len(cells)))
        cells.extend(_try_it(rng, layer, len(cells)) for _ in range(rng.randint(0, 3)))
    if rng.random() < PLOTTED:
        cells.append(_plot(rng, len(cells)))
    cells.append(_markdown(f"That is all. It took me {rng.randint(1, 12)} h {rng.randint(0, 59)} min."))
    return json.dumps(_notebook(cells), indent=1) + "\n"


def _notebook(cells: list[Cell]) -> dict[str, object]:
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python", "version": "3.11.7"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _markdown(text: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(source: str, count: int, outputs: list[Cell] | None = None) -> Cell:
    return {
        "cell_type": "code", "execution_count": count, "metadata": {}, "outputs": outputs or [],
        "source": source.splitlines(keepends=True),
    }  # fmt: skip


def _try_it(rng: random.Random, layer: str, count: int) -> Cell:
    rows, columns = rng.randint(2, 6), rng.randint(2, 8)
    numbers = ", ".join(f"{rng.uniform(-4, 4):.3f}" for _ in range(columns))
    words = {"rows": rows, "columns": columns, "numbers": numbers, "number": f"{rng.gauss(0, 1):.4f}"}
    shown = rng.choice(_TRIES[layer])
    for word, value in words.items():
        shown = shown.replace(f"{{{word}}}", str(value))
    table = [" ".join(f"{rng.gauss(0, 1): .8f}" for _ in range(columns)) for _ in range(rows)]
    text = [f"[[{table[0]}]\n", *(f" [{line}]\n" for line in table[1:])]
    printed: Cell = {"name": "stdout", "output_type": "stream", "text": text}
    result: Cell = {
        "data": {"text/plain": [f"array([{numbers}])"]}, "execution_count": count, "metadata": {},
        "output_type": "execute_result",
    }  # fmt: skip
    return _code(f"# what does this give?\n{shown}", count, rng.choice([[printed], [result], [printed, result], []]))


def _plot(rng: random.Random, count: int) -> Cell:
    picture = base64.b64encode(rng.randbytes(30_000)).decode()
    data = {"image/png": picture, "text/plain": ["<Figure size 640x480 with 1 Axes>"]}
    shown: Cell = {"data": data, "metadata": {}, "output_type": "display_data"}
    return _code("plt.plot(np.linspace(-5, 5), Sigmoid().forward(np.linspace(-5, 5))[0])\nplt.show()", count, [shown])


def main() -> None:
    """Write a class from the command line."""
    parser = argparse.ArgumentParser(description="Write a made-up class for Exercise 5.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--hanging", type=float, default=0.0, help="share of students whose notebook hangs")
    asked = parser.parse_args()
    print(f"{len(make_class(asked.folder, asked.students, asked.seed, asked.hanging))} notebooks in {asked.folder}")


if __name__ == "__main__":
    main()
