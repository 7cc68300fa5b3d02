"""An assignment made into a key: fair declarations compile, unfair ones are refused with the place named.

takes: tiny assignments written into a folder, and the sandbox.
gives: one promise a test, said in its docstring.
must not know: submissions, the assignment that ships.
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from grader.answer_key import REFERENCE, AnswerKey, load_key, save_key
from grader.compile_key.authored import load_assignment, sources_digest
from grader.compile_key.compiling import compile_key
from grader.compile_key.exam_room import ExamRoom
from grader.compile_key.handed_out import stubs_in
from grader.errors import AuthorError
from grader.extract import extract, stub_digests
from grader.fair_key.refusals import MOST_TOLD
from grader.judge import Basis, Kind, NoteKind, rule_on, told_of
from grader.plan import Purpose, make_plan
from grader.sandbox import Sandbox
from grader.wire import Status

HANDOUT = """{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
    {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": null, "outputs": [],
     "source": "def double(x):\\n    y = None  # TODO\\n    return y\\n\\ndef back(dy, cache):\\n    pass\\n"}]}
"""
ROOT = Path(__file__).resolve().parent.parent
PASSES = """
import numpy as np

def double(x):
    return 2 * x

def ahead(x, w):
    return x @ w, (x, w)

def back(dy, cache):
    x, w = cache
    return dy @ w.T, x.T @ dy
"""
VARIANTS = """
import numpy as np

def halves(x):
    return x / 2

def also_halves(x):
    return x * 0.5

def same_as_double(x):
    return x + x

def keeps(x):
    return x.copy()

def raises(x):
    raise ValueError("no")

def crashes(x):
    return 1 / 0

def tripled(x):
    return 3 * x

def sums_differently(dy, cache):
    x, w = cache
    return dy @ w.T, x.T @ dy / len(x)

def one_result(dy, cache):
    return dy

def no_number(x):
    return x * np.nan

def handed_back(x):
    return x
"""
DOUBLE = """
Criterion("double", (Call("double", ("x",), ("y",)),), ("y",), (Behaviour("values", 2),),
    (Case("small", CASE, "values"), Case("other", draw, "values", HIDDEN)))
"""
LAYER = """
Criterion("ahead", (AHEAD,), ("y",), (Behaviour("values", 1),), (Case("small", layer, "values"),)),
Criterion("back", (AHEAD, BACK), ("dx", "dw"), (Behaviour("values", 3),), (Case("small", layer, "values"),),
    FollowThrough("ahead", "y", "dy", {"dx": "x", "dw": "w"}, (layer,), (Case("alone", layer, "values"),)))
"""
ASSIGNMENT = """
import numpy as np
from grader.assignment import *
from grader.assignment import own
from . import passes, variants

def draw(rng):
    return {"x": rng.uniform(0.5, 2.0, (3, 2))}

def layer(rng):
    return {"x": rng.uniform(0.5, 2, (3, 2)), "w": rng.uniform(0.5, 2, (2, 4)), "dy": rng.uniform(0.5, 2, (3, 4))}

def one_row(rng):
    return {name: array if name == "w" else array[:1] for name, array in layer(rng).items()}

def square(rng):
    return {name: rng.uniform(0.5, 2, (3, 3)) for name in ("x", "w", "dy")}

def at_zero(rng):
    found = layer(rng)
    return {**found, "x": found["x"] * [[0.0, 1.0]]}

AHEAD = Call("ahead", ("x", "w"), ("y", own("cache")))
BACK = Call("back", ("dy", own("cache")), ("dx", "dw"))
CASE = INPUTS
ASSIGNMENT = Assignment("tiny", "Tiny", "tiny.ipynb", 7, passes, (CRITERIA,),
    alternatives=(ALTERNATIVES), mistakes=(MISTAKES))
"""


def write(
    at: Path, criteria: str = DOUBLE, inputs: str = "draw", passes: str = PASSES, alternatives: str = "",
    mistakes: str = "", whole: str = "", handout: str = "return y",
) -> Path:  # fmt: skip
    """Write the folder of a small assignment."""
    text = whole or ASSIGNMENT.replace("INPUTS", inputs).replace("CRITERIA", criteria.strip()).replace(
        "(ALTERNATIVES)", f"({alternatives})"
    ).replace("(MISTAKES)", f"({mistakes})")
    files = {
        "assignment.py": text,
        "passes.py": passes,
        "variants.py": VARIANTS,
        "tiny.ipynb": HANDOUT.replace("return y", handout),
    }
    for name, content in files.items():
        (at / name).write_text(content)
    return at


def double(more: str) -> str:
    """The criterion of doubling, with something more declared."""
    return DOUBLE.replace("HIDDEN)))", f"HIDDEN)), {more})")


def mistake(function: str, criterion: str = "double", name: str = "") -> str:
    return f'Mistake("{name or function}", "{criterion}", {{"{criterion}": variants.{function}}}, "It does so."), '


def alternative(function: str, criterion: str = "double", more: str = "") -> str:
    return f'Alternative("{function}", "{criterion}", {{"{criterion}": variants.{function}}}, "A note."{more}), '


def refusal(folder: Path, sandbox: Sandbox) -> AuthorError:
    with pytest.raises(AuthorError) as refused:
        compile_key(folder, sandbox)
    return refused.value


# ---- what compiles ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compiled(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    at = tmp_path_factory.mktemp("assignment")
    more = f"{DOUBLE.strip()}, {LAYER.strip()}"
    return compile_key(
        write(at, more, alternatives=alternative("sums_differently", "back"), mistakes=mistake("halves")), sandbox
    )


def test_a_key_holds_the_right_answers(compiled: AnswerKey) -> None:
    """For every case the reference's answer, in the order of the plan."""
    for place, entry in enumerate(compiled.plan.entries):
        if entry.criterion == "double":
            answer = compiled.answers[REFERENCE][place].values["y"].array
            assert np.array_equal(answer, 2 * entry.question.inputs["x"])
        if entry.purpose is Purpose.NUDGED:
            assert place not in compiled.answers[REFERENCE]


def test_inputs_have_the_order_of_the_calls(compiled: AnswerKey, tmp_path: Path) -> None:
    """Pages list them as one calls the function, by a key that was just made and by its file."""
    save_key(compiled, tmp_path / "key.npz")
    for key in (compiled, load_key(tmp_path / "key.npz")):
        orders = [list(e.question.inputs) for e in key.plan.entries if e.criterion in ("ahead", "back")]
        assert ["x", "w", "dy"] in orders
        assert ["dy", "w", "x"] not in orders


def test_a_variant_answers_the_cases_of_its_criterion_alone(compiled: AnswerKey) -> None:
    """Alternatives and mistakes sit the same exam, as far as it is theirs; alternatives are handed caches too."""
    for name, criterion in (("halves", "double"), ("sums_differently", "back")):
        asked = {compiled.plan.entries[place].criterion for place in compiled.answers[name]}
        purposes = {compiled.plan.entries[place].purpose for place in compiled.answers[name]}
        alone = {Purpose.HANDED_CACHE} if name == "sums_differently" else set()
        assert (asked, purposes) == ({criterion}, {Purpose.CASE, *alone})


@pytest.mark.parametrize(
    ("also", "is_handed", "ahead"),
    [
        ({}, True, ()),
        ({"double": "halves"}, True, ()),
        ({"double": "halves"}, False, ("double",)),
        ({"ahead": "sums_differently"}, False, ()),
        ({"scale": "halves"}, False, ()),
    ],
)
def test_a_variant_is_handed_caches_that_are_made_for_it(
    tmp_path: Path, sandbox: Sandbox, also: dict[str, str], is_handed: bool, ahead: tuple[str, ...]
) -> None:
    """Also where it changes what its backward calls; not where its forward, what that calls, or a helper is another."""
    folder = write(tmp_path, f"{DOUBLE.strip()}, {LAYER.strip()}", alternatives=alternative("sums_differently", "back"))
    assignment = load_assignment(folder)
    criteria = (replace(one, builds_on=ahead) if one.name == "ahead" else one for one in assignment.criteria)
    assignment = replace(assignment, criteria=tuple(criteria))
    [variant] = assignment.alternatives
    functions = sys.modules[variant.replaces["back"].__module__]
    replaced = {name: getattr(functions, function) for name, function in also.items()}
    variant = replace(variant, replaces={**variant.replaces, **replaced})
    plan = make_plan(assignment)
    sat = zip(plan.entries, ExamRoom(assignment, plan, sandbox).sit(variant), strict=True)
    handed = [steps[-1].status for entry, steps in sat if entry.purpose is Purpose.HANDED_CACHE]
    assert [status is not Status.NOT_REACHED for status in handed] == [is_handed]


def test_a_key_knows_the_rubric_and_the_untouched_hand_out(compiled: AnswerKey) -> None:
    """Points, signatures, and what each function looks like before anything is done."""
    assert compiled.rubric.points == Fraction(6)
    assert [rule.signature for rule in compiled.rubric.criteria] == [
        "(x) -> y", "(x, w) -> (y, cache)", "(dy, cache) -> (dx, dw)",
    ]  # fmt: skip
    assert set(compiled.rubric.stubs) == {"double", "back"}
    assert compiled.rubric.stubs["back"] == ("empty",)


def test_a_key_knows_what_the_hand_out_gives_away(tmp_path: Path, sandbox: Sandbox) -> None:
    """A template that returns its input is right where nothing is to be doubled, and that is no work of a student."""
    folder = write(tmp_path, DOUBLE.replace("draw", 'lambda rng: {"x": np.zeros(3)}').replace(
        "HIDDEN)", 'HIDDEN, echo="nothing doubled is nothing")'
    ))  # fmt: skip
    (folder / "tiny.ipynb").write_text(HANDOUT.replace("y = None", "y = x"))
    assert compile_key(folder, sandbox).rubric.given_away == {"double": ("other",)}


def test_compiling_twice_gives_one_key(tmp_path: Path, sandbox: Sandbox) -> None:
    """The same folder, the same key, to the digest."""
    digests = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        key = compile_key(write(tmp_path / name, mistakes=mistake("halves")), sandbox)
        digests.add(save_key(key, tmp_path / f"{name}.npz").digest)
    assert len(digests) == 1


def test_a_hidden_seed_changes_the_hidden_cases(tmp_path: Path, sandbox: Sandbox) -> None:
    """Public cases stay those that students know; the digest of the sources tells the two keys apart."""
    folder = write(tmp_path)
    plain, secret = compile_key(folder, sandbox), compile_key(folder, sandbox, hidden_seed=12345)
    for one, other in zip(plain.plan.entries, secret.plan.entries, strict=True):
        same = np.array_equal(one.question.inputs["x"], other.question.inputs["x"])
        assert same == (one.visibility == "public")
    assert (plain.seeded, secret.seeded) == (False, True)


def test_the_digest_of_the_sources_is_of_all_that_a_key_is_made_from(tmp_path: Path) -> None:
    """Every file of the author's counts; what else lies in the folder does not."""
    folder = write(tmp_path)
    before = sources_digest(folder)
    (folder / "notes.txt").write_text("-")
    (folder / "tiny.key.npz").write_bytes(b"-")
    assert sources_digest(folder) == before
    for name in ("assignment.py", "passes.py", "tiny.ipynb"):
        last = sources_digest(folder)
        (folder / name).write_text((folder / name).read_text() + "\n")
        assert sources_digest(folder) != last, name


def test_two_assignments_do_not_share_modules(tmp_path: Path) -> None:
    """Folders of the same file names are loaded apart, and a folder that changed is loaded anew."""
    for name, title in (("a", "First"), ("b", "Second")):
        (tmp_path / name).mkdir()
        write(tmp_path / name, whole=ASSIGNMENT_OF_TITLE.replace("TITLE", title))
    assert load_assignment(tmp_path / "a").title == "First"
    assert load_assignment(tmp_path / "b").title == "Second"
    write(tmp_path / "a", whole=ASSIGNMENT_OF_TITLE.replace("TITLE", "Third title"))
    assert load_assignment(tmp_path / "a").title == "Third title"


@pytest.mark.parametrize("file", ["assignment.py", "passes.py", "lib/words.py"])
def test_a_change_counts_that_python_takes_for_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    """What was compiled of a file a moment ago, when it was as long, is not taken for what stands in it now."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    folder = write(tmp_path, passes=f"NUMBER = 1\n{PASSES}")
    (folder / "lib").mkdir()
    (folder / "lib/words.py").write_text("WORD = 1\n")
    text = (folder / "assignment.py").read_text().replace('"Tiny"', 'f"Tiny {words.WORD} {passes.NUMBER} {0}"')
    (folder / "assignment.py").write_text(f"from .lib import words\n{text}")
    assert load_assignment(folder).title == "Tiny 1 1 0"
    place = folder / file
    before, changes = place.stat(), {"assignment.py": "{0}", "passes.py": "NUMBER = 1", "lib/words.py": "WORD = 1"}
    old = changes[file]
    place.write_text(place.read_text().replace(old, old.replace("0", "2").replace("1", "2")))
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert load_assignment(folder).title.count("2") == 1


ASSIGNMENT_OF_TITLE = (
    ASSIGNMENT.replace('"Tiny"', '"TITLE"').replace("INPUTS", "draw").replace("CRITERIA", DOUBLE.strip())
    .replace("(ALTERNATIVES)", "()").replace("(MISTAKES)", "()")
)  # fmt: skip


def test_an_echo_with_a_reason_is_taken(tmp_path: Path, sandbox: Sandbox) -> None:
    """An answer may equal its input where the author says why."""
    criteria = DOUBLE.replace('CASE, "values")', 'CASE, "values", echo="doubling nothing gives nothing")')
    key = compile_key(write(tmp_path, criteria, inputs='lambda rng: {"x": np.zeros(3)}'), sandbox)
    assert key.plan.entries[0].echo


MOMENTUM = """
def step(w, dw, config):
    config["v"] = config["rate"] * dw + 0.5 * config.get("v", 0)
    return w - config["v"], config

class Layer:
    def __init__(self, w, rate):
        self.w, self.rate = w, rate

    def ahead(self, x):
        self.x = x
        return x @ self.w

    def back(self, dy):
        self.dw = self.x.T @ dy
        return dy @ self.w.T

    def step(self, params, grads):
        for key in params:
            params[key] -= self.rate * grads[key]

def network(x, w):
    return x @ w, [((x, w), {"scale": 2})]

def network_back(y, t, caches):
    (x, w), settings = caches.pop()
    return x.T @ (y - t) * settings["scale"]

class Net:
    def __init__(self):
        self.params, self.grads = {}, {}

    def ahead(self, x):
        return self.rate * x @ self.params["w"], x

    def back(self, dy, cache):
        self.grads["w"] = self.rate * cache.T @ dy
        return self.rate * dy @ self.params["w"].T

def loss(x, y):
    return (x[range(len(y)), y] ** 2).sum() / len(y), (x, y)

def loss_back(cache):
    x, y = cache
    dx = np.zeros(x.shape)
    dx[range(len(y)), y] = 2 * x[range(len(y)), y] / len(y)
    return dx
"""
OTHER_KINDS = {
    "a dict that is written into": """
Criterion("step", (Call("step", ("w", "dw", "config"), (own("w"), own("config"))),
    Call("step", ("w", "dw", "config"), ("next_w", own("config")))), ("next_w",), (Behaviour("values", 2),),
    (Case("twice", lambda rng: {**settings(rng), "config": {"rate": 0.1}}, "values"),
     Case("its state", lambda rng: {**settings(rng), "config": {"rate": 0.1}}, "values", HIDDEN,
        (Call("step", ("w", "dw", "config"), (own("w"), own("config")), leaves={"v": "config['v']"}),), ("v",))))
""",
    "a state that is handed on": """
Criterion("step", (Call("step", ("w", "dw", "config"), ("next_w", own("config"))),
    Call("step", ("w", "dw", own("config")), ("next_w", own("config"))),
    Call("step", ("w", "dw", own("config")), ("next_w", own("config")))), ("next_w",), (Behaviour("values", 2),),
    (Case("thrice", lambda rng: {**settings(rng), "config": {"rate": 0.1}}, "values"),))
""",
    "a class with arguments, and results on the object": """
Criterion("Layer.ahead", (Call("Layer.ahead", ("x",), ("y",), new=("w", "rate")),), ("y",), (Behaviour("values", 2),),
    (Case("small", lambda rng: {**layer(rng), "rate": 0.1}, "values"),)),
Criterion("Layer.back", (Call("Layer.ahead", ("x",), (own("y"),), new=("w", "rate")),
    Call("Layer.back", ("dy",), ("dx",), new=("w", "rate"), leaves={"dw": "self.dw"})), ("dx", "dw"),
    (Behaviour("values", 2),), (Case("small", lambda rng: {**layer(rng), "rate": 0.1}, "values"),),
    FollowThrough("Layer.ahead", "y", "dy", {"dx": "x", "dw": "w"}, (lambda rng: {**layer(rng), "rate": 0.1},)))
""",
    "weights that are put on the object": """
Criterion("Net.ahead", (NET_AHEAD,), ("y",), (Behaviour("values", 2),), (Case("small", net, "values"),)),
Criterion("Net.back", (NET_AHEAD, NET_BACK), ("dx", "dw"), (Behaviour("values", 2),), (Case("small", net, "values"),),
    FollowThrough("Net.ahead", "y", "dy", {"dx": "x", "dw": "w"}, (net,), (Case("alone", net, "values"),), mended=True))
""",
    "a dict that is updated in place": """
Criterion("Layer.step", (Call("Layer.step", ("params", "grads"), (own("nothing"),), new=("w", "rate"),
    leaves={"w": "params['w']"}),), ("w",), (Behaviour("values", 2),),
    (Case("small", lambda rng: {"params": layer(rng), "grads": layer(rng), "w": np.ones(1), "rate": 0.1}, "values"),))
""",
    "a backward of a network, which begins with the loss": """
Criterion("network", (NETWORK,), ("y",), (Behaviour("values", 2),), (Case("small", target, "values"),)),
Criterion("network_back", (Call("network", ("x", "w"), (own("y"), own("caches"))),
    Call("network_back", (own("y"), "t", own("caches")), ("dw",))), ("dw",), (Behaviour("values", 2),),
    (Case("small", target, "values"),),
    FollowThrough("network", "y", "", {}, (), (Case("alone", target, "values"),)))
""",
    "a loss with nothing above it": """
Criterion("loss", (LOSS,), ("loss",), (Behaviour("values", 1),), (Case("small", labels, "values"),)),
Criterion("loss_back", (LOSS, Call("loss_back", (own("cache"),), ("dx",))), ("dx",), (Behaviour("values", 3),),
    (Case("small", labels, "values"),),
    FollowThrough("loss", "loss", "", {"dx": "x"}, (labels,), (Case("alone", labels, "values"),)))
""",
}
LEFT = {
    "a dict that is written into": {"v": "config['v']"},
    "a class with arguments, and results on the object": {"dw": "self.dw"},
    "a dict that is updated in place": {"w": "params['w']"},
    "weights that are put on the object": {"dw": "self.grads['w']"},
}
DRAWN = """
def settings(rng):
    return {"w": rng.uniform(1, 2, 3), "dw": rng.uniform(1, 2, 3)}

def labels(rng):
    return {"x": rng.uniform(1, 2, (3, 4)), "y": rng.integers(0, 4, 3)}

def net(rng):
    return {**layer(rng), "rate": 0.1}

def target(rng):
    return {**layer(rng), "t": rng.uniform(1, 2, (3, 4))}

WEIGHTS = {"self.params['w']": "w", "self.rate": "rate"}
NET_AHEAD = Call("Net.ahead", ("x",), ("y", own("cache")), sets=WEIGHTS)
NET_BACK = Call("Net.back", ("dy", own("cache")), ("dx",), sets=WEIGHTS, leaves={"dw": "self.grads['w']"})
LOSS = Call("loss", ("x", "y"), ("loss", own("cache")))
NETWORK = Call("network", ("x", "w"), ("y", own("caches")))
CASE ="""


@pytest.mark.parametrize("what", OTHER_KINDS)
def test_functions_of_other_kinds_than_a_layer_compile(tmp_path: Path, sandbox: Sandbox, what: str) -> None:
    """Optimizers that carry a state from call to call, and losses."""
    folder = write(tmp_path, OTHER_KINDS[what], passes=PASSES + MOMENTUM)
    declared = (folder / "assignment.py").read_text()
    (folder / "assignment.py").write_text(declared.replace("CASE =", DRAWN))
    key = compile_key(folder, sandbox)
    assert key.rubric.points > 0
    save_key(key, tmp_path / "key.npz")
    assert load_key(tmp_path / "key.npz").rubric == key.rubric
    left = {name: place for rule in key.rubric.criteria for name, place in rule.left.items()}
    assert left == LEFT.get(what, {})
    wrong = MOMENTUM.replace("0.5 * config", "0 * config").replace("2 * x[range(len(y)), y] /", "x[range(len(y)), y] /")
    (folder / "passes.py").write_text(PASSES + wrong)
    if what == "a loss with nothing above it":
        assert "not the gradient" in str(refusal(folder, sandbox))


COLUMNS = """Criterion("ahead", (AHEAD,), ("y",), (Behaviour("values", 1),), (Case("small", columns, "values"),)),
Criterion("back", (AHEAD, BACK), ("dx", "dw"), (Behaviour("values", 3),), (Case("small", columns, "values"),),
    FollowThrough("ahead", "y", "dy", {"dx": "x", "dw": "w"}, (columns,), (Case("alone", columns, "values"),),
        averaged=("dw",), batch=BATCH))
"""
IN_COLUMNS = """
def columns(rng):
    return {"x": rng.uniform(1, 2, (2, 3)), "w": rng.uniform(1, 2, (4, 2)), "dy": rng.uniform(1, 2, (4, 3))}

CASE ="""
AXES = [('("x", 1)', ""), ('("x", -1)', ""), ('"x"', "not the gradient"), ('("x", 0)', "not the gradient"),
        ('("x", 2)', "axis 2 of 'x'"), ('("x", -3)', "axis -3 of 'x'")]  # fmt: skip


@pytest.mark.parametrize(("batch", "said"), AXES)
def test_a_batch_may_lie_along_any_axis(tmp_path: Path, sandbox: Sandbox, batch: str, said: str) -> None:
    """Courses that keep one example in each column divide by the length of the second axis."""
    passes = PASSES.replace("x @ w,", "w @ x,").replace("dy @ w.T, x.T @ dy", "w.T @ dy, dy @ x.T / x.shape[1]")
    folder = write(tmp_path, COLUMNS.replace("BATCH", batch), passes=passes)
    declared = (folder / "assignment.py").read_text()
    (folder / "assignment.py").write_text(declared.replace("CASE =", IN_COLUMNS))
    if said:
        assert said in str(refusal(folder, sandbox))
        return
    key = compile_key(folder, sandbox)
    save_key(key, tmp_path / "key.npz")
    assert load_key(tmp_path / "key.npz").rubric == key.rubric


FORWARDS = {
    "y = 2 * x @ self.w; self.x = 2 * x; return y": Kind.WRONG,  # and its backward forgets the other factor
    "self.x = x; return self.v": Kind.CORRECT,
    "return self.v": Kind.CRASHED,
}


@pytest.mark.parametrize("forward", FORWARDS)
def test_a_backward_without_a_cache_to_be_handed_is_told_by_itself(
    tmp_path: Path, sandbox: Sandbox, forward: str
) -> None:
    """What a wrong forward left on the object is all that there is to go by."""
    folder = write(tmp_path, OTHER_KINDS["a class with arguments, and results on the object"], passes=PASSES + MOMENTUM)
    declared = (folder / "assignment.py").read_text()
    (folder / "assignment.py").write_text(declared.replace("CASE =", DRAWN))
    key = compile_key(folder, sandbox)
    room = ExamRoom(load_assignment(folder), key.plan, sandbox)
    source = MOMENTUM.replace("self.x = x\n        return x @ self.w", forward)
    found = rule_on(key, room.sit_source(source, {"Layer.ahead", "Layer.back"}, instead=False), {})["Layer.back"]
    assert found[0].kind is FORWARDS[forward]


WRAPPED = """
from . import passes
from .passes import double as right

def halves(x):
    return passes.double(x) / 4 + 0 * right(x)

class Wrong:
    def fraction(x):
        return passes.double(x) / 4
"""


@pytest.mark.parametrize("where", ["halves", "Wrong.fraction"])
def test_a_variant_may_call_the_reference(tmp_path: Path, sandbox: Sandbox, where: str) -> None:
    """A mistake is often the right answer and one change to it, as a function or a method of some class; the reference
    that it calls is not replaced by it."""
    folder = write(tmp_path, mistakes=mistake(where, name="halves"))
    (folder / "variants.py").write_text(VARIANTS + WRAPPED)
    key = compile_key(folder, sandbox)
    asked, told = key.plan.entries[0].question.inputs["x"], key.answers["halves"][0].values["y"].array
    assert np.array_equal(told, asked / 2)


TWICE = """Criterion("twice", (Call("twice", ("x",), ("y",)),), ("y",), (Behaviour("values", 2),),
    (Case("more", draw, "values"), Case("others", draw, "values", HIDDEN)), builds_on=("double",))"""
BUILT = {
    "right for its mistake": ("3 * x", "double(double(x))", Kind.CORRECT, Basis.BUILT_ON, []),
    "wrong beside its mistake": ("3 * x", "7 * x", Kind.WRONG, Basis.OWN_CACHE, [("double",)]),
    "right all the same": ("3 * x", "4 * x", Kind.CORRECT, Basis.OWN_CACHE, []),
    "right for its convention": ("x", "double(double(x))", Kind.ALTERNATIVE, Basis.OWN_CACHE, []),
    "wrong beside its convention": ("x", "7 * x", Kind.WRONG, Basis.OWN_CACHE, []),
    "no known mistake": ("5 * x", "double(double(x))", Kind.WRONG, Basis.OWN_CACHE, [("double",)]),
    "a mistake of its own": ("2 * x", "9 * x", Kind.WRONG, Basis.OWN_CACHE, []),
}


@pytest.mark.parametrize("what", BUILT)
def test_a_known_mistake_counts_only_where_it_is_made(tmp_path: Path, sandbox: Sandbox, what: str) -> None:
    """What calls a wrong function is right where it makes of it what the reference would; else a page points there."""
    inner, outer, kind, basis, pointed = BUILT[what]
    passes = PASSES + "\ndef twice(x):\n    return double(double(x))\n"
    other = 'Alternative("as it is", "double", {"double": variants.kept}, "Once, not twice."), '
    criteria = f"{DOUBLE.strip()}, {TWICE}".replace('"values"), Case', '"values", echo="x"), Case').replace(
        '"values", HIDDEN)', '"values", HIDDEN, echo="x")'
    )
    folder = write(tmp_path, criteria, passes=passes, mistakes=mistake("tripled"), alternatives=other)
    (folder / "variants.py").write_text(f"{VARIANTS}\ndef kept(x):\n    return 1.0 * x\n")
    key = compile_key(folder, sandbox)
    save_key(key, tmp_path / "key.npz")
    key = load_key(tmp_path / "key.npz")
    source = f"def double(x):\n    return {inner}\n\ndef twice(x):\n    return {outer}\n"
    room = ExamRoom(load_assignment(folder), key.plan, sandbox)
    ruled = rule_on(key, room.sit_source(source, {"double", "twice"}, instead=True), {})
    best = ruled["twice"][0]
    assert (best.kind, best.basis) == (kind, basis)
    assert [note.about for note in best.notes if note.kind is NoteKind.BUILT_ON and basis is Basis.OWN_CACHE] == pointed


MASKS = {
    "x > 1.5": Kind.CORRECT,
    "(x > 1.5).astype(int)": Kind.CORRECT,
    "np.where(x > 1.5, 1.0, 0.0)": Kind.CORRECT,
    "x > 1.0": Kind.WRONG,
    "~(x > 1.5)": Kind.WRONG,
    "x": Kind.WRONG,
}


@pytest.mark.parametrize("body", MASKS)
def test_a_mask_may_be_what_is_due(tmp_path: Path, sandbox: Sandbox, body: str) -> None:
    """True and false are right as such and as numbers, and what is wrong in them is read and told as of any result."""
    key = compile_key(write(tmp_path, passes=PASSES.replace("2 * x", "x > 1.5")), sandbox)
    save_key(key, tmp_path / "key.npz")
    key = load_key(tmp_path / "key.npz")
    room = ExamRoom(load_assignment(tmp_path), key.plan, sandbox)
    source = f"import numpy as np\ndef double(x):\n    return {body}\n"
    outcomes = room.sit_source(source, {"double"}, instead=True)
    best = told_of(key, outcomes, rule_on(key, outcomes, {})["double"][0])
    assert (best.kind, best.reading) == (MASKS[body], None)


@pytest.mark.parametrize(
    ("body", "kind"), [("x > 1.5", Kind.ALTERNATIVE), ("1 * (x > 1.5)", Kind.CORRECT), ("x > 1", Kind.WRONG)]
)
def test_true_and_false_may_be_as_good_as_numbers(tmp_path: Path, sandbox: Sandbox, body: str, kind: Kind) -> None:
    """Predictions of 1 and 0, where an author accepts a variant that gives them as true and false."""
    as_good = 'Alternative("true and false", "double", {"double": variants.as_truth}, "As good."), '
    passes = PASSES.replace("2 * x", "np.where(x > 1.5, 1.0, 0.0)")
    folder = write(tmp_path, passes=passes, alternatives=as_good)
    (folder / "variants.py").write_text(f"{VARIANTS}\ndef as_truth(x):\n    return x > 1.5\n")
    key = compile_key(folder, sandbox)
    room = ExamRoom(load_assignment(folder), key.plan, sandbox)
    outcomes = room.sit_source(f"def double(x):\n    return {body}\n", {"double"}, instead=True)
    assert rule_on(key, outcomes, {})["double"][0].kind is kind


FOUR_TIMES = TWICE.replace('"twice"', '"four_times"').replace("double", "twice")
BUILT_FAR = {
    "right for a mistake far below": ("3 * x", "double(double(x))", "twice(twice(x))", Basis.BUILT_ON, ("double",)),
    "wrong, as what is far below": ("5 * x", "double(double(x))", "twice(twice(x))", Basis.OWN_CACHE, ("double",)),
    "wrong, as what has no known mistake": ("2 * x", "7 * x", "twice(twice(x))", Basis.OWN_CACHE, ("twice",)),
    "wrong, and what it should call is not there": ("2 * x", "", "x", Basis.OWN_CACHE, None),
}


@pytest.mark.parametrize("what", BUILT_FAR)
def test_what_is_built_on_is_built_on_in_turn(tmp_path: Path, sandbox: Sandbox, what: str) -> None:
    """An error two calls below counts there only, too, where an author names what each function calls itself; the page
    points to the first that is wrong, also where none of its mistakes is known."""
    inner, middle, outer, basis, pointed = BUILT_FAR[what]
    passes = (
        PASSES + "\ndef twice(x):\n    return double(double(x))\n\ndef four_times(x):\n    return twice(twice(x))\n"
    )
    folder = write(tmp_path, f"{DOUBLE.strip()}, {TWICE}, {FOUR_TIMES}", passes=passes, mistakes=mistake("tripled"))
    (folder / "variants.py").write_text(VARIANTS)
    key = compile_key(folder, sandbox)
    save_key(key, tmp_path / "key.npz")
    key = load_key(tmp_path / "key.npz")
    bodies = {"double": inner, "twice": middle, "four_times": outer}
    source = "".join(f"def {name}(x):\n    return {body}\n" for name, body in bodies.items() if body)
    room = ExamRoom(load_assignment(folder), key.plan, sandbox)
    best = rule_on(key, room.sit_source(source, set(bodies), instead=True), {})["four_times"][0]
    assert best.basis == basis
    told = [note.about for note in best.notes if note.kind is NoteKind.BUILT_ON]
    assert told == ([pointed] if pointed else [])


# ---- what is refused --------------------------------------------------------------------------------------------

AHEAD_ALONE = LAYER.strip().split("\n")[0].rstrip(",")
MISNAMED = ("halves", "also_halves", "raises")
REFUSED: dict[str, tuple[dict[str, str], list[str]]] = {
    "an answer equal to an input": (
        {"inputs": 'lambda rng: {"x": np.zeros(3)}'}, ["double, case 'small'", "'y'", "'x'", "echo="],
    ),
    "an answer of an input's numbers in another shape": (
        {"inputs": 'lambda rng: {"x": rng.uniform(1, 2, (1, 5))}', "passes": PASSES.replace("2 * x", "x.sum(0)")},
        ["double, case 'small'", "'x'"],
    ),
    "an answer that stands among the inputs": (
        {"criteria": DOUBLE.replace("Case(\"small\", CASE", 'Case("twice", lambda rng: {"x": np.arange(1.0, 9.0)}, '
         '"values"), Case("small", lambda rng: {"x": 2 * np.arange(1.0, 9.0)}')},
        ["double, case 'twice'", "among the inputs", "'x' of double, case 'small'"],
    ),
    "a reference that raises": (
        {"passes": PASSES.replace("return 2 * x", 'raise KeyError("gone")')},
        ["double, case 'small'", "does not return", "KeyError", "gone"],
    ),
    "a reference that raises is told with its line": (
        {"passes": PASSES.replace("return 2 * x", 'raise KeyError("gone")')},
        ["(raised): KeyError: ", "(passes.py, line 5)"],
    ),
    "inputs that raise, with their line": (
        {"inputs": 'lambda rng: {"x": rng.uniform(0, 1, (3, 2)) @ np.ones(3)}'},
        ["double, case 'small': its inputs cannot be drawn: ValueError", "(assignment.py, line 25)"],
    ),
    "inputs that take no generator, with where they are": (
        {"inputs": "lambda: 0"}, ["cannot be drawn: TypeError", "(assignment.py, line 25)"],
    ),
    "a forward that raises where a cache is to be handed, with its line": (
        {"criteria": LAYER, "passes": PASSES.replace("return x @ w", "return x @ w @ x")},
        ["back, handed case 'alone'", "gives no cache: ValueError", "(passes.py, line 8)"],
    ),
    "a reference that never comes back is told in one sentence": (
        {"passes": PASSES.replace("return 2 * x", "import time\n    while True: time.sleep(0.01)")},
        ["double, case 'small'", "does not return (timed out): stopped after 1 s in `double`"],
    ),
    "an answer of nan": (
        {"passes": PASSES.replace("2 * x", "x * np.nan")}, ["double, case 'small'", "'y'", "finite"],
    ),
    "an answer that is infinite": ({"passes": PASSES.replace("2 * x", "x / 0")}, ["double, case 'small'", "finite"]),
    "an answer of complex numbers": (
        {"passes": PASSES.replace("2 * x", "2j * x")},
        ["double, case 'small'", "'y'", "dtype complex128", 'leaves={"real": "y.real", "imag": "y.imag"}'],
    ),
    "complex numbers that are drawn": (
        {"inputs": 'lambda rng: {"x": 1j * np.ones(3)}'},
        ["'x' is not a numeric array", "made(toy.complex_of, real, imag)"],
    ),
    "a generator that is drawn as it is": (
        {"inputs": 'lambda rng: {"x": rng}'}, ["'x' is a Generator", "made(toy.generator, 3)", 'files=("toy.py",)'],
    ),
    "no answer": ({"passes": PASSES.replace("2 * x", "None")}, ["double, case 'small'", "'y'", "None"]),
    "an answer that is no array": ({"passes": PASSES.replace("2 * x", "{}")}, ["double, case 'small'", "type dict"]),
    "an answer of words": (
        {"passes": PASSES.replace("2 * x", 'np.array(["a", "b"])')},
        ["'y' is not an array of finite numbers: it is an array of texts", 'gives=(own("y"),)', '"len(y)"'],
    ),
    "an answer of words that is left": (
        {"passes": PASSES.replace("2 * x", "['a']"), "criteria": DOUBLE.replace('("y",)),)', '(own("all"),), '
         'leaves={"y": "all[0]"}),)')}, ["it is of type str", "look at grade=, gives= and leaves="],
    ),
    "a number that is none": (
        {"inputs": 'lambda rng: {"x": float("nan")}'}, ["'x' cannot be handed on: 'x' is nan, and no finite number"],
    ),
    "an object made with nothing": (
        {"passes": "class C:\n    def __init__(self, w): self.w = w\n    def m(self, x): return x * self.w\n",
         "criteria": DOUBLE.replace('"double"', '"C.m"')}, ["C.m, case 'small'", "new="],
    ),
    "a reference that is not there": ({"passes": "x = 1"}, ["double, case 'small'", "missing"]),
    "a reference that answers by chance": (
        {"passes": PASSES.replace("2 * x", "np.random.rand(*x.shape)"),
         "criteria": DOUBLE.replace("HIDDEN)", 'HIDDEN, (Call("double", ("x",), ("y",)),) * 2)')},
        [],
    ),
    "a reference of a state that is told by its case": (
        {"passes": "class C:\n    n = 1\n    def m(self, x):\n        self.n += 1\n        return x * self.n\n",
         "criteria": DOUBLE.replace('"double"', '"C.m"')
         .replace("HIDDEN)", 'HIDDEN, (Call("C.m", ("x",), ("y",)),) * 2)')},
        ["C.m, case 'other': the reference answers two equal calls differently", "inputs of its own"],
    ),
    "a mistake that is right": ({"mistakes": mistake("same_as_double")}, ["'same_as_double'", "right answer"]),
    "two mistakes alike": (
        {"mistakes": mistake("halves") + mistake("also_halves")}, ["'also_halves'", "taken for 'halves'"],
    ),
    "a mistake that only raises": (
        {"mistakes": mistake("raises")},
        ["'raises'", "returns nothing", "ValueError: no (variants.py, line 17)", "return in every"],
    ),
    "a mistake that is an alternative": (
        {"criteria": LAYER, "alternatives": alternative("sums_differently", "back"),
         "mistakes": mistake("sums_differently", "back", "named otherwise")},
        ["'named otherwise'", "right answer"],
    ),
    "a mistake that is right with a handed cache": (
        {"criteria": LAYER.replace('"alone", layer', '"alone", one_row'),
         "mistakes": mistake("sums_differently", "back", "averaged")},
        ["'averaged'", "no handed case of back"],
    ),
    "an alternative that is the reference": (
        {"alternatives": alternative("same_as_double")}, ["'same_as_double'", "reference itself"],
    ),
    "an alternative that only raises": (
        {"alternatives": alternative("raises")}, ["case 'small'", "not return", "ValueError: no", "beside it"],
    ),
    "two variants of one name": (
        {"criteria": f"{DOUBLE.strip()}, {LAYER.strip()}",
         "mistakes": mistake("halves", name="wrong") + mistake("sums_differently", "back", name="wrong")},
        ["called 'wrong'", "'wrong, double'"],
    ),
    "a variant of one form's name": (
        {"mistakes": mistake("halves", name="wrong (2)") + mistake("tripled", name="wrong").replace(
            '"It does so.")', '"It does so.", also=({"double": variants.keeps},))')},
        ["called 'wrong (2)'"],
    ),
    "a backward that is no gradient": (
        {"criteria": LAYER, "passes": PASSES.replace("dy @ w.T,", "2 * dy @ w.T,")},
        ["back", "not the gradient of its own forward"],
    ),
    "a backward with a slip, which is told as one": (
        {"criteria": LAYER, "passes": PASSES.replace("x.T @ dy", "3 * x.T @ dy")},
        ["reference's dw is", "no kink there"],
    ),
    "a backward beside a kink": (
        {"criteria": LAYER.replace('{"dx": "x", "dw": "w"}, (layer,)', '{"dx": "x"}, (at_zero,)'),
         "passes": PASSES.replace("return x @ w, (x", "return abs(x) @ w, (x")
         .replace("dy @ w.T,", "dy @ w.T * (x >= 0),")},
        ["the reference's dx is", "ahead has a kink or a step at these inputs", "|x| at zero"],
    ),
    "a backward of a forward that does not change": (
        {"criteria": LAYER, "passes": PASSES.replace("return x @ w, (x", "return 0 * x @ w + 1.5, (x")},
        ["ahead gives the same when 'x' is moved", "draw inputs on which it changes"],
    ),
    "a backward that hands back what comes from above": (
        {"criteria": LAYER.replace('Case("small", layer, "values"),),\n    Follow', 'Case("small", layer, "values", '
         'echo="a bias", grade=("dw",)),),\n    Follow').replace('"alone", layer, "values"',
         '"alone", layer, "values", '
         'echo="so"').replace("layer", "square"),
         "passes": PASSES.replace("return x @ w", "return x + w").replace("dy @ w.T, x.T @ dy", "dy.copy(), 1 * dy")},
        ["the reference's dx equals 'dy'", "that shows nothing", "gradients="],
    ),
    "a backward that averages, and is told which": (
        {"criteria": LAYER, "passes": PASSES.replace("x.T @ dy", "x.T @ dy / len(x)")},
        ["reference's dw is not", "divided by the length of 'x'", 'averaged=("dw",), batch="x"'],
    ),
    "a reference that draws by the time": (
        {"passes": "import time\n" + PASSES.replace("2 * x", "2 * x + np.random.default_rng(time.time_ns()).normal()")},
        ["double, case 'small': the reference's double gives two equal calls two answers", "from a seed"],
    ),
    "a reference that counts its calls": (
        {"passes": PASSES.replace("return 2 * x", "CALLS.append(x)\n    return (1 + len(CALLS)) * x")
         + "\nCALLS = []\n"},
        ["the reference's double gives two equal calls two answers", "keep nothing from one call"],
    ),
    "a reference of another answer in each process": (
        {"passes": PASSES.replace("2 * x", "STARTED * x")
         + '\nimport os\nSTARTED = 2 + int.from_bytes(os.urandom(4), "big")\n'},
        ["the reference's double gives one call two answers in two processes"],
    ),
    "a backward that averages without saying so": (
        {"criteria": LAYER, "passes": PASSES.replace("x.T @ dy", "x.T @ dy / len(x)")}, ["back", "averaged="],
    ),
    "a hand-out that is solved": ({"handout": "return 2 * x"}, ["before anybody wrote a line", "double"]),
    "a mistake without a name of its own": (
        {"mistakes": 'Mistake("m", "double", {"double": lambda x: x / 3}, "f"), '}, ["name of its own"],
    ),
    "a mistake made within another function": (
        {"passes": PASSES + "\ndef maker():\n    def made(x):\n        return x / 3\n    return made\n",
         "mistakes": 'Mistake("m", "double", {"double": passes.maker()}, "f"), '},
        ["'m': maker.<locals>.made", "name of its own"],
    ),
    "an alternative that returns fewer results": (
        {"criteria": LAYER, "alternatives": alternative("one_result", "back")},
        ["alternative 'one_result', case 'small'", "'dx' is not an array of finite numbers", "as many results"],
    ),
    "an alternative of nan": ({"alternatives": alternative("no_number")}, ["'no_number', case 'small'", "nan or inf"]),
    "an alternative that hands the input back": (
        {"alternatives": alternative("handed_back")}, ["alternative 'handed_back'", "equals the input 'x'", "echo="],
    ),
    "an answer that is drawn and that no call takes": (
        {"inputs": 'lambda rng: (lambda x: {"x": x, "right": 2 * x})(rng.uniform(1, 2, 3))'},
        ["double, case 'small'", "equals 'right'", "no call of the case takes", "leave it out"],
    ),
    "a tolerance of nothing": (
        {"criteria": double("tolerance=Tolerance(0, 0, 0)")},
        ["double, case 'small'", "'y'", "below the rounding of float32", "tolerance="],
    ),
    "a tolerance that float32 misses": (
        {"criteria": double("tolerance=Tolerance(1e-9, 1e-9)")}, ["rounding of float32"],
    ),
    "a size of what is not drawn": (
        {"criteria": double('sizes={"N": ("z", 0)}')}, ["double", "N", "'z'", "draw x"],
    ),
    "a size along an axis too many": (
        {"criteria": double('sizes={"N": ("x", 2)}')}, ["axis 2 of 'x'"],
    ),
    "inputs drawn from another generator": (
        {"inputs": 'lambda rng: {"x": np.random.uniform(1, 2, 3)}'},
        ["double, case 'small'", "otherwise each time", "rng.uniform"],
    ),
    "a number drawn from another generator": (
        {"inputs": 'lambda rng: {"x": rng.uniform(1, 2, 3), "p": np.random.rand()}'}, ["otherwise each time"],
    ),
    "a shape drawn from another generator": (
        {"inputs": 'lambda rng: {"x": np.ones(np.random.default_rng().integers(1, 10**6))}'}, ["otherwise each time"],
    ),
    "inputs without names": (
        {"inputs": "lambda rng: rng.uniform(1, 2, 3)"}, ["double, case 'small'", "but a ndarray", "by name"],
    ),
    "a mistake that is numpy's": (
        {"mistakes": 'Mistake("m", "double", {"double": np.square}, "f"), '}, ["'m': square", "beside assignment.py"],
    ),
    "a forward that returns fewer results": (
        {"criteria": LAYER, "passes": PASSES.replace("return x @ w, (x, w)", "return x @ w, x, w")},
        ["handed case 'alone'", "ahead returns 3 results", "names 2"],
    ),
    "inputs that raise": ({"inputs": "lambda rng: 1 / 0"}, ["double, case 'small'"]),
    "a reference that raises where backward follows": (
        {"criteria": LAYER, "passes": PASSES.replace("return x @ w", 'raise KeyError("gone")\n    return x @ w')},
        ["gone"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("parts", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_would_grade_unfairly_is_refused(
    tmp_path: Path, sandbox: Sandbox, parts: dict[str, str], said: list[str]
) -> None:
    """Each unfair declaration is refused, and the sentence with its hint names the place and the reason."""
    error = refusal(write(tmp_path, **parts), sandbox)
    for words in said:
        assert words in f"{error} {error.hint}"


TOLD_TOGETHER: dict[str, tuple[dict[str, str], list[str]]] = {
    "answers that are inputs": (
        {"criteria": DOUBLE.replace("draw", "CASE"), "inputs": 'lambda rng: {"x": np.zeros(3)}'},
        ["double, case 'small': the answer", "double, case 'other': the answer"],
    ),
    "references that raise, each told once": (
        {
            "criteria": DOUBLE + "," + LAYER.split("\n")[1].rstrip(","),
            "passes": PASSES.replace("return", "raise KeyError #"),
        },
        ["double, case 'small': the reference", "ahead, case 'small': the reference"],
    ),
    "alternatives of which none will do": (
        {"alternatives": alternative("no_number") + alternative("crashes") + alternative("handed_back")},
        ["'no_number', case 'small': its 'y'", "'crashes', case 'small': it does not", "'handed_back', case 'small'"],
    ),
    "an alternative and mistakes": (
        {"alternatives": alternative("same_as_double"), "mistakes": "".join(map(mistake, MISNAMED))},
        ["alternative 'same_as_double' is not", "'also_halves' is not recognised", "'raises' is not recognised"],
    ),
    "more than one reads": (
        {"mistakes": "".join(mistake("raises", name=f"mistake {n}") for n in range(MOST_TOLD + 3))},
        [*(f"mistake 'mistake {n}'" for n in range(MOST_TOLD)), "and 3 more"],
    ),
}


@pytest.mark.parametrize(("parts", "said"), TOLD_TOGETHER.values(), ids=TOLD_TOGETHER.keys())
def test_what_is_refused_is_told_at_once(
    tmp_path: Path, sandbox: Sandbox, parts: dict[str, str], said: list[str]
) -> None:
    """Compiling takes seconds, and an author would compile once for each: all that is of one kind is told together."""
    error = refusal(write(tmp_path, **parts), sandbox)
    told = [error, *error.others]
    assert len(told) == len(said)
    assert all(words in str(one) and one.hint for one, words in zip(told, said, strict=True))


def test_what_students_are_given_whole_is_no_criterion(tmp_path: Path, sandbox: Sandbox) -> None:
    """A forward of which the backward is to be written stands in the hand-out on purpose, and no other case helps."""
    error = refusal(write(tmp_path, handout="return 2 * x"), sandbox)
    assert "leave that criterion out, and follow_through= of its backward" in error.hint


def test_a_missing_hand_out_is_refused(tmp_path: Path, sandbox: Sandbox) -> None:
    """Without the students' notebook nobody knows what untouched looks like."""
    folder = write(tmp_path)
    (folder / "tiny.ipynb").unlink()
    error = refusal(folder, sandbox)
    assert "tiny.ipynb" in str(error)
    assert "handout=" in error.hint


def handed_out(at: Path, old: str, new: str) -> Path:
    """An assignment with a layer, whose hand-out says something else."""
    folder = write(at, criteria=f"{DOUBLE.strip()}, {LAYER.strip()}")
    assert old in HANDOUT
    (folder / "tiny.ipynb").write_text(HANDOUT.replace(old, new))
    return folder


CALLED_OTHERWISE = {
    "one more": ("double(x)", "double(x, eps)", r"double takes (x, eps) there, and is called with (x)"),
    "none": ("double(x)", "double()", "double takes () there"),
    "one that must be named": ("double(x)", "double(x, *, eps)", "(x, eps) there"),
    "one less": ("back(dy, cache)", "back(dy)", "back takes (dy) there, and is called with (dy, cache)"),
    "another order": ("back(dy, cache)", "back(cache, dy)", "(cache, dy) there, and is called with (dy, cache)"),
}


@pytest.mark.parametrize(("old", "new", "said"), CALLED_OTHERWISE.values(), ids=CALLED_OTHERWISE.keys())
def test_a_hand_out_that_cannot_be_called_so_is_refused(
    tmp_path: Path, sandbox: Sandbox, old: str, new: str, said: str
) -> None:
    """All who fill it in as it stands would fail, though they are right."""
    error = refusal(handed_out(tmp_path, old, new), sandbox)
    assert "tiny.ipynb" in str(error)
    assert said in str(error)
    assert "takes=" in error.hint


CALLED_SO = {
    "other names": ("back(dy, cache)", "back(dout, kept)"),
    "one with a default": ("double(x)", "double(x, eps=1e-8)"),
    "one with a default that must be named": ("double(x)", "double(x, *, eps=1e-8)"),
    "any number": ("back(dy, cache)", "back(*everything)"),
    "one, and any number": ("back(dy, cache)", "back(dy, *more, **named)"),
    "what is decorated": ("def double(x)", "@decorated\\ndef double()"),
    "nothing of that name": ("def double(x)", "def halve(x, y)"),
}


@pytest.mark.parametrize(("old", "new"), CALLED_SO.values(), ids=CALLED_SO.keys())
def test_a_hand_out_that_can_be_called_so_is_taken(tmp_path: Path, sandbox: Sandbox, old: str, new: str) -> None:
    """Nothing is refused that a right answer could be written into."""
    assert compile_key(handed_out(tmp_path, old, new), sandbox).rubric.points == 6


METHODS = {
    "self is counted": ("self, x", ""),
    "self is missing": ("x", "(x) there"),
    "no argument": ("self", "(self) there"),
}


@pytest.mark.parametrize(("takes", "said"), METHODS.values(), ids=METHODS.keys())
def test_a_method_of_the_hand_out_takes_its_object_first(
    tmp_path: Path, sandbox: Sandbox, takes: str, said: str
) -> None:
    """It is called with one more than takes= of its call names."""
    made = "class C:\n    def m(self, x):\n        return 3 * x\n"
    folder = write(tmp_path, criteria=DOUBLE.replace('"double"', '"C.m"'), passes=made)
    stub = f"class C:\\n    def m({takes}):\\n        pass"
    (folder / "tiny.ipynb").write_text(HANDOUT.replace("def back(dy, cache):\\n    pass", stub))
    if said:
        assert said in str(refusal(folder, sandbox))
    else:
        assert compile_key(folder, sandbox).rubric.stubs


@pytest.mark.parametrize("content", ["", "no notebook", "<html></html>"])
def test_a_hand_out_that_cannot_be_read_is_told_to_the_author(tmp_path: Path, sandbox: Sandbox, content: str) -> None:
    """Not in the words in which a student is told to hand in again."""
    folder = write(tmp_path)
    (folder / "tiny.ipynb").write_text(content)
    error = refusal(folder, sandbox)
    assert "the hand-out" in str(error)
    assert "hand in" not in error.hint
    assert "handout=" in error.hint


# ---- what students were given in another form ---------------------------------------------------------------------


def template(at: Path, source: str, name: str = "other.ipynb") -> Path:
    """A small assignment with one template more, of this source."""
    folder = write(at)
    declared = (folder / "assignment.py").read_text()
    (folder / "assignment.py").write_text(declared.replace("alternatives=", f'templates=("{name}",), alternatives='))
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (folder / "other.ipynb").write_text(json.dumps(notebook))
    return folder


def test_a_template_is_untouched_in_each_form_that_students_were_given(tmp_path: Path, sandbox: Sandbox) -> None:
    """The hand-out's form is the first; another that stands beside it is no attempt either, and any third one is."""
    folder = template(tmp_path, "def double(x):\n    y = 0 * x\n    # TODO\n    return y")
    known = compile_key(folder, sandbox).rubric.stubs["double"]
    given = [(folder / name).read_bytes() for name in ("tiny.ipynb", "other.ipynb")]
    assert known == tuple(stub_digests(data, "a.ipynb", ("double",))["double"][0] for data in given)
    assert len(set(known)) == 2
    assert extract(b"def double(x):\n    y = 1 * x\n    return y", "a.py", ("double",)).digests["double"] not in known


NO_TEMPLATES = {
    "a solution": ("def double(x):\n    return 2 * x", "other.ipynb", "double is right there"),
    "nothing of that name": ("", "else.ipynb", "else.ipynb is not there"),
}


@pytest.mark.parametrize(("source", "name", "said"), NO_TEMPLATES.values(), ids=NO_TEMPLATES)
def test_what_is_no_template_is_refused(tmp_path: Path, sandbox: Sandbox, source: str, name: str, said: str) -> None:
    """With work in it, whoever wrote the same would be told to have attempted nothing."""
    error = refusal(template(tmp_path, source, name), sandbox)
    assert said in str(error)
    assert "templates=" in error.hint


SHEET = """
def forward(self, x):
    '''As it stood in the exercise.'''
    shape = x.shape
    outputs, cache = np.zeros(shape), np.zeros(shape)
    # TODO
    return outputs, cache
#cell ## Relu - Forward
def forward(self, x):
    outputs = None
    cache = None
    return outputs, cache
#cell ## Affine layer
def affine_forward(x, w, b):
    N, M = x.shape[0], b.shape[0]
    out = np.zeros((N,M))
    cache = (x, w, b)
    return out, cache
"""


def test_exercise_5_knows_the_form_in_which_each_function_stands_alone() -> None:
    """Below a heading for each, with other lines than the hand-out's: untouched in both is not attempted."""
    folder = ROOT / "reference" / "exercise_05"
    functions = [f"{name}.{way}" for name in ("Sigmoid", "Relu") for way in ("forward", "backward")]
    functions += ["affine_forward", "affine_backward"]
    known = stubs_in(load_assignment(folder), folder, functions)
    assert {len(digests) for digests in known.values()} == {1, 2, 3}  # backward is the same in each form
    cells: list[dict[str, object]] = []
    for part in f"## Sigmoid - Forward{SHEET}".split("#cell "):
        heading, _, source = part.partition("\n")
        cells.append({"cell_type": "markdown", "metadata": {}, "source": heading})
        code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        cells.append(code)
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    digests = extract(notebook.encode(), "a.ipynb", functions).digests
    for function in ("Sigmoid.forward", "Relu.forward", "affine_forward"):
        assert digests[function] in known[function]


BROKEN = {
    "a keyword that is not there": (
        "from grader.assignment import *\nLimits(seconds=1)", r"assignment\.py, line 2: it .*TypeError.*'seconds'",
    ),
    "no syntax": ("ASSIGNMENT = (", r"assignment\.py, line 1: it .*SyntaxError"),
    "an exception": ("raise KeyError('why')", r"assignment\.py, line 1: it .*KeyError: 'why'"),
    "a missing module": ("import no_such_module", r"assignment\.py, line 1: it .*no_such_module"),
    "no assignment": ("x = 1", r"assignment\.py defines no ASSIGNMENT"),
    "something else of that name": ("ASSIGNMENT = 3", r"assignment\.py defines no ASSIGNMENT"),
    "an exit": ("import sys\nsys.exit(5)", r"assignment\.py, line 2: it .*SystemExit"),
    "a declaration that is wrong": (
        "from grader.assignment import *\nLimits(call_seconds=-1)", r"assignment\.py, line 2: .*call_seconds",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=BROKEN.keys())
def test_an_assignment_that_cannot_be_loaded_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """Whatever is wrong with the author's file: a sentence with the place and the reason, never an end without one."""
    with pytest.raises(AuthorError, match=said):
        load_assignment(write(tmp_path, whole=text))


def test_the_place_is_told_in_the_file_that_is_wrong(tmp_path: Path) -> None:
    """A neighbour that `assignment.py` imports is named in its stead."""
    folder = write(tmp_path, whole="from . import odd")
    (folder / "odd.py").write_text("x = 1\ny = x.z\n")
    with pytest.raises(AuthorError, match=r"/odd\.py, line 2: it cannot be loaded \(AttributeError"):
        load_assignment(folder)


NEIGHBOURS = {
    "no syntax": ("x = 1\ny = (", "", r"/odd\.py, line 2: it cannot be loaded \(SyntaxError", ""),
    "no such file": (
        None,
        "",
        r"line 1: it .*cannot import name 'odd' from there\)",
        r"odd\.py beside it; there are .*even\.py",
    ),
    "a circle": (
        "from .even import y\nx = 1",
        "from .odd import x\ny = 1",
        r"odd\.py, line 1.*module 'even'",
        "into a third",
    ),
}


@pytest.mark.parametrize(("odd", "even", "said", "hint"), NEIGHBOURS.values(), ids=NEIGHBOURS.keys())
def test_a_neighbour_that_cannot_be_imported_is_named(
    tmp_path: Path, odd: str | None, even: str, said: str, hint: str
) -> None:
    """By its own name and line, and without the name that the folder is loaded under."""
    folder = write(tmp_path, whole="from . import odd" if odd is None else "from . import even, odd")
    (folder / "even.py").write_text(even)
    if odd is not None:
        (folder / "odd.py").write_text(odd)
    with pytest.raises(AuthorError, match=said) as refused:
        load_assignment(folder)
    assert "_assignment_" not in str(refused.value)
    assert re.search(hint.replace("odd", r"(odd|x)"), refused.value.hint)


def test_a_folder_without_an_assignment_is_refused(tmp_path: Path) -> None:
    """It is named, with what should be named instead."""
    with pytest.raises(AuthorError, match=r"no assignment\.py") as refused:
        load_assignment(tmp_path)
    assert refused.value.hint


# ---- the wall ---------------------------------------------------------------------------------------------------

CURIOUS = """
import os

def double(x):
    assert not os.path.exists(FOLDER), "the author's folder is in reach"
    return 2 * x
"""


def test_the_reference_sits_the_exam_behind_the_wall(tmp_path: Path, sandbox: Sandbox) -> None:
    """What students' code cannot reach, the reference cannot either: neither its own folder nor the key."""
    compile_key(write(tmp_path, passes=CURIOUS.replace("FOLDER", repr(str(tmp_path)))), sandbox)


def test_no_source_of_the_author_is_in_the_key(tmp_path: Path, sandbox: Sandbox) -> None:
    """Neither names nor lines of the reference's code go into the file."""
    passes = PASSES.replace("return 2 * x", "my_secret_helper = 2\n    return my_secret_helper * x")
    save_key(compile_key(write(tmp_path, passes=passes), sandbox), tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz") as members:
        assert b"my_secret_helper" not in members["header"].tobytes() + members["data"].tobytes()
    assert load_key(tmp_path / "out.npz").visibility == "full"
