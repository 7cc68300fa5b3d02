"""The smallest grader that could be: the bare-fork floor, and of all that a grader owes only what none can leave out.

takes: a folder of `<student>/*.ipynb`, a folder to write into, how many children may be in flight, how often the
calls are made.
gives: one line with how many notebooks there were and how many answers were right; a page and a line for each.
must not know: limits, isolation, reasons, points; whose fault a wrong answer is.

What it adds to `floor` for each notebook: its digest, the program read as Python, each answer held against the
reference's, a line of JSON, the answers kept, and a page with the code. All that by the libraries that are made for
it, and nothing else: whoever makes as many calls, in Python, cannot be faster by much. Answers are paired with what is
due by their place alone, so behind one that is missing all are wrong; they cost as much.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import jinja2
import numpy as np
import numpy.random

from benchmarks.floor import ask, decode, served, without_magics
from reference.exercise_05 import passes

TOLERANCE = 1e-5  # of the largest right value
PAGE = """<!doctype html><title>{{ student }}</title><h1>{{ student }}: {{ right }} of {{ cases | length }}</h1>
{% for case in cases %}<p>{{ loop.index }}: {{ "right" if case else "wrong" }}</p>{% endfor %}
{% for cell in cells %}<pre>{{ cell }}</pre>{% endfor %}"""


class Least:
    """What is due, a book to keep answers in, and a template of a page."""

    def __init__(self, out: Path, rounds: int) -> None:
        self.out = out
        self.due = ask(vars(passes), rounds)[1]
        self.page = jinja2.Environment(autoescape=True).from_string(PAGE)
        self.lines = (out / "verdicts.jsonl").open("w", encoding="utf-8")
        self.book = sqlite3.connect(out / "book.sqlite", isolation_level=None)
        self.book.execute("PRAGMA journal_mode = wal")
        self.book.execute("PRAGMA synchronous = normal")
        self.book.execute("CREATE TABLE kept (student TEXT, digest TEXT, line TEXT, answers BLOB)")

    def grade(self, path: Path, data: bytes) -> int:
        """Judge, keep and show one notebook; gives how many of its answers are right."""
        raw, student = path.read_bytes(), path.parent.name
        cells = list(code_in(raw))
        cases = [is_right(*pair) for pair in zip(decode(data)[1], self.due, strict=False)]
        line = json.dumps({"student": student, "cells": len(cells), "cases": cases})
        self.lines.write(line + "\n")
        kept = (student, hashlib.sha256(raw).hexdigest(), line, zlib.compress(data, 1))
        self.book.execute("INSERT INTO kept VALUES (?, ?, ?, ?)", kept)
        (self.out / student).mkdir()
        text = self.page.render(student=student, right=sum(cases), cases=cases, cells=cells)
        (self.out / student / "report.html").write_text(text, encoding="utf-8")
        return sum(cases)


def code_in(raw: bytes) -> Iterator[str]:
    """The cells of code, each read as Python once, as whoever looks for functions in them must."""
    for cell in json.loads(raw)["cells"]:
        if cell["cell_type"] == "code":
            source = without_magics("".join(cell["source"]))
            with contextlib.suppress(SyntaxError):
                ast.parse(source)
            yield source


def is_right(answer: np.ndarray, due: np.ndarray) -> bool:
    """Whether an answer has the shape that is due, and values near enough."""
    if answer.shape != due.shape:
        return False
    return bool((np.abs(answer - due) <= TOLERANCE * np.abs(due).max()).all())


def main(arguments: Sequence[str] | None = None) -> None:
    """Grade a folder; what notebooks print goes nowhere."""
    parser = argparse.ArgumentParser(description="Grade a class as barely as can be.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1, help="how often the calls are made")
    asked = parser.parse_args(arguments)
    asked.out.mkdir(parents=True)
    numpy.random.default_rng(0).normal(size=3)
    said, nothing = os.dup(1), os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    least = Least(asked.out, asked.rounds)
    right = [least.grade(*one) for one in served(asked.folder, asked.at_once, asked.rounds)]
    os.write(said, f"{len(right)} notebooks, {sum(right)} right answers\n".encode())


if __name__ == "__main__":
    main()
