"""A made-up class of any size for Exercise 5: distinct notebooks as students hand them in, the same for the same seed.

A class in which some hang is the class without them but for those notebooks, so that the two can be compared.
"""

from __future__ import annotations

import base64
import json
import random
import sys
from pathlib import Path

from benchmarks.functions import Functions

SEED, NOTEBOOK = 5, "exercise_05.ipynb"
LAYERS = ("sigmoid", "relu", "affine")
PLOTTED = 0.04  # share of notebooks that hold a picture, some 40 KB of text

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


if __name__ == "__main__":
    print(f"{len(make_class(Path(sys.argv[1]), int(sys.argv[2])))} notebooks in {sys.argv[1]}")
