"""The words for one call of a graded function: what it takes, by place or by name, and where its results are.

takes: names and functions, as the author writes them.
gives: `Call`, `Own`, `Made`; a wrong declaration raises `AuthorError` naming the place.
must not know: cases, points, how anything is run or judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from keyword import iskeyword

from grader.assignment.kinds import demand_kinds
from grader.assignment.policies import demand

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
    results, in order. What is written as `"rate="` is handed over by that name, `sgd(w, g, rate=rate)`, and comes last;
    so in `new`. `named` and `new_named` are those names, which `takes` and `new` have without the sign. Calls with the
    same `instance` share one object of the class, made with the inputs that `new` names; a call of `"Class.__init__"`
    makes it, with what it takes, and gives it. With `instance=own("c")` it is the object that an earlier call gave.
    `sets` puts inputs on the object before the call, as a notebook's own check does, or into a dict that it takes:
    `{"self.w": "w"}`, `{"config['mode']": "mode"}`. So it does into what the object was made with:
    `{"model.layers[0].dW": "next_dW"}`. An array there gets as many axes of one as what stands there has.
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
    named: tuple[str, ...] = field(default=(), init=False)
    new_named: tuple[str, ...] = field(default=(), init=False)

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
        self._read_names()
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
            roots = [*self.new, *map(_name, self.takes)] + ["self"] * is_method
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

    def _read_names(self) -> None:
        """Take the sign off what is handed over by name."""
        for field_ in ("takes", "new"):
            names = getattr(self, field_)
            by_name = [_name(name) for name in names if _is_by_name(name)]
            is_last = not any(map(_is_by_name, names[: len(names) - len(by_name)]))
            demand(
                is_last and all(one[:-1].isidentifier() and not iskeyword(one[:-1]) for one in by_name),
                f"the call of {self.function}: {field_}= hands over {' and '.join(by_name)}",
                'what is handed over by name is a word, and comes last, as in Python: ("w", "g", "rate=")',
            )
            object.__setattr__(self, field_, tuple(map(_without_sign, names)))
            object.__setattr__(self, {"takes": "named", "new": "new_named"}[field_], tuple(n[:-1] for n in by_name))

    @property
    def by_place(self) -> tuple[str | Own, ...]:
        """What it takes that is not handed over by name."""
        return self.takes[: len(self.takes) - len(self.named)]

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
        return {_name(name) for name in (*self.takes, *self.then, *self.gives)}

    @property
    def results(self) -> tuple[str, ...]:
        """What of it can be graded."""
        return (*(name for name in self.gives if isinstance(name, str)), *self.leaves)


def _name(name: str | Own) -> str:
    return name.name if isinstance(name, Own) else name


def _is_by_name(name: str | Own) -> bool:
    return _name(name).endswith("=")


def _without_sign(name: str | Own) -> str | Own:
    plain = _name(name).removesuffix("=")
    return Own(plain) if isinstance(name, Own) else plain
