"""What is put in the place of a function of a hand-in that comes to nothing, while what calls it is asked.

takes: a key, what was extracted of a hand-in, the verdicts on its functions.
gives: pieces of a program: those of its own lines that can be run, or a function that does nothing.
must not know: answers, points, who is asked.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace

from grader.answer_key import AnswerKey
from grader.extract import Extract, by_lines, giving_nothing, keeping_all
from grader.feedback.next_step.names_wording import near_miss
from grader.judge import Kind, Outcomes, Verdict, owes_a_cache
from grader.plan import Purpose
from grader.wire import Piece, Program


def never_to_run(key: AnswerKey, found: Extract, of: Mapping[str, Verdict], called: Container[str]) -> dict[str, Piece]:
    """What would not come back, and methods that are not there: each as one that does nothing.

    A method is called beside what is lent for it, as nobody knows what else it leaves on its object. A class that is
    not there, is empty, or has no constructor that can be read, is made: its objects hold what they are made with.
    """
    classes = {name.rpartition(".")[0] for name in found.places}
    lost = found.lost.keys() - found.places.keys()
    unmade = {name.removesuffix(".__init__") for name in lost if name.endswith(".__init__")}
    rules = sorted(key.rubric.criteria, key=lambda rule: len(rule.made))
    made = {rule.name.rpartition(".")[0]: rule.made for rule in rules if rule.name in called}
    idle = {
        rule.name: giving_nothing(rule.name, rule.takes, module_of(found, rule.name))
        for rule in key.rubric.criteria
        if rule.name in called
        and (of[rule.name].kind is Kind.TIMED_OUT or (of[rule.name].kind is Kind.MISSING and "." in rule.name))
    }
    gone = unmade | {name.rpartition(".")[0] for name in idle} - classes
    owners = [owner for owner in sorted(made) if made[owner] and owner in gone]
    return {f"{owner}.__init__": keeping_all(owner, _made_with(made[owner])) for owner in owners} | idle


def _made_with(made: str) -> list[str]:
    """The names in how an object is made: `Norm(g, axis=axis)`."""
    return [part.partition("=")[0] for part in made.partition("(")[2].removesuffix(")").split(", ")]


def gives_one_number(key: AnswerKey, name: str, outcomes: Outcomes) -> bool:
    """Whether a function gives arrays of one number throughout, in most of its cases: zeros, where all is cut off."""
    asked = zip(key.plan.entries, outcomes, strict=True)
    cases = [
        (entry, steps[-1])
        for entry, steps in asked
        if entry.criterion == name and entry.purpose is Purpose.CASE and steps and entry.grade
    ]
    given = (outcome.values.get(entry.grade[0]) for entry, outcome in cases)
    arrays = [one.array for one in given if one is not None and one.array is not None and one.array.size > 1]
    return 2 * sum(bool((array == array.flat[0]).all()) for array in arrays) > len(arrays)


def lines_of(key: AnswerKey, found: Extract, verdict: Verdict, is_flat: bool = False) -> Piece | None:
    """What its lines make of a function that comes to nothing, or gives one number throughout; one misspelt itself."""
    if not (is_flat or owes_a_cache(verdict)):
        return None
    rule = next(rule for rule in key.rubric.criteria if rule.name == verdict.criterion)
    lost = found.lost.get(rule.name)
    place = (lost.cell, lost.line) if lost else found.places.get(rule.name)
    if place:
        module = next((piece.module for piece in found.program.definitions if piece.cell == place[0]), "")
        return by_lines(found.cells, rule.name, place, rule.takes, rule.gives, module, is_flat)
    misspelt = near_miss(rule.name, found.places, key.rubric.spelt)
    return Piece(0, 1, f"{rule.name} = {misspelt}") if misspelt else None


def with_instead(program: Program, pieces: Mapping[str, Piece]) -> Program:
    """The program with these in the place of functions: also where it has one under its name of a file it imports."""
    imports = [
        Piece(0, 1, f"from {piece.module.removesuffix('.__init__')} import {name}")
        for name, piece in pieces.items()
        if piece.module and not piece.bind
    ]
    return replace(program, definitions=(*program.definitions, *pieces.values(), *imports)) if pieces else program


def module_of(found: Extract, name: str) -> str:
    """What the cell of a function, or else of its class, is run as: a file that the hand-in imports."""
    owner = name.rpartition(".")[0]
    cells = [place[0] for one, place in found.places.items() if one == name or one.rpartition(".")[0] == owner != ""]
    return next((piece.module for piece in found.program.definitions if piece.cell in cells[:1]), "")
