"""The calls of a question as Python, as a student would write them below the own definitions.

takes: the steps of a question.
gives: settings, objects and calls, each as a line: `conv_param = {'stride': 2}`, `out, cache = conv_forward(x, w)`.
must not know: which case it is, what was expected, what came back, HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from keyword import iskeyword

from grader.wire import COUNT, IF_THERE, SPELT, Built, Question, Step, by_name, parted

_NO_WORD = re.compile(r"\W+")
CONSTRUCTOR = "__init__"

Objects = Mapping[tuple[str, str], str]
"""By class and instance, what its object is called."""


def calls_of(question: Question) -> tuple[str, ...]:
    """All that is written to make the calls, but for the arrays that they take."""
    return (*settings(question.steps), *made(question), *called(question))


def settings(steps: Sequence[Step]) -> tuple[str, ...]:
    """What the calls take that is no array, as Python: `conv_param = {'stride': 2, 'pad': 1}`."""
    built = {taken.name: taken for step in steps for taken in step.built}
    return tuple(f"{name_of(name)} = {taken.written(name_of)}" for name, taken in built.items())


def made(question: Question) -> Iterator[str]:
    """How the objects are made whose methods are called: `layer = Layer(w, b)`."""
    for (owner, instance), name in _objects(question).items():
        steps = [step for step in question.steps if (step.path[0], step.instance) == (owner, instance)]
        if steps[0].path[1] != CONSTRUCTOR and not instance.startswith("="):
            yield f"{name} = {owner}({_given_by(steps[0].new, steps[0].new_named)})"


def called(question: Question) -> Iterator[str]:
    """Each call, with what is put on the object before it and got from where it has left something."""
    objects = _objects(question)
    for step in question.steps:
        of = objects.get((step.path[0], step.instance), "")
        taken = {name for other in question.steps for name in _own_in(other)}
        to = _to(step, of, [name for name in step.gives if name in taken])
        yield "; ".join(
            [*_set_by(step, of), f"{to}({_given_by(step.takes, step.named)}){then(step)}", *_left_by(step, of)]
        )


def then(step: Step) -> str:
    """What stands behind the brackets of a call that gives a function: those of the call of what it gives."""
    return f"({_given_by(step.then)})" if step.then else ""


def _own_in(step: Step) -> Iterator[str]:
    """What of the hand-in's own a call takes, is called on, or leaves a result in."""
    yield from (*step.takes_own, step.instance, *(root for _, root, _ in step.leaves))


def _to(step: Step, of: str, taken: Sequence[str]) -> str:
    """What stands before the brackets of a call: `out, cache = affine_forward`, `out = layer.forward`."""
    if step.path[1] == CONSTRUCTOR:
        return " = ".join([*map(name_of, taken), of, step.path[0]])
    return f"{', '.join(map(name_of, step.gives))} = {f'{of}.{step.path[1]}' if of else step.function}"


def _objects(question: Question) -> Objects:
    """A name for each object, which no input has: a class Momentum may well take a momentum."""
    given = {name_of(name) for name in question.taken} | {b.name for step in question.steps for b in step.built}
    there = dict.fromkeys((step.path[0], step.instance) for step in question.steps if step.path[1])
    return {(owner, instance): _named(owner, instance, given) for owner, instance in there}


def _named(owner: str, instance: str, given: set[str]) -> str:
    if instance.startswith("="):  # that has a name already
        return name_of(instance)
    name = owner.lower() if instance == "first" else f"{instance}_{owner.lower()}"
    return f"{name}_object" if name in given else name


def _set_by(step: Step, of: str) -> Iterator[str]:
    """What is put on the object before a call, or into what it takes: `layer.w = w`, `config['mode'] = mode`."""
    for place, taken in step.sets:
        root, way = parted(place)
        yield f"{name_of(root) if root else of}{way.removeprefix(IF_THERE)} = {_given_by((taken,))}"


def _left_by(step: Step, of: str) -> Iterator[str]:
    """How what a call has left is got: `dw = layer.dw`, `w = params['w']`."""
    for name, root, way in step.leaves:
        place = f"{of if root == 'self' else name_of(root)}{way.removesuffix(SPELT)}"
        yield f"{name_of(name)} = {f'len({place.removesuffix(COUNT)})' if place.endswith(COUNT) else place}"


def _given_by(takes: Sequence[str | tuple[str, ...] | Built], named: Sequence[str] = ()) -> str:
    """What a call takes, between its brackets: the last of it by these names."""
    given = [
        f"({', '.join(map(name_of, n))})" if isinstance(n, tuple) else name_of(n.name if isinstance(n, Built) else n)
        for n in takes
    ]
    return ", ".join(by_name(given, named))


def name_of(name: str) -> str:
    """An author names a value in words, or by its place in a dict, and Python in one word that is none of its own."""
    named = name.removeprefix("=")
    word = named if named.isidentifier() else _NO_WORD.sub("_", named).strip("_")
    return f"{word}_" if iskeyword(word) else word
