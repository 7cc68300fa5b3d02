"""Calls as the steps of a question: what each takes, by the names of what a case draws.

takes: calls as an author declares them, and what their inputs draw.
gives: a `Question` and its `Step` values; `AuthorError` where a call takes what nobody draws or gives.
must not know: why a question is asked, behaviours, answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from grader.assignment import Call, Own
from grader.assignment.heads import head_of
from grader.errors import AuthorError
from grader.plan.drawn import Drawn
from grader.wire import Built, Piece, Question, Step, in_order, parted


def _layouts(inputs: Mapping[str, np.ndarray]) -> dict[str, str]:
    return {
        name: "F" if array.flags.f_contiguous else "strided"
        for name, array in inputs.items()
        if not array.flags.c_contiguous
    }


def question_of(inputs: Mapping[str, np.ndarray], steps: tuple[Step, ...]) -> Question:
    """The question of these steps on these inputs, which lie in memory as they were drawn."""
    arrays = {k: np.ascontiguousarray(v) if v.ndim else v for k, v in in_order(inputs, steps).items()}
    return Question(arrays, steps, _layouts(inputs))


def step_of(call: Call, drawn: Drawn, made: set[str], label: str) -> Step:
    """A call as a step; `made` are the own values that earlier ones give, and gets those of this one."""
    for name in (*call.takes, *call.then, *call.new, *call.sets.values()):
        if isinstance(name, Own) and name.name not in made:
            raise AuthorError(
                f"{label}: {call.function} takes own '{name.name}', which no earlier call gives",
                f'what one call gives and a later one takes is called own("{name.name}") in both',
            )
        if isinstance(name, str) and name not in drawn.values:
            raise AuthorError(
                f"{label}: {call.function} takes '{name}', which the case does not draw",
                f'it draws {", ".join(drawn.values) or "nothing"}; what an earlier call gives is own("{name}") in both',
            )
    _check_own(call, made, label)
    leaves = tuple((name, _root(call, root, made), way) for name, (root, way) in call.places.items())
    made.update(name.name for name in call.gives if isinstance(name, Own))
    gives = tuple(own_name(name) if isinstance(name, Own) else name for name in call.gives)
    new = tuple(drawn.built.get(name, name) for name in call.new)
    sets = tuple(("".join(parted(place)), drawn.built.get(name, name)) for place, name in call.sets.items())
    takes, then = (tuple(taken_as(name, drawn) for name in names) for names in (call.takes, call.then))
    of = own_name(call.instance) if isinstance(call.instance, Own) else call.instance
    return Step(call.function, takes, gives, of, (), new, leaves, sets, then, call.named, call.new_named)


def _check_own(call: Call, made: set[str], label: str) -> None:
    """Refuse an object, or what a result is to be left in, that no earlier call gives."""
    if isinstance(call.instance, Own) and call.instance.name not in made:
        raise AuthorError(
            f"{label}: {call.function} is called on own '{call.instance.name}', which no earlier call gives",
            f'let an earlier call give it: gives=(own("{call.instance.name}"),)',
        )
    there = [*(["self"] if "." in call.function else []), *sorted(call.names.union(call.new)), *sorted(made)]
    for root, _ in call.places.values():
        if root not in there:
            raise AuthorError(
                f"{label}: '{root}' in leaves= of {call.function} is nothing that it takes or gives, nor what an "
                "earlier call gives",
                f"there are: {', '.join(dict.fromkeys(there))}",
            )


def _root(call: Call, name: str, made: set[str]) -> str:
    """Where the way to what a call leaves begins, as a step names it: in what is its own before what is another's."""
    is_its_own = Own(name) in (*call.takes, *call.then, *call.gives)
    is_of_another = name in made and name not in ("self", *call.names, *call.new)
    return f"={name}" if is_its_own or is_of_another else name


def taken_as(name: str | Own, drawn: Drawn) -> str | Built:
    """How a step names what a call takes."""
    return own_name(name) if isinstance(name, Own) else drawn.built.get(name, name)


def own_steps(
    calls: Sequence[Call], back: Call, drawn: Drawn, label: str, results: Sequence[str] = ()
) -> tuple[list[Step], Step]:
    """The hand-in's own forward, of whose results nothing is sent, and what prepares it; the backward behind it.

    Of what forward leaves somewhere, these `results` are own values as well.
    """
    made: set[str] = set()
    steps = [step_of(call, drawn, made, label) for call in calls]
    gives, last = [name for name in calls[-1].gives if isinstance(name, str)], steps[-1]
    left = [(name, own_name(of) if of in gives else of, way) for name, of, way in last.leaves if name in results]
    leaves = tuple((own_name(name), of, way) for name, of, way in left)
    steps[-1] = replace(last, gives=tuple(own_name(name) for name in calls[-1].gives), leaves=leaves)
    # Its result may be handed on beside its cache, though forward's own cases grade it: backward(AL, Y, caches).
    made.update(gives)
    return steps, step_of(back, drawn, made, label)


def is_on_object(back: Call, ahead: Call) -> bool:
    """Whether what forward keeps for its backward is on their object: a method that takes none of it, or nothing but
    forward's results, `bprop(x, y, dy)`."""
    own = {name.name for name in back.takes if isinstance(name, Own)}
    return "." in back.function and own <= {name for name in ahead.gives if isinstance(name, str)}


def own_name(name: str | Own) -> str:
    """How a step names a value that stays in the hand-in's hands."""
    return f"={name.name if isinstance(name, Own) else name}"


def with_heads(question: Question, solution: object) -> Question:
    """The same; where something is handed over by name, with what the reference takes."""
    if not any(step.named or step.new_named for step in question.steps):
        return question
    return replace(question, steps=tuple(_with_head(step, solution) for step in question.steps))


def _with_head(step: Step, solution: object) -> Step:
    head = head_of(solution, step.function) if step.named else ()
    new_head = head_of(solution, f"{step.path[0]}.__init__") if step.new_named else ()
    return replace(step, head=head, new_head=new_head)


DRAWING = Piece(
    0, 1,
    "def draw_some_numbers():\n    import random, numpy\n"
    "    random.random(), numpy.random.random(7), numpy.random.default_rng()",
)  # fmt: skip
"""A function that draws from the generators which all of a program shares, and makes one that has no seed."""


def behind_a_draw(question: Question) -> Question:
    """The same calls behind one that draws numbers, so that theirs are other ones where nobody has set a seed."""
    return replace(question, steps=(Step("draw_some_numbers", (), ("=nothing",)), *question.steps))
