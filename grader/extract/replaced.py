"""Work that is in a hand-in and counts no more: its class was defined again without it, or a stub stands below it.

takes: the definitions of a hand-in in order, and how the hand-out has its functions.
gives: what to say of each graded name that was lost so.
must not know: points, whether what counts is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from grader.extract.notes import MOST, OnName, Place, said_of
from grader.extract.work import Stubs, idle
from grader.wire.quick import dataclass

CLASS = "class"
"""Stands for the digest of a class that inherits from none, and so keeps nothing of what it replaces."""

FUNCTION = "function"
"""Stands for the digest of a function that has the name of a class."""


@dataclass(frozen=True)
class Made:
    """A name that was defined; `digest` is empty where what was defined cannot be seen.

    `statement` is where that begins which defines it, as a class does its methods.
    """

    name: str
    place: Place
    digest: str
    statement: Place = (0, 0)


def below_stubs(history: Sequence[Made], wanted: Sequence[str], stubs: Stubs) -> dict[str, tuple[Place, ...]]:
    """What defines a graded name below a stub of it: should none of these run, the stub is what is called."""
    below: dict[str, tuple[Place, ...]] = {}
    for made in history if len({made.name for made in history}) < len(history) else ():
        if made.name in wanted and made.digest in idle(made.name, stubs):
            below[made.name] = ()
        elif made.name in below:
            below[made.name] += (made.statement,)
    return {name: places for name, places in below.items() if places}


def on_replaced(history: Sequence[Made], wanted: Sequence[str], stubs: Stubs, is_script: bool) -> tuple[OnName, ...]:
    """Say of each graded name what replaced the work in it, if anything did that is none."""
    return tuple(islice(_said(history, wanted, stubs, is_script), MOST))


def on_redone(history: Sequence[Made], wanted: Sequence[str], stubs: Stubs, is_script: bool) -> tuple[OnName, ...]:
    """Say of each graded name whose work replaced other work where both are."""
    told = []
    for name in wanted:
        unwritten = ("", *idle(name, stubs))
        mine = [made for made in history if made.name == name]
        work = [made for made in mine if made.digest not in unwritten]
        if len(work) > 1 and mine[-1] is work[-1] and work[-1].digest != work[-2].digest:
            first, last = (said_of(made.place, is_script) for made in work[-2:])
            told.append(OnName(name, f"The last definition counts: `{name}` in {last} replaces the one in {first}", ""))
    return tuple(told[:MOST])


def _said(history: Sequence[Made], wanted: Sequence[str], stubs: Stubs, is_script: bool) -> Iterator[OnName]:
    for name in wanted:
        unwritten = idle(name, stubs)
        mine = [(at, made) for at, made in enumerate(history) if made.name == name]
        worked = [said_of(made.place, is_script) for _, made in mine if made.digest and made.digest not in unwritten]
        if not worked:
            continue
        last, made = mine[-1]
        owner, _, method = name.partition(".")
        again = [one for one in history[last + 1 :] if one.name == owner and one.digest in (CLASS, FUNCTION)]
        if again and made.digest not in unwritten:
            where, is_class = said_of(again[-1].place, is_script), again[-1].digest == CLASS
            what = f"`class {owner}` in {where} has no `{method}`, and" if is_class else f"`def {owner}` in {where}"
            to_do = "put both into one class" if is_class else "give that function another name"
            yield OnName(name, f"{what} replaces the class with the one in {worked[-1]}", to_do)
        elif made.digest in unwritten:
            here = said_of(made.place, is_script)
            found = f"`{name}` in {here} is empty or as the hand-out left it, and replaces the one in {worked[-1]}"
            yield OnName(name, found, f"take the one in {here} out")
