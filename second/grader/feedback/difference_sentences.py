"""How a wrong result differs, in words: one table of sentences and one of next steps. Each was checked on all cases."""

from __future__ import annotations

from typing import Any

from grader.feedback.numbers import show_value
from grader.judge.model import Difference

SENTENCES = {
    "zero": "{result} is zero everywhere.",
    "constant": "{result} is the same number everywhere.",
    "echo": "{result} is `{name}` unchanged.",
    "sign": "{result} has the opposite sign.",
    "factor": "{result} is {factor} times the expected value.",
    "transposed": "{result} is the transpose of the expected array.",
    "reshaped": "{result} has the right numbers in another shape.",
    "summed": "{result} is summed over {axis} where it should not be.",
    "averaged": "{result} is averaged over {axis} where it should not be.",
    "only_where": "{result} is off only where `{name}` is {sign}.",
    "swapped": "{result} is what `{name}` should be.",
    "nearly": "{result} is close to the expected values, but not within the tolerance.",
}

STEPS = {
    "zero": "Check that the result is assigned to the name that is returned, and not overwritten with zeros.",
    "constant": "Check that the result depends on the inputs: is a number returned where an array is meant?",
    "echo": "Check that the result of your computation is what is returned, not the input.",
    "sign": "Look for a minus sign that is missing, or one too many.",
    "factor": "Look for a factor of {factor} that is missing, or one too many.",
    "transposed": "Look at the order of the factors in the matrix product, and at each `.T`.",
    "reshaped": "Give the result the shape that the hand-out names, with reshape.",
    "summed": "Look for a sum over {axis}.",
    "averaged": "Look for a mean or a division over {axis}.",
    "only_where": "Look at the condition or mask for entries where `{name}` is {sign}.",
    "swapped": "Return the results in the order of the hand-out.",
    "nearly": "Look for a small constant that is added, a rounding, or a type with few digits such as float16.",
}


def say_difference(difference: Difference) -> str:
    """One sentence."""
    return _filled(SENTENCES[difference.name], difference)


def advise_difference(difference: Difference) -> str:
    """One thing to try."""
    return _filled(STEPS[difference.name], difference)


def _filled(text: str, difference: Difference) -> str:
    facts: dict[str, Any] = {key: show_value(value) if isinstance(value, float) else value
                             for key, value in difference.facts.items()}  # fmt: skip
    return text.format(result=f"`{difference.result}`", **facts)
