"""The words for one graded function: its behaviours and cases, and how it is judged where its forward is wrong.

takes: names, numbers and functions, as the author writes them.
gives: `Behaviour`, `Case`, `FollowThrough`; a wrong declaration raises `AuthorError` naming the place.
must not know: points of a whole assignment, how anything is run or judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from grader.assignment.calls import Call
from grader.assignment.errors_due import demand_error
from grader.assignment.kinds import demand_kinds
from grader.assignment.policies import demand, demand_own_names

Inputs = Callable[["np.random.Generator"], Mapping[str, Any]]  # quoted: numpy loads it late, and no check needs it
"""Draws the inputs of one case: argument name -> array, or what else a function may take.

That is a number, a word, True, False or None, a function or class of a file in `files=`, what one makes (`made`), or a
tuple, list or dict of these and of arrays. Such a one is one object for all calls of a case, so that a later call finds
what an earlier one wrote into it; arrays are fresh for each call.
"""

PUBLIC, HIDDEN = "public", "hidden"


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
    catches nothing alone, such as being the first that students see. `raises` names the error that its last call is to
    raise, such as `"ValueError"`: then nothing is graded but that. `numbers` is what its inputs are drawn by, where
    that is not its name: cases of a layer that name the same, and draw by the same function, have the same numbers,
    and of those whose calls begin with the calls of another, the calls are made once.
    """

    name: str
    inputs: Inputs
    behaviour: str
    visibility: str = PUBLIC
    calls: tuple[Call, ...] = ()
    grade: tuple[str, ...] = ()
    echo: str = ""
    feedback: str = ""
    raises: str = ""
    numbers: str = ""

    def __post_init__(self) -> None:
        demand_kinds(self)
        demand(
            not (self.raises and self.grade),
            f"case '{self.name}': it has grade=, and its last call is to raise {self.raises}",
            "leave grade= out: what raises gives no results",
        )
        if self.raises:
            demand_error(self.raises, f"case '{self.name}'")
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
    and needed only there. A method that takes no cache needs it, or none but forward's results, `bprop(x, y, dy)`:
    what is handed to that is what the reference's forward gives, and leaves on its object, by name, put onto an object
    of the hand-in's own.
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
            'write output=("h", "c"), upstream=("dh", "dc"); for a loss, or a backward that takes no gradient from '
            'above, output="loss" alone, and upstream=""',
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
