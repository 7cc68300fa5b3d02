"""What is said of a file as a whole: which one it was, what had to be done to run it, and what did not run.

takes: what was found in a file, and what failed while its definitions were run.
gives: sentences.
must not know: points, verdicts, HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

import numpy as np

from grader.feedback.case_wording import Place
from grader.feedback.next_step.names_wording import near
from grader.wire import OLD_NAMES, RUN_AGAIN, Trouble

MOST_TOLD = 10  # of the lines that did not run
_COSTS = "This costs only what needs it."


def notes_on_file(
    choice: str, attributes: Sequence[str], left_out: int, ran_every_cell: bool, is_script: bool = False
) -> tuple[str, ...]:
    """What is to be said of a file as a whole: which one it was, and what had to be done to run it."""
    notes = [choice] if choice else []
    dropped = [name for name in attributes if name in OLD_NAMES and name not in vars(np)]
    if dropped:
        listed = ", ".join(f"np.{name}" for name in dropped[:8])
        notes.append(f"Not in today's numpy: {listed}. Names that older versions had still work here.")
    if left_out and not ran_every_cell:
        lines = (
            "1 statement that only tries, prints or plots was"
            if left_out == 1
            else (f"{left_out} statements that only try, print or plot were")
        )
        notes.append(f"Imports, definitions and assignments were run; {lines} left out.")
    if ran_every_cell:
        everything = "the whole file was" if is_script else "all cells were"
        notes.append(f"A graded function was not among the definitions, so {everything} run in order to look for it.")
    return tuple(notes)


def notes_on_misnamed(failed: Sequence[Trouble], others: Iterable[str]) -> tuple[str, ...]:
    """What is to be said where a module is not there, and another file of the hand-in has nearly its name."""
    absent = [t.message.split("'") for t in failed if t.type_name == "ModuleNotFoundError"]
    names = [parts[1] for parts in absent if len(parts) > 2]
    there = {PurePosixPath(file).stem: file for file in others if file.endswith(".py")}
    found = {name: near(name.rpartition(".")[2], there) for name in names}
    return tuple(
        f"There is no file for the module `{name}`, and {there[alike]} was handed in: if that is meant, write "
        f"`{alike}` in the import, and wherever the module is used by that name."
        for name, alike in found.items()
        if alike
    )


def note_on_all_cells(names: Sequence[str]) -> str:
    """What is to be said where all cells were run for these functions, as that earns more."""
    listed = ", ".join(names)
    return f"For {listed} all cells were run in order, since other cells set up what they use."


def note_on_lines(names: Sequence[str]) -> str:
    """What is to be said where a backward was tried with what the lines of its broken forward keep."""
    return (
        f"{', '.join(names)} was tried with what those lines of its forward keep that can be run: what is broken there "
        "counts there, and once."
    )


def note_on_order(names: Sequence[str]) -> str:
    """What is to be said where a backward was tried with what its forward gives put as it is due."""
    return (
        f"{', '.join(names)} was tried with what its forward gives put into the order and number that are due: that "
        "counts in the forward, and once."
    )


def note_on_too_few(names: Sequence[str]) -> str:
    """What is to be said where a function gave fewer results than are due, each of which was taken for one of them."""
    return f"{', '.join(names)} returned fewer results than are due: each was taken for one of these, in their order."


def note_on_one_by_one(names: Sequence[str]) -> str:
    """What is to be said where each question was asked by itself, as what is added up outlives a call."""
    return (
        f"{', '.join(names)} was asked each question by itself, its code run anew, as it adds to what an earlier call "
        "gave: that counts where several calls are checked, and once."
    )


def note_on_kept(names: Sequence[str]) -> str:
    """What is to be said where each question was asked by itself, as something lasts that an earlier one left."""
    return (
        f"{', '.join(names)} was asked each question by itself, its code run anew, as it gives something else after "
        f"other calls: {_SHARED} That counts where several calls or objects are checked, and once."
    )


def note_on_kept_alone(names: Sequence[str]) -> str:
    """The same where each question is right by itself, so that nothing but what is asked before is in the way."""
    return (
        f"{', '.join(names)} was right in each case that was asked by itself, and was not after other calls: {_SHARED} "
        "Trying one case again does not show it."
    )


_SHARED = (
    "something is kept in a place that all calls and all objects share (a class, a default, a name outside of it). "
    "Keep it on the object, and make it anew in `__init__`, or in the function."
)


def note_on_asserts(names: Sequence[str]) -> str:
    """What is to be said where functions were tried without their asserts, as that earns more."""
    return f"{', '.join(names)} was tried without its asserts, as one does not hold: what is right beside that counts."


def note_on_wrong_asserts(names: Sequence[str]) -> str:
    """What is to be said where nothing is wrong with functions but an assert of theirs."""
    return (
        f"{', '.join(names)}: all that was asked is right without the assert that does not hold, so it is that one "
        "which is wrong. Mend it, or take it out."
    )


def note_on_undone(name: str, last: str, stays: str) -> str:
    """What is to be said where an earlier class was graded in the place of one that no kernel runs."""
    return (
        f"`class {name}` in {last} does not run as it is written, so that the one in {stays} is what a kernel has in "
        "the end. That was graded, as it earns more: take the other one out, or mend it."
    )


def note_on_function(function: str, name: str) -> str:
    """What is to be said where a function was graded as the method of a class that is not there."""
    owner, _, method = name.rpartition(".")
    return (
        f"`{function}` was graded as `{name}`, since there is no `class {owner}` here. Write it as `{method}` into "
        "that class: code that is given with an exercise looks for it there."
    )


FAILED_IN_PART = "The grader failed on a part of this hand-in; no points are lost by that."
NOTHING_PUBLIC = "Nothing was checked: of this exercise no check is public."


def notes_on_unseen(names: Sequence[str]) -> tuple[str, ...]:
    """What is to be said where a key asks nothing of functions: it has no public check of them."""
    if not names:
        return ()
    return (f"Not checked here, since no check of it is public: {', '.join(names)}. That is done after hand-in.",)


def notes_on_failed(failed: Sequence[Trouble], place: Place) -> list[str]:
    """What went wrong in running the definitions, for a reader who wonders; it cost only what needed it.

    Where a module is missing, each line that imports from it fails alike, and each that tries something with what it
    would have given fails too: of these one says enough.
    """
    follow = [t for t in failed if t.type_name == "NameError" and RUN_AGAIN not in t.message]
    alike: dict[tuple[str, str], list[Trouble]] = {}
    for trouble in failed:
        if trouble not in follow[1:]:
            alike.setdefault((trouble.type_name, trouble.message), []).append(trouble)
    told = list(alike.values())[:MOST_TOLD]
    notes = [f"{_lines_of(ones, place)} did not run: {ones[0].type_name}: {ones[0].message}. {_COSTS}" for ones in told]
    if follow[1:] and [follow[0]] in told:
        one, more = ("1 more line", "a name in it is"), (f"{len(follow) - 1} more lines", "names in them are")
        lines, names = one if len(follow) == 2 else more
        notes.append(f"{lines} did not run, as {names} not defined. {_COSTS}")
    return notes


def _lines_of(alike: Sequence[Trouble], place: Place) -> str:
    """The first of those that failed alike, and how many more there are."""
    first, more = place(alike[0].cell, alike[0].line) or "a statement", len(alike) - 1
    return f"{first} and {more} more line{'s' if more > 1 else ''}" if more else first
