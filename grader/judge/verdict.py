"""The closed lists of the judge: kinds of verdict, what a comparison can find, what is worth a note.

takes: nothing.
gives: `Verdict`, `Finding`, `Problem`, `Note` and the words they are made of.
must not know: points, sentences, arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from grader.judge.reading.patterns import Reading
from grader.plan import Purpose
from grader.wire import Status, Trouble
from grader.wire.quick import dataclass


class Kind(StrEnum):
    """What a criterion's outcomes mean."""

    CORRECT = "correct"
    ALTERNATIVE = "alternative"
    KNOWN_MISTAKE = "known mistake"
    CONSISTENT = "consistent"
    PARTLY = "partly"
    WRONG = "wrong"
    NOT_ATTEMPTED = "not attempted"
    MISSING = "missing"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    UNGRADED = "ungraded"


class Flaw(StrEnum):
    """The checks of one result, in the order in which they are made; the first that fails is what is said."""

    COUNT = "count"
    NONE = "none"
    TYPE = "type"
    SHAPE = "shape"
    DTYPE = "dtype"
    NOT_FINITE = "not finite"
    VALUES = "values"
    ERROR = "error"  # in the place of all of them, where one is to be raised
    TEXT = "text"  # in the place of shape and values, where words are due


MOST_COUNTED = 9  # values of a hidden case: how many more there are is a number that a program may choose


class Basis(StrEnum):
    """Which cache backward was right with."""

    OWN_CACHE = "own cache"
    HANDED_CACHE = "handed cache"
    MENDED_CACHE = "mended cache"
    ROUGH_CACHE = "rough cache"  # the reference's, and nearly with its own: forward is right, and not exact
    OWN_GRADIENT = "own gradient"
    OWN_IN_PART = "own gradient, in part"
    BUILT_ON = "built on"  # none: it is right for another function that it calls, and that has a known mistake


class NoteKind(StrEnum):
    """Something worth saying that costs nothing."""

    CHANGED_INPUT = "changed input"
    WARNING = "warning"
    OTHER_TYPE = "other type"
    OTHER_DTYPE = "other dtype"
    ALTERNATIVE = "alternative"
    BETWEEN = "between"
    COMPARED = "compared"
    OTHER_CACHE = "other cache"
    OWN_CACHE = "own cache"
    UNSTEADY = "unsteady"
    OLD_WAY = "old way"
    BUILT_ON = "built on"
    LENT = "lent"
    LENT_UNCHANGED = "lent, unchanged"  # of what is right, and changes what it is called with
    NO_READING = "no reading"


@dataclass(frozen=True)
class Note:
    """A note and the names or texts it is about."""

    kind: NoteKind
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """The first check that failed for one result, and its facts: sizes, shapes, places.

    The facts `got` and `want` are numbers of the answer: they are there for public cases only, as is `there`, what
    each input is at the entry that is told.
    """

    flaw: Flaw
    output: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One case: what happened, and the first thing wrong with it, if anything.

    `earlier` names a function called before in the same case that did not return, or left this one without its cache;
    `before` is what that one raised.
    `wrong` names the results that are not right, of several. `elsewhere` is the behaviour that the fault is counted in,
    if that is not the case's own. `raises` is the error that is due, in the place of results.
    """

    case: str
    visibility: str
    behaviour: str
    status: Status
    problem: Problem | None = None
    trouble: Trouble | None = None
    reason: str = ""
    earlier: str = ""
    wrong: tuple[str, ...] = ()
    elsewhere: str = ""
    before: Trouble | None = None
    raises: str = ""

    @property
    def right(self) -> bool:
        """Returned, and nothing wrong with what it returned; or raised what is due."""
        return self.problem is None and self.status is (Status.RAISED if self.raises else Status.RETURNED)


@dataclass(frozen=True)
class Verdict:
    """One opinion on one criterion.

    `held` names the behaviours that hold; `mistake` and `alternative` name what was recognised; `right_otherwise` tells
    that backward, failing with its own forward's cache (where that forward is right, if it is so in part), is right
    with the reference's. `rough` tells of what is right that it is so by the tolerance, and not by rounding alone.
    `behind` tells of a backward that fails that its forward is wrong, and that nothing is known of it with another
    cache; `unwritten`, that its forward is as the hand-out left it, and so is the cache. `reading` is how the result
    differs that fails first, `others_read` how the others do, by name. `mistakes_in` are the mistakes that single
    results show, by name, where the whole shows none, `shown_in` those that all cases of one behaviour show.
    `unread` tells that this is not known yet, and by which cases it shows (`judge.telling`).
    `turned` tells of a forward that all it gives is right, in another order than is due.
    `follows` names the results of a consistent backward that are right for its own forward, where
    the others are not, and `following` the behaviours that are about no others.
    """

    criterion: str
    kind: Kind
    findings: tuple[Finding, ...] = ()
    held: tuple[str, ...] = ()
    basis: Basis = Basis.OWN_CACHE
    mistake: str = ""
    alternative: str = ""
    notes: tuple[Note, ...] = ()
    trouble: Trouble | None = None
    right_otherwise: bool = False
    reading: Reading | None = None
    others_read: tuple[tuple[str, Reading], ...] = ()
    mistakes_in: tuple[tuple[str, str], ...] = ()
    shown_in: tuple[tuple[str, str], ...] = ()
    unread: Purpose | None = None
    rough: bool = False
    behind: bool = False
    unwritten: bool = False
    follows: tuple[str, ...] = ()
    following: tuple[str, ...] = ()
    turned: bool = False
