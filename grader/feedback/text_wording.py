"""What is said of words that are not those that are due: both, from where they differ.

takes: the facts of one result, of a public case with what came back and what is right.
gives: a sentence, and what to try.
must not know: judging, pages.
"""

from __future__ import annotations

from collections.abc import Mapping

_SHOWN = 120  # characters of each: a list of a dozen words
_BEFORE = 40  # of what is alike, before the first that is not


def say_text(name: str, facts: Mapping[str, object]) -> str:
    """Of a hidden case that it is not right, and no more."""
    if "want" not in facts:
        return f"{name} is not what is right."
    got, want = str(facts["got"]), str(facts["want"])
    alike = next(
        (n for n, (one, other) in enumerate(zip(got, want, strict=False)) if one != other), min(len(got), len(want))
    )
    start = max(alike - _BEFORE, 0) if max(len(got), len(want)) > _SHOWN else 0
    return f"{name} is {_cut(got, start)}, where {_cut(want, start)} is right."


def say_unspelt(name: str, place: str) -> str:
    """Of what is there, and has no text to be compared."""
    unspelt = f"something in `{place}` is neither a word nor a whole number, or it is far too long"
    return f"{name} cannot be told: {unspelt}."


def _cut(text: str, start: int) -> str:
    end = start + _SHOWN
    return f"{'… ' if start else ''}{text[start:end]}{' …' if len(text) > end else ''}"


def after_text(output: str, facts: Mapping[str, object]) -> str:
    """Where to look: at the first that differs, or where only case, blanks or order do."""
    if "want" not in facts:
        return "Call it on small inputs of your own: none at all, one word, the same word twice, a tie."
    got, want = str(facts["got"]), str(facts["want"])
    if got == "None":
        return "Is there a return line, and is the result assigned to the name that it returns?"
    if got.casefold() == want.casefold():
        return "Only capital and small letters differ: see where they are made alike, or should not be."
    if "".join(got.split()) == "".join(want.split()):
        return "Only blanks differ: see what is put between words, and at both ends."
    if got[:1] != want[:1]:
        return f"See what `{output}` is made of: {_KINDS.get(want[:1], 'something else')} is due."
    if sorted(got) == sorted(want) and got[:1] in "[{":
        return "All of it is there, in another order or place: see what decides that, also between equal ones."
    return "Follow the code by hand up to the first part that differs."


_KINDS = {"[": "a list or tuple", "{": "a dict or set", "'": "one text", '"': "one text", "N": "None", "s": "a set"}
