"""Which of its arguments a function is handed in a call, in the order of its parameters.

takes: a function as a hand-in has it, what it is called with, the call that the reference makes of it.
gives: as many values as that call takes; behind them what else is chosen for this call.
must not know: how these are written down, what is lent.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.harness.by_name import others_for
from grader.harness.calling.told import UntoldError
from grader.wire import Built, Step


def in_order(
    step: Step, own: Callable[..., object] | None, of_object: bool, given: Sequence[Any], named: Mapping[str, Any]
) -> Sequence[object]:
    """As many arguments as the call takes, in the order of the parameters; the object that is asked is none of them.

    Behind them stands what else is chosen for this call (`axis=1`), since the result may well depend on that.
    """
    due, more = of_object + len(step.takes), []
    if own is None:
        names = _names(step)
        found = [*given, *(named[name] for name in names[len(given) :] if name in named)]
    else:
        bound = _bound(own, given, named)
        chosen = set(bound.arguments)
        bound.apply_defaults()
        found = []
        for name, value, default in _as_due(bound, step, of_object):
            if len(found) >= due and name in chosen and not _is_same_setting(name, value, default, found):
                more.append(value)
            else:
                found.append(value)
    if len(found) < due:
        raise UntoldError
    return [*found[of_object:due], *more]


def _names(step: Step) -> list[str]:
    """What the call takes, by name."""
    names = [taken.name if isinstance(taken, Built) else str(taken) for taken in step.takes]
    return [*names[: len(names) - len(step.named)], *step.named]


def _as_due(bound: inspect.BoundArguments, step: Step, of_object: bool) -> Iterator[tuple[str, Any, Any]]:
    """The arguments in the order of the parameters, each by its name and with the default of that; what the call hands
    over by name stands where it has it."""
    names, flat = _names(step), list[tuple[str, Any, Any]]()
    for name, value in bound.arguments.items():
        parameter = bound.signature.parameters[name]
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:  # of what stands around the function, as a rule
            flat += [("", one, None) for one in value]
        elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
            flat += [(one, value[one], None) for one in names[len(flat) - of_object :] if one in value]
        else:
            flat.append((name, value, parameter.default))
    places = of_object + len(step.takes) - len(step.named)
    taken = list(bound.signature.parameters.values())
    other = others_for(taken, places, step.named, [*["self"][:of_object], *step.head])
    by_name = [other[name].name if name in other else name for name in step.named]
    rest = [one for one in flat if one[0] not in by_name]
    named = {one[0]: one for one in flat if one[0] in by_name}
    yield from (*rest[:places], *(named[name] for name in by_name if name in named), *rest[places:])


def _bound(own: Callable[..., object], given: Sequence[Any], named: Mapping[str, Any]) -> inspect.BoundArguments:
    try:
        return inspect.signature(own).bind(*given, **named)
    except (TypeError, ValueError):
        raise UntoldError from None


def _is_same_setting(name: str, value: object, default: object, found: Sequence[object]) -> bool:
    """Whether an argument that the call need not take is what it is by default, so that it makes no difference.

    An axis counts from either end: `-1` is `1` for a matrix.
    """
    if value is default or (type(value) is type(default) in _PLAIN and value == default):
        return True
    if name not in _AXES or type(value) is not int or type(default) is not int:
        return False
    dimensions = next((one.ndim for one in found if isinstance(one, np.ndarray)), 0)
    return -dimensions <= value < dimensions and (value - default) % dimensions == 0


_PLAIN = (str, bool, int, float)
_AXES = ("axis", "dim")
