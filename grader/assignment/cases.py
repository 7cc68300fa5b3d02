"""The words for one graded function: its calls, behaviours and cases, and how it is judged where its forward is wrong.

takes: names, numbers and functions, as the author writes them.
gives: `Call`, `Behaviour`, `Case`, `FollowThrough`; a wrong declaration raises `AuthorError` naming the place.
must not know: points of a whole assignment, how anything is run or judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from grader.assignment.kinds import demand_kinds
from grader.assignment.policies import demand, demand_own_names

Inputs = Callable[["np.random.Generator"], Mapping[str, Any]]  # quoted: numpy loads it late, and no check needs it
"""Draws the inputs of one case: argument name -> array, or what else a function may take.

That is a number, a word, True, False or None, a function or class of a file in `files=`, what one makes (`made`), or a
tuple, list or dict of these and of arrays. Such a one is one object for all calls of a case, so that a later call finds
what an earlier one wrote into it; arrays are fresh for each call.
"""

PUBLIC, HIDDEN = "public", "hidden"
_PLACE = re.compile(r"(?:(len|text|mean|std|min|max)\()?(\w[\w ]*)((?:\.\w+|\['[^'\]]+'\]|\[-?\d+\])*)(?(1)\))")


@dataclass(frozen=True)
class Own:
    """A value the student's code made and keeps, such as a cache: handed on, never looked at or compared."""

    name: str


def own(name: str) -> Own:
    """Name a value that stays in the student's hands: `gives=("out", own("cache"))`."""
    return Own(name)


@dataclass(frozen=True)
class Made:
    """An argument that is made for each case by calling something of a file in `files=`, such as a dataset."""

    function: Callable[..., object]
    arguments: tuple[object, ...] = ()


def made(function: Callable[..., object], *arguments: object) -> Made:
    """Draw an object: `{"dataset": made(toy.Dataset, words)}`; a function itself is drawn as it is, `toy.squared`."""
    return Made(function, arguments)


@dataclass(frozen=True)
class Call:
    """One call of a graded function.

    `function` is `"name"` or `"Class.method"`; `takes` names inputs or own values, in order; `gives` names the
    results, in order. Calls with the same `instance` share one object of the class, made with the inputs that `new`
    names; a call of `"Class.__init__"` makes it, with what it takes, and gives it. With `instance=own("c")` it is the
    object that an earlier call gave. `sets` puts inputs on the object before the call, as a notebook's own check does,
    or into a dict that it takes: `{"self.w": "w"}`, `{"config['mode']": "mode"}`. So it does into what the object was
    made with: `{"model.layers[0].dW": "next_dW"}`.
    `leaves` are further results, found where the call has left them: `{"dw": "self.dw"}` on the object, `"grads['w']"`
    in what it took or gave, or an earlier call gave, or the object was made with. Of an iterator: `"batches[0]['x']"`,
    `"len(batches)"`. Of words, and of dicts, lists and sets of words and whole numbers, all of it: `"text(tokens)"`. Of
    what is drawn at random: `"mean(out)"`, and so `std`, `min` and `max`.
    `then` is for a function that gives a function: what comes back is called with these, and gives the results.
    """

    function: str
    takes: tuple[str | Own, ...]
    gives: tuple[str | Own, ...]
    instance: str | Own = "first"
    new: tuple[str, ...] = ()
    leaves: Mapping[str, str] = field(default_factory=dict, hash=False)
    sets: Mapping[str, str] = field(default_factory=dict, hash=False)
    then: tuple[str | Own, ...] = ()

    def __post_init__(self) -> None:
        demand_kinds(self)
        parts = self.function.split(".")
        demand(
            len(parts) <= 2 and all(part.isidentifier() for part in parts),
            f"'{self.function}' is not a function's name",
            'write "name" or "Class.method"',
        )
        for field_, names in (("takes", self.takes), ("gives", self.gives), ("new", self.new), ("then", self.then)):
            demand(isinstance(names, tuple), f"the call of {self.function}: {field_}= is no tuple", 'write ("x",)')
        demand(
            bool(self.gives),
            f"the call of {self.function} gives nothing",
            'name its results in gives=, or write gives=(own("nothing"),) where it only changes what it takes',
        )
        is_method = "." in self.function
        demand(is_method or not self.new, f"{self.function} has new=, and is no method", 'write "Class.method"')
        demand(
            parts[-1] != "__init__" or (not self.sets and not self.then and self.new in ((), self.takes)),
            f"the call of {self.function} makes the object, and has new=, sets= or then=",
            "leave them out: an object is made with what the call takes",
        )
        demand(
            not isinstance(self.instance, Own) or (is_method and parts[-1] != "__init__" and not self.new),
            f"the call of {self.function} is of an object that another call gives, and makes one, or is no method",
            'leave new= out, or instance=own("…")',
        )
        for place in self.sets:
            found = _PLACE.fullmatch(place)
            roots = [*self.new, *(name.name if isinstance(name, Own) else name for name in self.takes)]
            roots += ["self"] * is_method
            demand(
                found is not None and not found[1] and bool(found[3]) and found[2] in roots,
                f"the call of {self.function}: '{place}' in sets= is no place on its object, or in what it takes "
                "or is made with",
                """write {"self.w": "w"}, {"self.params['w']": "w"} or {"config['mode']": "mode"}""",
            )
        for name, place in self.leaves.items():
            demand(
                _PLACE.fullmatch(place) is not None and name not in self.gives,
                f"the call of {self.function}: leaves= has '{name}' in '{place}', no place, or gives= has it too",
                """write {"dw": "self.dw"}, "params['w']", "len(batches)", "text(words)" or "std(self.w)\"""",
            )

    @property
    def places(self) -> dict[str, tuple[str, str]]:
        """Of each result that is left: in what it stands, and the way from there (`.dw`, `['w']`, `[0]`).

        How many things there are, `len(batches)`, is what a way ends with, too: `.__len__()`; so is `mean(out)`.
        """
        found = {name: _PLACE.fullmatch(place) for name, place in self.leaves.items()}
        asked = {"len": ".__len__()", None: ""}
        return {n: (m[2], m[3] + asked.get(m[1], f".{m[1]}()")) for n, m in found.items() if m}

    @property
    def names(self) -> set[str]:
        """All that it takes or gives, by name."""
        return {name.name if isinstance(name, Own) else name for name in (*self.takes, *self.then, *self.gives)}

    @property
    def results(self) -> tuple[str, ...]:
        """What of it can be graded."""
        return (*(name for name in self.gives if isinstance(name, str)), *self.leaves)


@dataclass(frozen=True)
class Behaviour:
    """One thing a right function does, in a student's words, and the points it carries.

    `needs` names behaviours that must hold before this one counts: a function that returns zeros everywhere
    is also "zero where x is negative", and has earned nothing by it.
    """

    name: str
    points: int | Fraction
    needs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        demand_kinds(self)
        demand(self.points >= 0, f"behaviour '{self.name}': points must not be negative")


@dataclass(frozen=True)
class Case:
    """One set of inputs that a criterion is tried on, as part of one behaviour.

    `calls` replaces the criterion's own calls (say, two calls in a row). `grade` narrows what is compared.
    `echo` is the author's reason why an answer may equal an input here; without one such a case is refused,
    since a function that hands back its input would pass it. `feedback` is the author's reason for a case that
    catches nothing alone, such as being the first that students see.
    """

    name: str
    inputs: Inputs
    behaviour: str
    visibility: str = PUBLIC
    calls: tuple[Call, ...] = ()
    grade: tuple[str, ...] = ()
    echo: str = ""
    feedback: str = ""

    def __post_init__(self) -> None:
        demand_kinds(self)
        demand(
            self.visibility in (PUBLIC, HIDDEN),
            f"case '{self.name}': visibility is '{self.visibility}'",
            "use PUBLIC or HIDDEN",
        )


@dataclass(frozen=True)
class FollowThrough:
    """How a backward pass is judged where the student's forward is wrong (the law of fairness, rule 2).

    `forward` names the forward's criterion and `output` its result; `upstream` is the input of backward that
    holds the gradient of that result ("" for a loss, which is one number with nothing above it), and `gradients` says
    which result is the gradient of which input. Of several results with a gradient each, as those of an LSTM's step,
    both are tuples, in one order: `output=("next_h", "next_c"), upstream=("dnext_h", "dnext_c")`.

    `handed` are the cases in which backward alone is tried, with the cache of a reference forward: together they show
    every behaviour, so that what they show is what backward earns. `inputs` are those on which it may be the gradient
    of the student's own forward, none where it takes no gradient; `credit` is the part of the points earned for that.
    `averaged` lists gradients that the layer divides by the batch size, `batch` the input whose first axis is the
    batch, or `("x", 1)` where it is another one. With `mended` the `handed` cases are asked a second time, with the
    hand-in's own cache, in which forward's result is made right: for caches of any layout in which that result stands,
    and needed only there. A method that takes no cache needs it: what is handed to that is what the reference's forward
    leaves on its object, by name, put onto an object of the hand-in's own.
    """

    forward: str
    output: str | tuple[str, ...]
    upstream: str | tuple[str, ...]
    gradients: Mapping[str, str]
    inputs: tuple[Inputs, ...]
    handed: tuple[Case, ...] = ()
    credit: Fraction = Fraction(1, 2)
    averaged: tuple[str, ...] = ()
    batch: str | tuple[str, int] = ""
    mended: bool = False

    def __post_init__(self) -> None:
        demand_kinds(self)
        demand(0 <= self.credit <= 1, f"follow-through on {self.forward}: credit must be from 0 to 1")
        demand(
            (not self.upstream and isinstance(self.output, str)) or len(self.outputs) == len(self.upstreams),
            f"follow-through on {self.forward}: output= and upstream= belong together, one gradient for each result",
            'write output=("h", "c"), upstream=("dh", "dc"), or upstream="" for a loss',
        )
        demand(
            set(self.averaged) <= set(self.gradients),
            f"follow-through on {self.forward}: averaged= must name results of gradients=",
            f"there are: {', '.join(self.gradients)}",
        )
        demand(
            not self.averaged or self.batch_axis[0] in self.gradients.values(),
            f"follow-through on {self.forward}: batch= must name the input whose first axis is the batch",
            'or the input and the axis, counted from 0: ("x", 1)',
        )
        demand(
            bool(self.gradients) == bool(self.inputs) and bool(self.inputs or self.handed),
            f"follow-through on {self.forward}: gradients= and inputs= belong together, and something must be asked",
            "with no gradient from above, leave both empty and let handed= show what backward earns",
        )
        demand_own_names(f"follow-through on {self.forward}", "handed cases", [case.name for case in self.handed])
        for case in self.handed:
            demand(
                not case.calls,
                f"handed case '{case.name}': backward is called alone, with the reference's cache",
                "leave calls= out",
            )

    @property
    def outputs(self) -> tuple[str, ...]:
        """The results of forward from which backward goes on."""
        return self.output if isinstance(self.output, tuple) else (self.output,)

    @property
    def upstreams(self) -> tuple[str, ...]:
        """The inputs of backward that hold their gradients, in the same order; none for a loss."""
        return self.upstream if isinstance(self.upstream, tuple) else (self.upstream,) if self.upstream else ()

    @property
    def batch_axis(self) -> tuple[str, int]:
        """The input that holds the batch, and along which axis."""
        return self.batch if isinstance(self.batch, tuple) else (self.batch, 0)
