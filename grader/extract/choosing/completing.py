"""Work that is spread over several files of one hand-in: what the graded file has not at all is taken from the others.

takes: the names that a file gives, and what the others give, in order.
gives: what is to be imported from which, and the module that each is then.
must not know: points, how a file was chosen.

Only what is missing altogether: where a file has a name, be it empty or wrong, that is the answer. What is empty in
every file is *not attempted*, and not missing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.extract.extracted import Extract
from grader.extract.imports.modules import Lookup
from grader.extract.work import Stubs, idle

_TAKEN = re.compile(r"^handed_in_\d+\.")


@dataclass(frozen=True)
class Taken:
    """The functions and classes that are taken from one other file, and what that is imported as."""

    module: str
    file: str
    names: tuple[str, ...]

    @property
    def line(self) -> str:
        """What brings them."""
        return f"from {self.module} import {', '.join(self.names)}  # of {self.file}".replace("\n", " ")


def with_work(extract: Extract, wanted: Sequence[str], stubs: Stubs) -> list[str]:
    """The graded names that something is written for."""
    unwritten = {name for name, digest in extract.digests.items() if digest in idle(name, stubs)}
    return [name for name in extract.defined(wanted) if name in extract.lost or name not in unwritten]


def taken_from(
    best: Extract,
    others: Iterable[tuple[str, Extract]],
    wanted: Sequence[str],
    stubs: Stubs,
) -> list[Taken]:
    """What is taken from which file: from the first that has it. What nobody wrote is there, too, if a file has it."""
    missing = [owner for owner in dict.fromkeys(map(_owner, wanted)) if not _gives(owner, best.defined(wanted))]
    others = list(others)
    worked = [(file, with_work(other, wanted, stubs), other.lost) for file, other in others]
    # What another version of the same file has, such as the hand-out beside it, was left out of the graded one.
    apart = [
        one for one in others if not any(_gives(_owner(name), best.defined(wanted)) for name in one[1].defined(wanted))
    ]
    untouched = [(file, other.defined(wanted), other.lost) for file, other in apart]
    found: list[Taken] = []
    for file, has, lost in (*worked, *untouched):
        if names := tuple(owner for owner in missing if _gives(owner, [name for name in has if name not in lost])):
            found.append(Taken(".".join((f"handed_in_{len(found) + 1}", *_way_to(file))), file, names))
            missing = [owner for owner in missing if owner not in names]
    return found


def looked_up(taken: Iterable[tuple[Taken, tuple[str, str]]], look_up: Lookup | None) -> Lookup:
    """What finds these as modules, what they mean by `from .other import x` as well, and all others as before."""
    mine = {one.module: source for one, source in taken}
    return lambda name: mine.get(name) or (look_up(_TAKEN.sub("", name)) if look_up else None)


def told(best: str, taken: Sequence[Taken]) -> str:
    """That the work was taken from several files."""
    return " ".join(
        f"{', '.join(one.names)} {'is' if is_one else 'are'} not in {best}: {'it was' if is_one else 'they were'} "
        f"taken from {one.file}."
        for one in taken
        for is_one in [len(one.names) == 1]
    )


def _way_to(file: str) -> Iterator[str]:
    """The folders around a file as the packages that it may mean by a dot, and itself; none if it has no such name."""
    *folders, stem = PurePosixPath(file).with_suffix("").parts
    if stem.isidentifier():
        within = next((n for n in range(len(folders), 0, -1) if not folders[n - 1].isidentifier()), 0)
        yield from (*folders[within:], *([stem] if stem != "__init__" else []))


def _owner(name: str) -> str:
    return name.split(".")[0]


def _gives(owner: str, names: Collection[str]) -> bool:
    return owner in map(_owner, names)
