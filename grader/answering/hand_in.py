"""What one hand-in answers, and whose answers count: those of its definitions, or those with all its cells run.

takes: a key, a sandbox, and what was extracted of a hand-in.
gives: `Answered`; `SandboxError` where there is no sandbox to be had.
must not know: candidates, records, pages.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from grader.answer_key import AnswerKey
from grader.answering.answered import Answered, better_of, earned, is_better, saying
from grader.answering.as_methods import meant_by, with_methods
from grader.answering.instead import gives_one_number, lines_of, with_instead
from grader.answering.lent import with_lent_results
from grader.answering.one_by_one import asked_one_by_one
from grader.answering.sittings import Known, Pair, pairs_of, sit_exam, sit_with_all_cells
from grader.answering.slips import with_slips_put_right
from grader.answering.too_few import with_too_few
from grader.answering.turned import with_results_as_due
from grader.extract import Chosen, said_of, undone, with_earlier, without_asserts
from grader.feedback.evidence import Evidence
from grader.feedback.file_notes import (
    note_on_all_cells,
    note_on_asserts,
    note_on_function,
    note_on_lines,
    note_on_undone,
    note_on_wrong_asserts,
    notes_on_file,
    notes_on_misnamed,
)
from grader.feedback.missing_wording import misspelt_elsewhere
from grader.judge import RIGHT, Basis, Kind
from grader.judging import judge, told
from grader.sandbox import Clock, Sandbox, Sitting
from grader.score import Score
from grader.wire import NOT_MADE


def answer(key: AnswerKey, sandbox: Sandbox, chosen: Chosen, known: Known | None = None) -> Answered:
    """Let it sit the exam and judge; where a function is not right that may need what was left out, run all cells.

    What earns more counts, a forward and its backward as one. `known` asks some criteria alone.
    """
    best = _answer(key, sandbox, chosen, known)
    return replace(best, scores=told(key, best.outcomes, best.scores))


def _answer(key: AnswerKey, sandbox: Sandbox, chosen: Chosen, known: Known | None) -> Answered:
    clock = Clock.start(key.rubric.limits.total_seconds)
    sitting = sit_exam(key, sandbox, chosen.extract.program, known, clock=clock)
    evidence = _evidence(key, chosen, sitting)
    first = Answered(sitting.outcomes, evidence, judge(key, sitting.outcomes, evidence), sitting.level)
    if not (short := _short(key, first.scores, known)):
        return first
    chosen, first = _with_earlier_classes(key, sandbox, chosen, first, short, clock)
    chosen, first = _with_functions_as_methods(key, sandbox, chosen, first, clock)
    short = _short(key, first.scores, known)
    doubtful = chosen.extract.in_doubt() | _wanting_arguments(first.scores)
    pairs = [pair for pair in pairs_of(key) if doubtful & pair.called and short.intersection(pair.criteria)]
    best = _with_all_cells(key, sandbox, chosen, first, pairs, clock) if pairs else first
    for ask_again in (
        _without_asserts, _with_lines_of_forward, asked_one_by_one, with_results_as_due, with_too_few,
        with_slips_put_right, with_lent_results, partial(with_lent_results, of_lines=True),
        partial(with_lent_results, of_others=True),
    ):  # fmt: skip
        best = ask_again(key, sandbox, chosen, best, _short(key, best.scores, known), clock)
    return best


def _with_earlier_classes(
    key: AnswerKey, sandbox: Sandbox, chosen: Chosen, first: Answered, short: set[str], clock: Clock
) -> tuple[Chosen, Answered]:
    """Ask the methods of a class again that no kernel runs as it is written, of the one that it replaces."""
    for one in undone(chosen.extract, first.evidence.failed):
        pairs = [
            pair.criteria for pair in pairs_of(key) if any(name.split(".")[0] == one.name for name in pair.criteria)
        ]
        if short.isdisjoint(name for pair in pairs for name in pair):
            continue
        last, stays = (said_of(place, chosen.extract.is_script) for place in (one.fail[-1], one.stays))
        said = note_on_undone(one.name, last, stays)
        found = with_earlier(chosen.extract, one.fail)
        earlier = replace(chosen, extract=replace(found, notes=(*found.notes, said)))
        asked = Known(frozenset().union(*pairs), first.outcomes)
        sitting = sit_exam(key, sandbox, earlier.extract.program, asked, clock=clock)
        seen = replace(_evidence(key, earlier, sitting), failed=first.evidence.failed)
        better = Answered(sitting.outcomes, seen, judge(key, sitting.outcomes, seen), first.level)
        if is_better(*(earned(key, asked.criteria, scores) for scores in (better.scores, first.scores))):
            chosen, first = earlier, better
    return chosen, first


def _with_functions_as_methods(
    key: AnswerKey, sandbox: Sandbox, chosen: Chosen, first: Answered, clock: Clock
) -> tuple[Chosen, Answered]:
    """Ask methods of a class that is not there again, where functions are called like them: a right one is right."""
    missing = [one.verdict.criterion for one in first.scores if one.verdict.kind is Kind.MISSING]
    meant = meant_by(missing, chosen.extract, key.rubric.spelt)
    pairs = [pair.criteria for pair in pairs_of(key) if not meant.keys().isdisjoint(pair.criteria)]
    if not pairs:
        return chosen, first
    with_them = replace(chosen, extract=with_methods(chosen.extract, meant))
    asked = Known(frozenset().union(*pairs), first.outcomes)
    sitting = sit_exam(key, sandbox, with_them.extract.program, asked, clock=clock)
    places = chosen.extract.places
    seen = _evidence(key, with_them, sitting)
    seen = replace(
        seen,
        places={**places, **{name: places[function] for name, function in meant.items()}},
        notes=(*seen.notes, *(note_on_function(function, name) for name, function in meant.items())),
    )
    better = Answered(sitting.outcomes, seen, judge(key, sitting.outcomes, seen), first.level)
    if is_better(*(earned(key, asked.criteria, scores) for scores in (better.scores, first.scores))):
        return with_them, better
    return chosen, first


def _without_asserts(
    key: AnswerKey, sandbox: Sandbox, chosen: Chosen, first: Answered, short: set[str], clock: Clock
) -> Answered:
    """Ask a function again that an assert stops, without it: what is right beside that is right.

    Not if nothing else is wrong with the function that it stands in: one that refuses what is asked is a fault, and
    the only one. What calls that function is not to pay for it again.
    """
    to_ask = {one.verdict.criterion for one in first.scores if one.verdict.criterion in short and _asserts_at(one)}
    if not to_ask:
        return first
    stopped = {one.verdict.criterion: _asserts_at(one) for one in first.scores}
    pairs = [pair.criteria for pair in pairs_of(key) if not to_ask.isdisjoint(pair.criteria)]
    asked = Known(frozenset().union(*pairs), first.outcomes)
    again = sit_exam(key, sandbox, without_asserts(chosen.extract.program), asked, clock=clock).outcomes
    holding = {place: name for name, places in reversed(stopped.items()) for place in places}  # of all the first
    right = {
        one.verdict.criterion
        for one in judge(key, again, first.evidence)
        if one.verdict.kind in RIGHT and one.verdict.basis is not Basis.BUILT_ON
    }
    at_fault = right.intersection(holding.values())
    if at_fault:
        first = replace(first, evidence=saying(note_on_wrong_asserts)(first.evidence, sorted(at_fault)))
    return better_of(
        key, first, again, [names for names in pairs if at_fault.isdisjoint(names)], saying(note_on_asserts)
    )


def _asserts_at(score: Score) -> set[tuple[int, int]]:
    """Where the asserts stand that stopped a function."""
    troubles = [finding.trouble for finding in score.verdict.findings if finding.trouble and not finding.raises]
    return {(trouble.cell, trouble.line) for trouble in troubles if trouble.type_name == "AssertionError"}


def _with_lines_of_forward(
    key: AnswerKey, sandbox: Sandbox, chosen: Chosen, first: Answered, short: set[str], clock: Clock
) -> Answered:
    """Ask a backward again whose forward owes it a cache, with one that those of its lines make that can be run."""
    of = {one.verdict.criterion: one.verdict for one in first.scores}
    owed = {rule.name: rule.forward for rule in key.rubric.criteria if rule.name in short and rule.forward in of}
    flat = {name for name in owed.values() if of[name].kind in _WRONG and gives_one_number(key, name, first.outcomes)}
    pieces = {name: lines_of(key, chosen.extract, of[forward], forward in flat) for name, forward in owed.items()}
    made = {name: piece for name, piece in pieces.items() if piece}
    if not made:
        return first
    program = with_instead(chosen.extract.program, {owed[name]: piece for name, piece in made.items()})
    again = sit_exam(key, sandbox, program, Known(frozenset(made), first.outcomes), clock=clock).outcomes
    best = better_of(key, first, again, [(name,) for name in made], saying(note_on_lines))
    # With another's cache it may have failed for want of its own alone: a mistake that it makes of that tells more.
    found = {one.verdict.criterion: one.verdict.kind for one in judge(key, again, first.evidence)}
    failed = (Kind.CRASHED, Kind.WRONG)
    telling = [(name,) for name in made if of[name].kind in failed and found[name] is Kind.KNOWN_MISTAKE]
    return better_of(key, best, again, telling, lambda evidence, _: evidence, telling) if telling else best


_WRONG = (Kind.WRONG, Kind.KNOWN_MISTAKE)


def _with_all_cells(
    key: AnswerKey, sandbox: Sandbox, chosen: Chosen, first: Answered, pairs: list[Pair], clock: Clock
) -> Answered:
    """Ask these pairs again with all cells run, and take what is better."""
    asked = Known(frozenset().union(*(pair.criteria for pair in pairs)), first.outcomes)
    again = sit_with_all_cells(key, sandbox, chosen.extract.program, asked, clock)
    return better_of(key, first, again, [pair.criteria for pair in pairs], saying(note_on_all_cells))


def _evidence(key: AnswerKey, chosen: Chosen, sitting: Sitting) -> Evidence:
    found = chosen.extract
    of_file = notes_on_file(chosen.note, found.attributes, found.left_out, sitting.ran_every_cell, found.is_script)
    notes = (*found.notes, *of_file)
    files = {str(cell.number): cell.file for cell in found.cells if cell.file}
    on_names, asides = ({one.name: (one.found, one.to_do) for one in of} for of in (found.on_names, found.asides))
    on_names = dict(misspelt_elsewhere(key.rubric, {*found.places, *found.lost}, chosen.others)) | on_names
    troubles = sitting.loaded.troubles
    notes = (*notes, *chosen.unread, *notes_on_misnamed(troubles, chosen.others))
    return Evidence(
        found.is_script, found.digests, found.places, found.lost, troubles, notes, files, on_names, asides,
        found.below_stubs,
    )  # fmt: skip


def _short(key: AnswerKey, scores: list[Score], known: Known | None) -> set[str]:
    """The criteria that were asked and earn less than they could."""
    scored = zip(key.rubric.criteria, scores, strict=True)
    short = {rule.name for rule, one in scored if one.points is not None and one.points < rule.points}
    return short & known.criteria if known else short


def _wanting_arguments(scores: list[Score]) -> set[str]:
    """The criteria for which an object could not be made as it should be; among all cells may be one that makes it."""
    return {
        one.verdict.criterion
        for one in scores
        if any(finding.trouble and NOT_MADE in finding.trouble.message for finding in one.verdict.findings)
    }
