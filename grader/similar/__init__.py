"""Which submissions share code that hardly any other has: for a person to look at, never part of a score.

Fragments of the hand-out and the author's solution count nothing, all others by how few submissions have them. A pair
is worth the tokens that such fragments cover, each by its rarity.
"""

from __future__ import annotations

import math
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

import numpy as np

from grader.assignment.loading import load_assignment
from grader.export.sheets import csv_bytes, defused_name
from grader.extract import Cell
from grader.extract.formats import contents_of
from grader.feedback.numbers import show_count
from grader.gradebook import Gradebook, Record
from grader.report.page import clean
from grader.similar.fragments import LENGTH, Fragments, fragments_of

LEAST_SHARED = 40.0  # rare tokens that two share by copying: about five lines that nobody else wrote so
LEAST_RUN, MOST_HOLDERS = LENGTH + 4, 50  # tokens in a row that count; who may have a fragment by which pairs are found
MOST_PAIRS, MOST_LISTED = 100, 15  # on the page, and on the terminal; more are read by nobody
FEW, STRONG = 10, 0.5  # submissions, among fewer of which nothing is rare; the rarity of a strong mark
AROUND, MOST_LINES = 2, 120  # lines shown round what is shared, and in all
_NO_ASSIGNMENT = "The assignment was not found, so its hand-out and solution count as well: name it with --assignment."
HandIn = tuple[Record, Sequence[Cell]]
Line = tuple[int | str, Sequence[tuple[str, str]]]
"""A line's number, and its text with its mark: strong, weak or nothing."""


class Side(NamedTuple):
    """One of a pair: what part of the student's own code is shared, and the cells with something shared in them."""

    student_id: str
    name: str
    folder: str
    share: float
    cells: Sequence[tuple[int, Sequence[Line]]]


class Pair(NamedTuple):
    """A pair: how many rare tokens it shares, and both sides."""

    worth: float
    left: Side
    right: Side


class SimilarView(NamedTuple):
    """The pairs, how many submissions have own code, how many more pairs there are; students whom pairs join."""

    pairs: Sequence[Pair]
    compared: int
    more: int
    least: float
    warnings: Sequence[str]
    groups: Sequence[Sequence[str]]


def compare_class(book: Gradebook, assignment: Path | None, least: float, plain: Path) -> SimilarView:
    """Compare a graded class; what is in the `assignment` folder is nobody's own code.

    Writes the submissions to `plain` as Python files, with an info.csv for Dolos.
    """
    code = ((one, [cell for cell in one.cells if cell.kind == "code"]) for one in book.records())
    class_ = [(one, cells) for one, cells in code if any(cell.source.strip() for cell in cells)]
    handout, solution = list[str](), list[str]()
    if assignment is not None:
        whole = load_assignment(assignment)
        handout = _code(assignment, whole.handout, *whole.settings.templates, *whole.settings.files)
        solution = _code(assignment, "master.ipynb", str(whole.reference.__file__))
    _write_plain(plain, class_, handout)
    given = {line.strip() for source in handout for line in source.split("\n")}
    known = fragments_of(handout).begins.keys() | fragments_of(solution).begins.keys()
    read = [fragments_of([cell.source for cell in cells], given, known) for _, cells in class_]
    found = sorted(_pairs(class_, read, least), key=lambda one: (-one.worth, one.left.student_id, one.right.student_id))
    compared, shown = sum(bool(each.begins) for each in read), found[:MOST_PAIRS]
    few = f"Only {show_count(compared, 'submission')} with own code: nobody can tell what is rare."
    warnings = [_NO_ASSIGNMENT] * (not assignment) + [few] * (compared < FEW)
    return SimilarView(shown, compared, len(found) - len(shown), least, warnings, _groups(shown))


def _code(folder: Path, *names: str) -> list[str]:
    """The cells of those files that are notebooks or Python, and there."""
    read = (path for path in map(folder.joinpath, names) if path.suffix in (".ipynb", ".py") and path.is_file())
    return [cell for path in read for cell in contents_of(path.read_bytes(), path.name).code]


def _write_plain(folder: Path, class_: Sequence[HandIn], handout: Sequence[str]) -> None:
    """One Python file a submission, the hand-out's code, and info.csv; what an earlier run wrote is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names = [one.identity.folder + ".student" * (one.identity.folder == "handout") + ".py" for one, _ in class_]
    given = [("handout.py", [Cell(n, "code", source) for n, source in enumerate(handout, start=1)])] * bool(handout)
    for name, cells in [*given, *zip(names, (cells for _, cells in class_), strict=True)]:
        parts = [f"# %% cell {cell.number}\n{cell.source.rstrip()}\n" for cell in cells]
        (folder / name).write_text("\n".join(parts), encoding="utf-8")
    called = (defused_name(one.identity.name or one.student_id) for one, _ in class_)
    rows = [("filename", "full_name"), *zip(names, called, strict=True)]
    (folder / "info.csv").write_bytes(csv_bytes(rows))


def _pairs(class_: Sequence[HandIn], read: Sequence[Fragments], least: float) -> Iterator[Pair]:
    holders, weights = defaultdict[int, list[int]](list), defaultdict[tuple[int, int], float](float)
    for n, fragment in ((n, fragment) for n, each in enumerate(read) for fragment in each.begins):
        holders[fragment].append(n)
    count = sum(bool(each.begins) for each in read)
    # 1 where two have it, 0 where all do; squared, as what a third of a class wrote is still chance.
    step = {n: (math.log(count / n) / math.log(count / 2)) ** 2 if count > 2 else 1.0 for n in range(1, count + 1)}
    rarity = {fragment: step[len(several)] for fragment, several in holders.items() if len(several) > 1}
    for fragment in (one for one in rarity if len(holders[one]) <= MOST_HOLDERS):
        for both in combinations(holders[fragment], 2):
            weights[both] += rarity[fragment]
    for both in (both for both, weight in weights.items() if weight * LENGTH >= least):  # what it covers at most
        shared = {one: rarity[one] for one in read[both[0]].begins.keys() & read[both[1]].begins.keys()}
        covered = [_covered(read[n], shared) for n in both]
        worth = round(min(float(one[one >= 0].sum()) for one in covered), 6)
        if worth >= least:
            yield Pair(worth, *(_side(class_[n], read[n], one) for n, one in zip(both, covered, strict=True)))


def _covered(one: Fragments, shared: Mapping[int, float]) -> np.ndarray:
    """For each token how rare the rarest shared fragment over it is, -1 for none: short runs and given lines too."""
    covered = np.full(len(one.tokens), -1.0)
    for begin, rarity in ((begin, rarity) for found, rarity in shared.items() for begin in one.begins[found]):
        covered[begin : begin + LENGTH] = np.maximum(covered[begin : begin + LENGTH], rarity)
    for start, end in np.flatnonzero(np.diff(covered >= 0, prepend=False, append=False)).reshape(-1, 2):
        covered[start:end] = covered[start:end] if end - start >= LEAST_RUN else -1.0
    return np.where(one.own, covered, -1.0)


def _side(hand_in: HandIn, read: Fragments, covered: np.ndarray) -> Side:
    """What is shown of one submission: the lines with something shared, and a few round them."""
    ranked = sorted(zip(covered.tolist(), read.tokens, strict=True))  # so that the rarest of a line's tokens is kept
    marks = {(one.cell, one.line): rarity for rarity, one in ranked if rarity >= 0}
    cells = list[tuple[int, list[Line]]]()
    for place in sorted({cell for cell, _ in marks}):
        source, lines = hand_in[1][place].source.split("\n"), list[Line]()
        near = {line + off for cell, line in marks if cell == place for off in range(-AROUND, AROUND + 1)}
        for n in sorted(near.intersection(range(len(source))))[:MOST_LINES]:
            lines += [("…", ())] if lines and lines[-1][0] != n else []
            rarity = marks.get((place, n), -1.0)
            lines.append((n + 1, [(source[n], "strong" if rarity >= STRONG else "weak" if rarity >= 0 else "")]))
        cells.append((hand_in[1][place].number, lines))
    share, who = float((covered >= 0).sum()) / max(1, sum(read.own)), hand_in[0].identity
    return Side(who.student_id, who.name, who.folder, share, cells)


def _groups(pairs: Sequence[Pair]) -> list[list[str]]:
    """Students whose submissions pairs join, three or more of them: ten copies are 45 pairs."""
    group_of: dict[str, set[str]] = {}
    for one, other in ((pair.left.student_id, pair.right.student_id) for pair in pairs):
        joined = group_of.get(one, {one}) | group_of.get(other, {other})
        group_of.update(dict.fromkeys(joined, joined))
    return [sorted(joined) for one, joined in group_of.items() if len(joined) > 2 and one == min(joined)]


def similar_lines(view: SimilarView) -> Iterator[str]:
    """What the terminal says: the pairs that share most, and that they prove nothing."""
    pairs = show_count(len(view.pairs) + view.more, "pair")
    lines = [f"{show_count(view.compared, 'submission')} compared, {pairs} to look at"]
    lines += [f"note: {warning}" for warning in view.warnings]
    lines += ["rare tokens shared     of own code   pair"] if view.pairs else []
    for worth, left, right in view.pairs[:MOST_LISTED]:
        numbers = f"{worth:18.0f}   {left.share:5.0%} {right.share:7.0%}"
        lines.append(f"{numbers}   {clean(left.student_id, 24)} and {clean(right.student_id, 24)}")
    for group in view.groups:
        lines.append(f"{len(group)} belong together: {', '.join(clean(student, 24) for student in group)}")
    for line in [*lines, "This is no part of any score, and no proof: read both, and talk to both."]:
        yield from wrap(line, 80, subsequent_indent="  ")
