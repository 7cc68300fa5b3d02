"""Public cases come first: what a program sees later cannot be told through them, by no way that it has.

takes: programs that remember, search and forge; the exam that ships.
gives: one promise a test, said in its docstring.
must not know: points, pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from test_sandbox import BWRAP, GOOD, QUICK, X, ask, assert_good, program, statuses

from grader.answer_key import REFERENCE, load_key
from grader.answering.beginnings import longer_ones
from grader.answering.terms import LEAST_BYTES, terms_of
from grader.assignment import HIDDEN, PUBLIC
from grader.intake import Candidate, Submission
from grader.pipeline import Desk, examine
from grader.plan import Purpose
from grader.sandbox import Level, Sandbox, Terms, sit
from grader.sandbox.opening import open_level
from grader.sandbox.session import Clock, Session
from grader.sandbox.worker import StoppedError, Worker
from grader.wire import Outcome, Piece, Program, Question, Status, Step, Trouble

SECRET = X + 0.123456789
EARLY, LATE = ask("tell"), ask("tell", x=SECRET)
ROUNDS = Terms(((1,), (0,)), (1 << 20, 1 << 20))
AT_ONCE = Terms(((0, 1),), (1 << 20, 1 << 20))


def public_outcome(sandbox: Sandbox, body: str, terms: Terms) -> Outcome:
    """Ask for a secret case and a public one, which stands behind it in the plan; give what the public one tells."""
    source = "import gc, os, sys\nimport numpy as np\nSEEN = []\n"
    source += "def tell(x):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    return sit(sandbox, program(source, "tell"), [LATE, EARLY], QUICK, terms).outcomes[1][0]


NEEDLE = float(SECRET[0, 0])
TELLING = {
    "what it remembers": "SEEN.append(x.tolist())\nraise ValueError(str(SEEN))",
    "what it wrote into a file": (
        "with open('seen', 'a+') as file:\n    file.write(str(x.tolist()))\n    file.seek(0)\n"
        "    raise ValueError(file.read())"
    ),
    "what the harness was sent": (
        "frame, found = sys._getframe(), []\n"
        "while frame:\n"
        "    values = list(frame.f_locals.values())\n"
        "    arrays = [a for v in values for a in getattr(v, 'arrays', ())]\n"
        "    found += [a.tobytes() for a in arrays]\n"
        "    frame = frame.f_back\n"
        f"raise ValueError(str([{NEEDLE!r} if np.float64({NEEDLE!r}).tobytes() in b else 0 for b in found]))"
    ),
}


@pytest.mark.parametrize("what", TELLING)
def test_a_public_case_tells_nothing_of_a_later_round(sandbox: Sandbox, what: str) -> None:
    """The same program that gets a secret out where all is asked at once gets nothing out in rounds."""
    told = {}
    for name, terms in (("at once", AT_ONCE), ("in rounds", ROUNDS)):
        trouble = public_outcome(sandbox, TELLING[what], terms).trouble
        assert isinstance(trouble, Trouble)
        assert trouble.type_name == "ValueError"
        told[name] = f"{NEEDLE:.6f}"[:-1] in trouble.message
    assert told == {"at once": True, "in rounds": False}


def test_what_is_printed_later_is_not_taken_for_what_was_printed_before(sandbox: Sandbox) -> None:
    """A mark that is forged in a later round belongs to no case of an earlier one."""
    body = f"if abs(x[0, 0] - {NEEDLE!r}) < 1e-9:\n    os.write(1, b'secret\\0step 1\\0')\nreturn x"
    assert public_outcome(sandbox, body, ROUNDS).printed == ""
    printing = "def tell(x):\n    print('mine' if x[0, 0] == -2.0 else 'later')\n    return x\n"
    late, early = sit(sandbox, program(printing, "tell"), [LATE, EARLY], QUICK, ROUNDS).outcomes
    assert (early[0].printed, late[0].printed) == ("mine\n", "later\n")


@pytest.mark.parametrize("level", ["A", "B", "B'"])
def test_a_process_that_follows_another_finds_nothing_of_it(level: str) -> None:
    """What was written in the hidden cases of one process is not there in the next, which may still ask public ones."""
    write = "import os\ndef leave(x):\n    open('left', 'w').write('secret')\n    os._exit(1)\n"
    source = write + "def find(x):\n    return x + 1 if not os.path.exists('left') else x\n"
    with open_level(BWRAP, Level(level)) as opened:
        sitting = sit(opened, program(source, "leave", "find"), [ask("leave"), ask("find")], QUICK)
    assert statuses(sitting)[0] == ["killed"]
    assert_good(sitting.outcomes[1][0])


def test_how_a_later_process_loads_is_not_told(sandbox: Sandbox) -> None:
    """When a process is ended, its program chooses; the next one reads a clock, and must not say so in the report."""
    source = "import os, time\nBEGAN = time.monotonic()\nclass Clock:\n    raise ValueError(f'{BEGAN:.9f}')\n"
    source += "def began(x):\n    return x * 0 + BEGAN\ndef ends(x):\n    os._exit(1)\n"
    questions = [ask("began"), ask("ends"), ask("began")]
    sitting = sit(sandbox, program(source, "began", "ends"), questions, QUICK)
    first, second = (sitting.outcomes[n][0].values["y"].array for n in (0, 2))
    assert first is not None
    assert second is not None
    assert first[0, 0] < second[0, 0]
    assert [trouble.message for trouble in sitting.loaded.troubles] == [f"{first[0, 0]:.9f} (in line 4)"]


def test_how_much_time_a_late_answer_had_is_not_told(sandbox: Sandbox) -> None:
    """What is left of all the time is for the program to choose, so it is no number on a page."""
    limits = replace(QUICK, call_seconds=5, total_seconds=1.2)
    source = "import time\ndef slow(x):\n    time.sleep(0.35)\n    return x\n"
    sitting = sit(sandbox, program(source, "slow"), [ask("slow") for _ in range(6)], limits)
    late = [outcome.reason for (outcome,) in sitting.outcomes if outcome.status is Status.TIMED_OUT]
    assert late == ["the submission's 1.2 s were used up in `slow`"]


def test_what_was_slow_is_asked_behind_all_others(sandbox: Sandbox) -> None:
    """A slow function may use up the time of a hand-in: from the next round on, what is quick is answered before."""
    source = GOOD + "import time\ndef slow(x):\n    time.sleep(0.2)\n    return x + 1\n"
    questions = [*[ask("slow") for _ in range(7)], ask("good"), ask("good")]
    terms = Terms(((0,), tuple(range(1, 9))), (1 << 20,) * 9)
    sitting = sit(sandbox, program(source, "slow", "good"), questions, replace(QUICK, total_seconds=1.0), terms)
    assert statuses(sitting)[7:] == [["returned"]] * 2
    assert statuses(sitting)[6] == ["not reached"]


def test_all_rounds_are_asked_whatever_stops_in_between(sandbox: Sandbox) -> None:
    """A stop costs its own call; what is left of its round and all later ones go on, in their order."""
    source = GOOD + "import os\ndef ends(x):\n    os._exit(1)\n"
    questions = [ask("good"), ask("ends"), ask("good"), ask("good"), ask("ends"), ask("good")]
    terms = Terms(((3, 4, 5), (), (0, 1, 2)), (1 << 20,) * 6)
    sitting = sit(sandbox, program(source, "good", "ends"), questions, QUICK, terms)
    assert [steps[0] for steps in statuses(sitting)] == ["returned", "killed"] + ["returned"] * 2 + [
        "killed",
        "returned",
    ]


def test_what_need_not_be_asked_is_spared(sandbox: Sandbox) -> None:
    """Before the last round it is asked what the answers so far make needless; after a stop in that round, again."""
    source = GOOD + "import os\ndef ends(x):\n    os._exit(1)\n"
    questions = [ask("good"), ask("good"), ask("ends"), ask("good"), ask("good")]
    seen: list[list[int]] = []

    def spare(outcomes: Sequence[Sequence[Outcome]]) -> set[int]:
        seen.append([len(steps) for steps in outcomes])
        return {1, 3}

    terms = Terms(((0,), (1, 2, 3, 4)), (1 << 20,) * 5, spare)
    found = statuses(sit(sandbox, program(source, "good", "ends"), questions, QUICK, terms))
    assert found == [["returned"], ["not reached"], ["killed"], ["not reached"], ["returned"]]
    assert seen[0] == [1, 0, 0, 0, 0]
    everything = Terms(((0,), (1, 2, 3, 4)), (1 << 20,) * 5, lambda outcomes: {1, 2, 3, 4})
    sat = [sit(sandbox, program(source, "good", "ends"), questions, QUICK, everything) for _ in range(2)]
    assert statuses(sat[0]) == [["returned"], *[["not reached"]] * 4]
    # One outcome for all hand-ins: what is concluded from that is concluded once for a class.
    assert {id(step) for sitting in sat for steps in sitting.outcomes[1:] for step in steps if step.shared} == {
        id(sat[0].outcomes[1][0])
    }


def test_what_turns_out_to_be_needed_is_asked_in_a_process_that_has_seen_nothing(sandbox: Sandbox) -> None:
    """It was spared by what had been answered, and is not by all answers: no later question is in the process then."""
    source = (
        "import os\nSEEN = []\ndef count(x):\n    SEEN.append(1)\n    return x * 0 + len(SEEN) + 10 * os.getpid()\n"
    )
    asked: list[int] = []

    def spare(outcomes: Sequence[Sequence[Outcome]]) -> set[int]:
        asked.append(sum(map(bool, outcomes)))
        return {3} if outcomes[2] else {1, 3}

    terms = Terms(((0,), (1,), (2, 3)), (1 << 20,) * 4, spare)
    sitting = sit(sandbox, program(source, "count"), [ask("count") for _ in range(4)], QUICK, terms)
    assert statuses(sitting) == [["returned"]] * 3 + [["not reached"]]
    first, again, later = (int(cast("np.ndarray", sitting.outcomes[n][0].values["y"].array)[0, 0]) for n in range(3))
    assert [number % 10 for number in (first, later, again)] == [1, 2, 1]
    assert asked == [1, 2, 4]


def test_what_is_needed_after_all_needs_time_too(sandbox: Sandbox) -> None:
    """Where that is used up, the page says so."""
    source = "import time\ndef slow(x):\n    time.sleep(0.35)\n    return x\n"
    terms = Terms(((0,), (1,), (2, 3, 4)), (1 << 20,) * 5, lambda outcomes: set() if outcomes[4] else {1})
    limits = replace(QUICK, total_seconds=1.2)
    sitting = sit(sandbox, program(source, "slow"), [ask("slow") for _ in range(5)], limits, terms)
    assert sitting.outcomes[1][0].reason == "the submission's 1.2 s were used up"


def test_frames_in_excess_void_the_rounds_before_too(sandbox: Sandbox) -> None:
    """A process that wrote more than it was asked for has answered nothing in any round."""
    source = GOOD + "import os\nfrom grader.wire import Outcome, Status, encode_outcome\n"
    source += "def more(x):\n    os.write(4, encode_outcome(Outcome(Status.MISSING)))\n    return x\n"
    terms = Terms(((0,), (1,)), (1 << 20,) * 2)
    sitting = sit(sandbox, program(source, "good", "more"), [ask("good"), ask("more")], QUICK, terms)
    assert statuses(sitting) == [["unreadable"], ["unreadable"]]


AFRESH = Terms(((1,), (0,), (2, 3)), (1 << 20,) * 4, afresh=True)


def test_what_a_program_keeps_ends_where_it_is_loaded_anew(sandbox: Sandbox) -> None:
    """Its names, its classes and its own modules are made once more before each round, all in one process; what it
    held by then is out of the way, as a large table for each question would fill the memory."""
    helper = Piece(1, 1, "seen = []", module="helper")
    source = "import os, helper\nimport numpy as np\ntable = np.empty(1 << 25)\nseen = []\nclass Sum:\n    seen = []\n"
    source += "def count(x, given=[]):\n    for one in (seen, Sum.seen, helper.seen, given):\n        one.append(x)\n"
    source += (
        "    return np.array([len(seen), len(Sum.seen), len(helper.seen), len(given), os.getpid()]) + 0 * table[0]\n"
    )
    pieces = (helper, Piece(2, 1, source))
    limits = replace(QUICK, memory_mb=850)
    sitting = sit(sandbox, Program(pieces, pieces, ("count",)), [ask("count") for _ in range(4)], limits, AFRESH)
    counts = [outcome.values["y"].array for (outcome,) in sitting.outcomes]
    assert [list(count[:4]) for count in counts if count is not None] == [[1] * 4, [1] * 4, [1] * 4, [2] * 4]
    assert len({count[4] for count in counts if count is not None}) == 1


def test_what_a_program_prints_through_is_put_in_the_place_of_a_new_one(sandbox: Sandbox) -> None:
    """One that stands around the stream would stand around itself each time."""
    source = "import sys\nclass Through:\n    def __init__(self, to): self.to, self.flush = to, to.flush\n"
    source += (
        "    def write(self, text): self.to.write('> ' * (text != '\\n') + text)\nsys.stdout = Through(sys.stdout)\n"
    )
    source += "def tell(x):\n    print('told')\n    return x\n"
    sitting = sit(sandbox, program(source, "tell"), [ask("tell") for _ in range(4)], QUICK, AFRESH)
    assert [outcome.printed for (outcome,) in sitting.outcomes] == ["> told\n"] * 4


NOT_AGAIN = {
    # what a program does where it is loaded for the second time in one process, and what each of its calls comes to
    "ends": ("    os._exit(0)\n", ["returned"] * 4),
    "never ends": ("    time.sleep(60)\n", ["returned"] * 4),
    "raises": ("    raise ValueError\n", ["returned"] * 4),
    "writes more": ("    os.write(4, frame)\n", ["returned", "unreadable", "returned", "returned"]),
}


@pytest.mark.parametrize("what", NOT_AGAIN)
def test_a_program_that_cannot_be_loaded_anew(sandbox: Sandbox, what: str) -> None:
    """Where that ends the process, what is left is asked in another one; what has been answered stays, but of a
    process that wrote more than it was asked for.
    """
    body, due = NOT_AGAIN[what]
    source = "import os, time\nimport numpy as np\nfrom grader.wire import Outcome, Status, encode_outcome\n"
    source += "frame = encode_outcome(Outcome(Status.MISSING))\n"
    source += f"before = getattr(np, 'times', 0)\nnp.times = before + 1\nif before:\n{body}{GOOD}"
    limits = replace(QUICK, load_seconds=0.7)
    assert [one for (one,) in statuses(sit(sandbox, program(source, "good"), [ask("good")] * 4, limits, AFRESH))] == due


def test_what_could_not_be_loaded_anew_is_not_loaded_so_once_more(sandbox: Sandbox) -> None:
    """To find that out may take all the time that a program has to load."""
    sent: list[bytes] = []

    def read(seconds: float) -> bytes:
        raise StoppedError.unreadable("it never came")

    session = Session(sandbox, (), (), QUICK, 1.0, Clock.start(1.0))
    worker = cast("Worker", SimpleNamespace(send=sent.append, read=read))
    assert [session.load_again(worker) for _ in range(3)] == [False] * 3
    assert len(sent) == 1


def test_an_answer_far_larger_than_is_due_is_not_kept(sandbox: Sandbox) -> None:
    """Its shape is told, its numbers are dropped: three hundred of them would fill memory and gradebook."""
    source = "import numpy as np\ndef f(x):\n    return np.random.rand(len(x), 2000)\n"
    terms = Terms(((0, 1),), (1 << 10, 1 << 20))
    (small,), (large,) = sit(sandbox, program(source, "f"), [ask("f"), ask("f")], QUICK, terms).outcomes
    assert (small.status, small.values["y"].array) == (Status.RETURNED, None)
    assert "(3, 2000)" in small.values["y"].type_name
    assert large.values["y"].array is not None


# ---- calls with which several questions begin --------------------------------------------------------------------

AHEAD = Step("ahead", ("x",), ("y",))
BACK = Step("back", ("dy",), ("dx",))
SHORT, LONG = Question({"x": X}, (AHEAD,)), Question({"dy": X, "x": X.copy()}, (AHEAD, BACK))
ONCE = {
    # what each of the two functions does, and what becomes of `SHORT` and `LONG`, of two layers
    "both return": ("return x + len(SEEN)", "return dy", ["returned"], ["returned", "returned"]),
    "back ends the process": ("return x + len(SEEN)", "os._exit(1)", ["returned"], ["returned", "killed"]),
    "ahead ends the process": ("os._exit(1)", "return dy", ["killed"], ["killed", "not reached"]),
    "back is not there": ("return x + len(SEEN)", "", ["returned"], ["returned", "missing"]),
}


@pytest.mark.parametrize("case", ONCE)
def test_a_call_that_two_questions_begin_with_is_made_once(sandbox: Sandbox, case: str) -> None:
    """What it gives is the answer of both, whatever becomes of the calls behind it."""
    ahead, back, short, long = ONCE[case]
    source = "import os\nimport numpy as np\nSEEN = []\n"
    source += f"def ahead(x):\n    SEEN.append(1)\n    print('here')\n    {ahead}\n"
    source += f"def back(dy):\n    {back}\n" if back else ""
    terms = Terms(((0, 1),), (1 << 20,) * 2, longer=longer_ones((SHORT, LONG)))
    sitting = sit(sandbox, program(source, "ahead", "back"), [SHORT, LONG], QUICK, terms)
    assert statuses(sitting) == [short, long]
    assert [outcome.printed for outcome in sitting.outcomes[0]] == ["here\n"]
    for outcome in (*sitting.outcomes[0], sitting.outcomes[1][0]):
        assert outcome.status is not Status.RETURNED or np.array_equal(
            cast("np.ndarray", outcome.values["y"].array), X + 1
        )


def test_what_is_taken_from_a_process_that_wrote_too_much_is_void_too(sandbox: Sandbox) -> None:
    """Of its answers none can be told apart, for whichever question it counts."""
    source = "import os\nfrom grader.wire import Outcome, Status, encode_outcome\ndef ahead(x):\n    return x\n"
    source += "def back(dy):\n    os.write(4, encode_outcome(Outcome(Status.MISSING)))\n    return dy\n"
    terms = Terms(((0, 1),), (1 << 20,) * 2, longer=longer_ones((SHORT, LONG)))
    sitting = sit(sandbox, program(source, "ahead", "back"), [SHORT, LONG], QUICK, terms)
    assert statuses(sitting) == [["unreadable"], ["unreadable"] * 2]


def both(n: int) -> tuple[Question, Question]:
    """A forward, and the same one before its backward, on numbers of their own."""
    return replace(SHORT, inputs={"x": X + n}), replace(LONG, inputs={"x": X + n, "dy": X})


def test_where_something_is_slow_each_is_asked_by_itself(sandbox: Sandbox) -> None:
    """A slow backward uses up the time behind all forwards, and not before some of them have been asked."""
    source = "import time\ndef ahead(x):\n    return x\ndef back(dy):\n    time.sleep(0.2)\n    return dy\n"
    pairs = [both(n) for n in range(6)]
    questions = (LONG, *(short for short, _ in pairs), *(long for _, long in pairs))
    terms = Terms(((0,), tuple(range(1, 13))), (1 << 20,) * 13, longer=longer_ones(questions))
    sitting = sit(sandbox, program(source, "ahead", "back"), questions, replace(QUICK, total_seconds=1.0), terms)
    assert statuses(sitting)[1:7] == [["returned"]] * 6
    assert statuses(sitting)[-1][-1] == "not reached"


def test_what_is_stopped_costs_no_forward_an_answer_that_it_gives_by_itself(sandbox: Sandbox) -> None:
    """It is answered in its own place, before others in which its function is stopped twice, and asked no more."""
    source = "import os\ndef ahead(x):\n    return x if x[0, 0] < 1 else os._exit(1)\ndef back(dy):\n    return dy\n"
    questions = (SHORT, both(8)[0], both(9)[1], LONG)
    terms = replace(Terms.of(4), longer=longer_ones(questions))
    sitting = sit(sandbox, program(source, "ahead", "back"), questions, QUICK, terms)
    assert statuses(sitting) == [["returned"], ["killed"], ["killed", "not reached"], ["returned"] * 2]


ALIKE = {
    # a question, and whether `LONG` begins with it
    "the same call": (SHORT, True),
    "numbers that no call takes": (replace(SHORT, inputs={"x": X, "more": X + 1}), True),
    "no question at all": (replace(SHORT, steps=()), False),
    "other numbers": (replace(SHORT, inputs={"x": X + 1}), False),
    "another type": (replace(SHORT, inputs={"x": X.astype(np.float32)}), False),
    "another shape": (replace(SHORT, inputs={"x": X.ravel()}), False),
    "another place in memory": (replace(SHORT, layouts={"x": "F"}), False),
    "other results": (replace(SHORT, steps=(replace(AHEAD, gives=("z",)),)), False),
    "another object": (replace(SHORT, steps=(replace(AHEAD, instance="second"),)), False),
    "files": (replace(SHORT, files={"toy.py": ""}), False),
    "something lent": (replace(SHORT, lends=(BACK,)), False),
    "the call behind": (replace(SHORT, inputs={"dy": X}, steps=(BACK,)), False),
    "more calls": (replace(LONG, steps=(AHEAD, BACK, BACK)), False),
}


@pytest.mark.parametrize("case", ALIKE)
def test_which_questions_begin_with_others(case: str) -> None:
    """The same calls on the same numbers, lying in memory alike, and with nothing lent to them."""
    question, begins = ALIKE[case]
    assert bool(longer_ones((question, LONG)).get(0)) == begins


def test_what_forwards_are_made_anew_for_begins_with_nothing() -> None:
    """A forward before a backward that is mended is run in another way."""
    mends = replace(BACK, mends=(("y", "x"),))
    assert not longer_ones((SHORT, replace(LONG, steps=(AHEAD, mends))))


def test_the_longest_of_those_that_are_asked_answers_for_all() -> None:
    """Of several that are the same, the first; what is not asked in a round answers for nothing there."""
    further = replace(LONG, steps=(AHEAD, BACK, BACK))
    longer = longer_ones((SHORT, LONG, SHORT, further, LONG))
    terms = replace(Terms.of(5), longer=longer)
    assert terms.answered_by_others(range(5)) == {0: 3, 1: 3, 2: 3, 4: 3}
    assert terms.answered_by_others((0, 1, 2, 4)) == {0: 1, 2: 1, 4: 1}
    assert terms.answered_by_others((0, 2)) == {2: 0}


# ---- the exam that ships ----------------------------------------------------------------------------------------


def test_the_plan_is_asked_in_rounds(key: Path) -> None:
    """Every question once, all public ones before any other, what only mistakes need last, and room for an
    answer that is short of an axis."""
    exam = load_key(key / "exercise_05.key.npz")
    asked = range(len(exam.plan.entries))
    terms = terms_of(exam, asked)
    assert sorted(n for numbers in terms.rounds for n in numbers) == list(asked)
    visible = [{exam.plan.entries[n].visibility for n in numbers} for numbers in terms.rounds]
    assert visible == [{PUBLIC}, {HIDDEN}, {HIDDEN}, {HIDDEN}]
    purposes = [{exam.plan.entries[n].purpose for n in numbers} for numbers in terms.rounds[1:]]
    beside = {Purpose.HANDED_CACHE, Purpose.OWN_GRADIENT, Purpose.NUDGED}
    assert purposes == [{Purpose.CASE}, beside, {Purpose.MENDED_CACHE}]
    for place, outcome in exam.answers[REFERENCE].items():
        for value in outcome.values.values():
            assert value.array is not None
            assert terms.most_bytes[place] >= 8 * value.array.nbytes + LEAST_BYTES
    some = [3, len(asked) - 1]
    assert len(terms_of(exam, some).most_bytes) == len(some)
    # A forward's answer is kept where the case of its backward gives it.
    by = replace(terms, longer=longer_ones(tuple(entry.question for entry in exam.plan.entries)))
    for n, other in by.answered_by_others(asked).items():
        assert terms.most_bytes[other] >= terms.most_bytes[n]


def test_most_forwards_are_answered_by_their_backwards(key: Path) -> None:
    """Public ones by public ones, and three cases of one backward on the same numbers by the first of them."""
    exam = load_key(key / "exercise_05.key.npz")
    entries = exam.plan.entries
    longer = longer_ones(tuple(entry.question for entry in entries))
    by = [
        replace(Terms.of(len(entries)), longer=longer).answered_by_others(of)
        for of in terms_of(exam, range(len(entries))).rounds
    ]
    pairs = [(entries[n], entries[other]) for found in by for n, other in found.items()]
    assert all(one.visibility == other.visibility for one, other in pairs)
    backward = {
        "Sigmoid.forward": "Sigmoid.backward",
        "Relu.forward": "Relu.backward",
        "affine_forward": "affine_backward",
    }
    assert {other.criterion for one, other in pairs if one.criterion in backward} == set(backward.values())
    assert all(other.criterion == backward.get(one.criterion, one.criterion) for one, other in pairs)
    of = Counter(one.criterion for one, _ in pairs)
    assert of == {"Sigmoid.forward": 14, "Relu.forward": 19, "affine_forward": 20, "affine_backward": 9}


REMEMBERS = """
import numpy as np
SEEN = []
class Relu:
    def forward(self, x):
        SEEN.append(np.asarray(x).ravel()[:3].tolist())
        raise ValueError(str(SEEN[-40:]))
    def backward(self, dout, cache):
        SEEN.append(np.asarray(dout).ravel()[:3].tolist())
        print(SEEN)
        raise ValueError(str(SEEN[-40:]))
class Sigmoid(Relu): pass
def affine_forward(x, w, b): return Relu().forward(x)
def affine_backward(dout, cache): return Relu().backward(dout, cache)
"""


LAYER = """
class {name}:
    def forward(self, x):
        out = {formula}
        return out, out
    def backward(self, dout, cache):
        return dout
"""
SIGMOID, RELU = "1 / (1 + np.exp(-x))", "np.maximum(x, 0)"


@pytest.mark.parametrize(("sigmoid", "relu"), [(SIGMOID, RELU), ("np.tanh(x)", RELU), (SIGMOID, "abs(x)")])
def test_a_cache_is_mended_where_its_forward_is_not_right(
    key: Path, sandbox: Sandbox, tmp_path: Path, sigmoid: str, relu: str
) -> None:
    """Of each layer by itself, and of nobody else."""
    file = tmp_path / "exercise_05.py"
    layers = (("Sigmoid", sigmoid), ("Relu", relu))
    file.write_text("import numpy as np\n" + "".join(LAYER.format(name=n, formula=f) for n, f in layers), "utf-8")
    desk = Desk(load_key(key / "exercise_05.key.npz"), sandbox)
    _, outcomes = examine(desk, Submission("student-01", "", (Candidate("exercise_05.py", file),)))
    for criterion, is_right in (("Sigmoid.backward", sigmoid == SIGMOID), ("Relu.backward", relu == RELU)):
        asked = {
            (entry.visibility, outcome.status)
            for entry, steps in zip(desk.key.plan.entries, outcomes, strict=True)
            for outcome in steps
            if (entry.criterion, entry.purpose) == (criterion, Purpose.MENDED_CACHE)
        }
        due = Status.NOT_REACHED if is_right else Status.RETURNED
        assert asked == {(PUBLIC, due), (HIDDEN, due)}


def test_no_page_tells_a_number_of_a_hidden_case(key: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    """Of a hand-in that remembers all that it is given and raises it: its record holds public numbers alone."""
    file = tmp_path / "exercise_05.py"
    file.write_text(REMEMBERS, encoding="utf-8")
    desk = Desk(load_key(key / "exercise_05.key.npz"), sandbox)
    record, _ = examine(desk, Submission("student-01", "", (Candidate("exercise_05.py", file),)))
    told = str([(case.visibility, case.detail) for criterion in record.criteria for case in criterion.cases])
    told += str([criterion.headline for criterion in record.criteria])
    seen: dict[str, int] = {PUBLIC: 0, HIDDEN: 0}
    for entry in desk.key.plan.entries:
        for array in entry.question.inputs.values():
            if array.size >= 3:  # fewer rounded numbers may stand there by chance
                seen[entry.visibility] += str(array.ravel()[:3].tolist()) in told
    assert seen[PUBLIC] > 0
    assert seen[HIDDEN] == 0
