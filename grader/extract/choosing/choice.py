"""Which of a hand-in's files is graded: the one with most of the graded functions written in it.

takes: a `Submission`, and the graded names.
gives: `Chosen`, which says what was passed over; `SubmissionError` where nothing can be read.
must not know: answers, points.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import PurePosixPath
from types import MappingProxyType

from grader.errors import SubmissionError
from grader.extract.choosing.completing import Taken, looked_up, taken_from, told, with_work
from grader.extract.choosing.exercise import passed_over
from grader.extract.choosing.refusing import Refused, closed_in, on_unread, refuse_unread_work
from grader.extract.choosing.room import Room
from grader.extract.choosing.texts import before_texts
from grader.extract.choosing.versions import newest
from grader.extract.definitions import extract
from grader.extract.extracted import Extract
from grader.extract.formats.markdown import is_markdown
from grader.extract.imports.beside import Finder, finder, source
from grader.extract.repairs import patience
from grader.extract.replaced import below_stubs, on_redone, on_replaced
from grader.extract.work import Stubs
from grader.intake import Candidate, Submission, read_candidate
from grader.intake.calling import folded
from grader.intake.layouts import CANVAS_NAME
from grader.intake.walk import RENAMED

# What Colab and file managers put in front of a copy's name, in some languages; what stands behind needs no words.
_COPY_OF = re.compile(r"(copy|kopie|kopia|copie|copia|cópia)( \(\d{1,3}\))? (of|von|van|av|de|di) ")
MOST_NAMED = 5  # of the files that were passed over
# Of the processor, after which no further file is begun: one may take all of a `Patience`, and fifty are ten minutes.
MOST_SECONDS = 2 * patience.MOST_SECONDS


@dataclass(frozen=True)
class Chosen:
    """The file that is graded, its bytes, what is in it, a note where there were others, and the names in those.

    `unread` are notes on files that cannot be read.
    """

    candidate: Candidate
    data: bytes
    extract: Extract
    note: str = ""
    others: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


def choose(
    submission: Submission,
    wanted: Sequence[str],
    stubs: Stubs = MappingProxyType({}),
    name: str = "",
    files: Mapping[str, str] = MappingProxyType({}),
) -> Chosen:
    """Read the candidates and take the one with most work in it; among equals the newest version, and no copy.

    `stubs` are the digests of functions as the hand-out has them: beside a notebook that was worked in, the hand-out
    itself, which defines as much, is never taken. `name` is the assignment's: what is of another one is passed over.
    `files` came with the exercise, and may be imported.
    """
    if submission.problem:
        raise SubmissionError(submission.problem, submission.next_step)
    over = passed_over([one.shown for one in submission.candidates], name)
    find_for = partial(finder, submission, over, files)
    read, refused = _read_what_counts(submission, over, find_for, wanted, stubs)
    refuse_unread_work((one.extract for one in read), [*refused, *closed_in(submission)], wanted, stubs)
    unread = [one for one in refused if one.is_begun and one.may_hold_work]
    first = before_texts({one.candidate.shown: one.extract for one in read}, wanted, stubs)
    worth = {one.candidate.shown: _worth(one.extract, wanted, stubs) for one in read}
    came = _given([one for one in read if one.candidate.shown in first], submission, files, worth)
    own = [one for one in read if one.candidate.shown not in came]
    best, why = _best(submission, [one for one in own if one.candidate.shown in first], wanted, worth, name)
    why += f", beside what came with the exercise ({_listed(sorted(came))})" if came else ""
    others = {one.candidate.shown: tuple(one.extract.places) for one in read if one is not best}
    best, taken = _completed(best, own, find_for, wanted, stubs)
    told_of = [one.shown for one in submission.candidates if one.shown in first or not _is_besides(one.shown)]
    # What was nearly taken is named before what has nothing of the exercise in it.
    told_of.sort(key=lambda file: worth.get(file, (0, 0, 0)), reverse=True)
    notes = _notes(told_of, best, why, taken, over, files, unread)
    extract = _with_replaced(best.extract, wanted, stubs)
    note = " ".join(filter(None, notes))
    return replace(best, extract=extract, note=note, others=others, unread=on_unread(unread))


def _given(
    read: Sequence[Chosen], submission: Submission, files: Mapping[str, str], worth: Mapping[str, tuple[int, int, int]]
) -> set[str]:
    """Those that go by the name of a file that came with the exercise, where something is written in another one.

    A helper may well have a function of the same name, as a week's exercise builds on that of the week before.
    """
    names = {PurePosixPath(file).stem for file in files}
    shown = [
        one.candidate.shown for one in read if one.candidate.shown.endswith(".py") and _stem(one, submission) in names
    ]
    return (
        set(shown) if any(worth[one.candidate.shown][0] for one in read if one.candidate.shown not in shown) else set()
    )


def _is_besides(file: str) -> bool:
    """Whether it is no news that it was not graded: notes on the work, the same notebook once more."""
    return is_markdown(file) or file.lower().endswith(RENAMED)


def _worth(extract: Extract, wanted: Sequence[str], stubs: Stubs) -> tuple[int, int, int]:
    """How many functions have work in them, how many are there at all, and how many of these in the file itself."""
    defined = extract.defined(wanted)
    elsewhere = {cell.number for cell in extract.cells if cell.file}
    own = [name for name in defined if name not in extract.places or extract.places[name][0] not in elsewhere]
    return len(with_work(extract, wanted, stubs)), len(defined), len(own)


def _completed(
    best: Chosen,
    read: Sequence[Chosen],
    find_for: Finder,
    wanted: Sequence[str],
    stubs: Stubs,
) -> tuple[Chosen, list[Taken]]:
    """The same, with what it has not from the other files."""
    others = {chosen.candidate.shown: chosen for chosen in read if chosen is not best}
    taken = taken_from(best.extract, ((file, chosen.extract) for file, chosen in others.items()), wanted, stubs)
    if not taken:
        return best, taken
    sources = [(one, source(others[one.file].candidate)) for one in taken]
    find = looked_up(sources, find_for(best.candidate))
    more = "\n".join(one.line for one in taken)
    return replace(best, extract=extract(best.data, best.candidate.shown, wanted, find, stubs, more)), taken


def _with_replaced(found: Extract, wanted: Sequence[str], stubs: Stubs) -> Extract:
    """The same, with what it says of functions that are written more than once."""
    replaced = on_replaced(found.history, wanted, stubs, found.is_script)
    asides = (*on_redone(found.history, wanted, stubs, found.is_script), *found.asides)
    notes = (*found.notes, *(one.sentence for one in replaced))
    below = below_stubs(found.history, wanted, stubs)
    return replace(found, notes=notes, on_names=(*found.on_names, *replaced), asides=asides, below_stubs=below)


def _notes(
    shown: Sequence[str],
    best: Chosen,
    why: str,
    taken: Sequence[Taken],
    over: Set[str],
    files: Mapping[str, str],
    unread: Sequence[Refused],
) -> Iterator[str]:
    """Which files were graded, which were not, and why."""
    graded = best.candidate.shown
    others = [file for file in shown if file != graded]
    used = {cell.file for cell in best.extract.cells if cell.file}
    came_with_it = files.keys() - {graded, *others}
    if imported := sorted(used.difference((one.file for one in taken), came_with_it, (graded,))):
        yield f"{graded} was graded with what it imports: {_listed(imported)}."
    yield told(graded, taken)
    unknown = {one.candidate.shown for one in unread}
    if others := [file for file in others if file not in used | over | unknown]:
        count = 1 + len(others) + len(unknown)
        yield f"Of {count} files handed in, {graded} was graded, and not {_listed(others)}: {why}."
    if elsewhere := sorted(over - used):
        yield f"Not looked at, as their names are of another exercise: {_listed(elsewhere)}."


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _best(
    submission: Submission, read: Sequence[Chosen], wanted: Sequence[str], worth: Mapping[str, tuple[int, int, int]],
    name: str,
) -> tuple[Chosen, str]:  # fmt: skip
    """The file with most work in it, and why it is that one."""
    most_worth = max(worth[one.candidate.shown] for one in read)
    equals = [one for one in read if worth[one.candidate.shown] == most_worth]
    lost = [_lost(chosen.extract, wanted) for chosen in equals]
    best, is_newer, is_named = _newest([(_stem(chosen, submission), chosen) for chosen in equals], lost, name)
    most = f"{most_worth[0]} of {len(wanted)} functions"
    why = f"{len(equals)} of them have as much written ({most})" if len(equals) > 1 else f"it has most written ({most})"
    if not most_worth[0]:
        why = "none of the functions is written in any of them"
    if _lost(best.extract, wanted) < max(lost):
        why += ", and of this one more can be read"
    why += ", and this one is called as the exercise is" if is_named and not is_newer else ""
    return best, f"{why}, and by its name it is the newest of these" if is_newer else why


def _lost(extract: Extract, wanted: Sequence[str]) -> int:
    """How many functions are there in a form that cannot be read."""
    return sum(name in extract.lost or name.partition(".")[0] in extract.lost for name in wanted)


def _newest(equals: Sequence[tuple[str, Chosen]], lost: Sequence[int], name: str) -> tuple[Chosen, bool, bool]:
    """Of files with as much work, by their names: the newest version of that which is read best and is no copy.

    Of several such ones it is that which is called as the assignment: parts of a course may ask for the same names.
    """
    stems = [stem for stem, _ in equals]
    originals = [n for n, stem in enumerate(stems) if not _is_copy(stem, stems)]
    first = min(originals, key=lambda n: (lost[n], folded(stems[n]) != folded(name)))
    best, older = newest(stems, first)
    is_newer = any(equals[n][1].data != equals[best][1].data for n in older)
    return equals[best if is_newer else first][1], is_newer, first != min(originals, key=lambda n: lost[n])


def _stem(chosen: Chosen, submission: Submission) -> str:
    """A file's name without its ending, and without what Canvas puts in front of it, which no two files share."""
    name = PurePosixPath(chosen.candidate.shown).name
    match = CANVAS_NAME.match(name) if submission.arrival.layout == "canvas" else None
    return PurePosixPath((match and match["file"]) or name).stem


def _is_copy(stem: str, stems: Sequence[str]) -> bool:
    """Whether it is called as another file with something behind, or as a copy of it in the words of a system.

    Behind it anything will do: `ex copy.ipynb`, `ex (1).ipynb`, `ex-old.ipynb`. In front `my ex.ipynb` is no copy.
    """
    fold, folds = folded(stem), [folded(other) for other in stems if other != stem]
    of = _COPY_OF.match(fold)
    return any(fold.startswith(other) or (of and fold[of.end() :] == other) for other in folds if other != fold)


def _read_what_counts(
    submission: Submission, over: Set[str], find_for: Finder, wanted: Sequence[str], stubs: Stubs
) -> tuple[list[Chosen], list[Refused]]:
    """Those under an ending of their own; if nothing is written in these, those as well that are called otherwise."""
    asked = [one for one in submission.candidates if one.shown not in over]
    renamed = [one for one in asked if one.shown.lower().endswith(RENAMED)]
    first = [one for one in asked if one not in renamed]
    read, refused = _read_all(first or renamed, find_for, wanted, stubs)
    if first and renamed and not any(with_work(one.extract, wanted, stubs) for one in read):
        more, besides = _read_all(renamed, find_for, wanted, stubs)
        return [*read, *more], [*refused, *besides]
    return read, refused


def _read_all(
    asked: Sequence[Candidate],
    find_for: Finder,
    wanted: Sequence[str],
    stubs: Stubs,
) -> tuple[list[Chosen], list[Refused]]:
    """Those that can be read, in their order. The nearest come first to what room there is: a library lies deeper."""
    read: dict[int, Chosen] = {}
    refused: dict[int, Refused] = {}
    room, began = Room(), time.thread_time()
    for place, candidate in sorted(enumerate(asked), key=lambda one: one[1].shown.count("/")):
        if room.is_full or time.thread_time() - began > MOST_SECONDS:
            error = SubmissionError(f"{candidate.shown} is one of too many files", "hand in the exercise alone")
            refused[place] = Refused(candidate, error, is_begun=False)
            continue
        try:
            chosen = read[place] = _read(candidate, find_for, wanted, stubs)
            room.take([cell.source for cell in chosen.extract.cells if cell.kind == "code"])
        except SubmissionError as error:
            refused[place] = Refused(candidate, error)
    return [read[place] for place in sorted(read)], [refused[place] for place in sorted(refused)]


def _read(candidate: Candidate, find_for: Finder, wanted: Sequence[str], stubs: Stubs) -> Chosen:
    data = read_candidate(candidate)
    return Chosen(candidate, data, extract(data, candidate.shown, wanted, find_for(candidate), stubs))
