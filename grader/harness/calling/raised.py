"""What a call raised, as it is told: with what of the hand-in's own may be why.

takes: an exception, the step that was asked, what the hand-in keeps, and why its object was not made whole, if so.
gives: a `Trouble`.
must not know: inputs, what is expected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.harness.texts import arrays_met, describe_trouble, keys_shown
from grader.wire import CACHE_KEYS, CACHE_NONE, NOT_MADE, Step, Trouble


def trouble_of(
    error: BaseException, step: Step, own: Mapping[str, object], wanting: TypeError | OSError | None
) -> Trouble:
    """What was raised; where the object could not be made as it should be, that comes first."""
    trouble = describe_trouble(error)
    trouble = replace(trouble, message=f"{_of_assert(error, trouble)}{_of_cache(error, trouble, step, own)}")
    if wanting is None:
        return trouble
    then = f"was left out, and then: {trouble.type_name}: {trouble.message}"
    if isinstance(wanting, OSError):
        first = describe_trouble(wanting)
        return replace(first, message=f"{first.message}. What its __init__ does behind that {then}")
    given = step.made_with
    told = f"{step.path[0]}({given}) {NOT_MADE}{'' if given else ' without arguments'}. Its __init__"
    return replace(trouble, type_name="TypeError", message=f"{told} {then}")


def _of_assert(error: BaseException, trouble: Trouble) -> str:
    """The message; where an assert has none, what it is about."""
    return arrays_met(error) if type(error) is AssertionError and not trouble.message else trouble.message


def _of_cache(error: BaseException, trouble: Trouble, step: Step, own: Mapping[str, object]) -> str:
    """What is known of the cache that may be why: the keys that it has, or that it is None.

    What a method is given that is called on what a call gave is no cache: `a + b`.
    """
    caches = [] if step.instance in own else [own.get(name) for name in step.takes_own]
    if type(error) is KeyError and (keys := keys_shown(caches, error)):
        return f"{CACHE_KEYS}{keys}"
    is_of_none = isinstance(error, (TypeError, AttributeError)) and "NoneType" in trouble.message
    return CACHE_NONE if is_of_none and caches and all(cache is None for cache in caches) else ""
