"""A forward that gives its results in another order or number than is due: that is its fault, and no other's.

takes: a key, a sandbox, what was extracted of a hand-in, and what it has answered.
gives: `Answered`, in which a backward has what is its cache, and a forward that is right but for the order is told so.
must not know: records, pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.answer_key import AnswerKey
from grader.answering.answered import Answered, better_of, earned, is_better, saying
from grader.answering.instead import with_instead
from grader.answering.sittings import Known, pairs_of, sit_exam
from grader.extract import Chosen, last_put_first, put_in_number
from grader.feedback.file_notes import note_on_order
from grader.judge import RIGHT, Kind, Pattern, Verdict, gave_no_array, is_bare, lacks_arrays, told_of
from grader.judging import judge
from grader.sandbox import Clock, Sandbox
from grader.wire import Piece

_OF_RIGHT = {
    Pattern.FACTOR, Pattern.FACTOR_EACH, Pattern.SIGN, Pattern.OFFSET, Pattern.ADDED_INPUT, Pattern.OF_RIGHT,
    Pattern.LINE_FACTORS, Pattern.LINE_OFFSETS, Pattern.WHOLE, Pattern.SIGNS_LOST, Pattern.TRANSPOSED,
    Pattern.RESHAPED, Pattern.NEARLY,
}  # fmt: skip
"""How a result differs from the right one that was made of it: `return 2 * s, s` is in order."""
_ARRAYS = ("complex64", "complex128", "ndarray of object")
"""No mask, and nothing else that is kept for a backward, has these types."""
_GIVEN = (Kind.WRONG, Kind.KNOWN_MISTAKE)  # what is right in part has its result where that is due


def with_results_as_due(
    key: AnswerKey, sandbox: Sandbox, chosen: Chosen, first: Answered, short: set[str], clock: Clock
) -> Answered:
    """Ask a forward that is wrong, and its backward, again with what that forward gives put as it is due."""
    of = {one.verdict.criterion: one.verdict for one in first.scores}
    made = dict(_pieces(key, chosen, of))
    pairs = [pair.criteria for pair in pairs_of(key) if pair.criteria[0] in made]
    if not pairs:
        return first
    program = with_instead(chosen.extract.program, made)
    asked = Known(frozenset().union(*pairs), first.outcomes)
    again = sit_exam(key, sandbox, program, asked, clock=clock).outcomes
    after = judge(key, again, first.evidence)
    right = {one.verdict.criterion for one in after if one.verdict.kind in RIGHT}
    turned = tuple(
        name
        for name in made
        if name in right and not (is_bare(of[name]) or _is_of_right(told_of(key, first.outcomes, of[name])))
    )
    evidence = replace(first.evidence, turned=turned)
    told = Answered(first.outcomes, evidence, judge(key, first.outcomes, evidence), first.level) if turned else first
    left = {rule.name: rule.left for rule in key.rubric.criteria}
    clear = {name for name in made if lacks_arrays(of[name], left[name]) or gave_no_array(of[name], left[name])}
    clear |= {name for name in made if is_better(*(earned(key, (name,), one) for one in (after, first.scores)))}
    groups = [(name,) for names in pairs if names[0] in clear for name in names[1:] if name in short]
    return better_of(key, told, again, groups, saying(note_on_order), groups)  # of its own cache it tells more


def _is_of_right(verdict: Verdict) -> bool:
    """Whether what stands first is the right result but for a fault that is read, or an array of another type."""
    if verdict.reading is not None:
        return verdict.reading.pattern in _OF_RIGHT
    problems = [one.problem for one in verdict.findings if one.problem]
    return any(one.facts.get("got_dtype", one.facts.get("type")) in _ARRAYS for one in problems)


def _pieces(key: AnswerKey, chosen: Chosen, of: dict[str, Verdict]) -> Iterator[tuple[str, Piece]]:
    """By forward, what is put in its place."""
    found = chosen.extract
    rules = {rule.name: rule for rule in key.rubric.criteria}
    for name in dict.fromkeys(rule.forward for rule in rules.values() if rule.forward in of):
        place = found.places.get(name)
        rule = rules[name]
        if place is None or not (of[name].kind in _GIVEN or lacks_arrays(of[name], rule.left)):
            continue
        module = next((piece.module for piece in found.program.definitions if piece.cell == place[0]), "")
        if is_bare(of[name]):
            yield name, put_in_number(name, rule.takes, rule.gives, module)
        elif piece := last_put_first(found.cells, name, place, rule.takes, rule.gives, module):
            yield name, piece
