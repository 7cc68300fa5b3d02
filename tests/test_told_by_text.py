"""What the text of a function tells more than what came of it: a call that flattens, a slip of another language."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

import pytest
from test_ruling import KEY

from grader.answer_key import CriterionRule, FollowThroughRule
from grader.assignment import Tolerance
from grader.extract.strays import SAME_IN_EACH_CALL
from grader.feedback.failing_wording import BEHIND
from grader.feedback.in_the_code.by_text import told_by_text
from grader.feedback.in_the_code.called_too import told_by_called_too
from grader.feedback.in_the_code.emptied import told_by_slice
from grader.feedback.in_the_code.left_aside import told_by_left_aside
from grader.feedback.in_the_code.no_constructor import told_by_no_constructor
from grader.feedback.in_the_code.outside import told_by_outside
from grader.feedback.in_the_code.overwritten import told_by_overwritten
from grader.feedback.in_the_code.parameters import told_by_decorator, told_by_self
from grader.feedback.in_the_code.put_there import told_by_itself, told_by_places
from grader.feedback.in_the_code.set_to_none import told_by_none
from grader.feedback.in_the_code.slip_wording import told_by_attribute, told_by_line, told_by_name
from grader.feedback.in_the_code.uncalled import told_by_uncalled
from grader.feedback.in_the_code.unread_keys import others_given, told_by_functions, told_by_keys, told_by_others
from grader.feedback.in_the_code.unused import told_by_unused
from grader.feedback.next_step.form_wording import say_put
from grader.feedback.next_step.names_wording import after_slip, near_miss
from grader.feedback.reshaping import NOT_EITHER, ONLY_ITS_SHAPE, told_by_call
from grader.feedback.wording import place_in
from grader.gradebook import CaseRecord, CellRecord, CriterionRecord
from grader.wire import Trouble

PLACE = place_in(is_script=False)


def told(verdict: str, headline: str, cell: int = 2, line: int = 1, trouble: int = 0) -> CriterionRecord:
    """A criterion that is told so."""
    none = Fraction(0)
    return CriterionRecord("f", verdict, none, none, "", headline, "Mend it.", (), (), (), cell, line, cell, trouble)


def is_step(found: CriterionRecord, step: str) -> bool:
    """Whether that is said to be tried next; where nothing more is to be told, nothing but what stood there."""
    return found.next_step == step if step == "Mend it." else step in found.next_step


CALLS = {
    "flatten": ("    y = x.flatten()\n    return y", "`flatten(...)` in cell 2, line 2 makes one long row"),
    "ravel of numpy": ("    return np.ravel(x)", "`ravel(...)` in cell 2, line 2 makes one long row"),
    "transposed": ("\n    return x.T", "`.T` in cell 2, line 3 changes the shape"),
    "reshape": ("    return x.reshape(-1, 1)", "`reshape(...)` in cell 2, line 2 changes the shape"),
    "two of them": ("    y = x.ravel()\n    return y.reshape(2, 2)", "Mend it."),
    "in a comment": ("    return x  # x.ravel()", "Mend it."),
    "behind the function": ("    return x\ny = x.ravel()", "Mend it."),
    "none": ("    return x", "Mend it."),
}


@pytest.mark.parametrize(("body", "step"), CALLS.values(), ids=CALLS.keys())
def test_the_one_call_that_changes_the_shape_is_named(body: str, step: str) -> None:
    """Where the numbers are right; of two nobody knows which it was."""
    cells = [CellRecord(2, "code", f"def f(x):\n{body}")]
    assert is_step(told_by_call(told("wrong", f"The values are right, {ONLY_ITS_SHAPE}."), cells, PLACE), step)
    other = told("wrong", "All entries are off.")
    assert told_by_call(other, cells, PLACE) == other


EMPTY = "`dx` has shape (2, 3, 0, 0), where (2, 3, 5, 4) is due."
HIDDEN_ERROR = "On hidden inputs ('no padding'): It raised ValueError (cell 2, line 2)."
SLICES = {
    "from the same": (
        "    dx = padded[:, :, pad:-pad, pad:-pad]",
        EMPTY,
        "`pad:-pad` in cell 2, line 2 leaves nothing",
    ),
    "from the front": ("\n    dx = padded[:, : -p]", EMPTY, "`:-p` in cell 2, line 3 leaves nothing where `p` is 0"),
    "where it raises": (
        "    dx[n] = padded[p:-p]",
        "It raised ValueError: could not broadcast input array from shape (3,0,0) into shape (3,5,4) (cell 2, line 2).",
        "`p:-p` in cell 2, line 2 leaves nothing",
    ),
    "a number": ("    dx = padded[1:-1]", EMPTY, "Mend it."),
    "a difference": ("    dx = padded[a:b-c]", EMPTY, "Mend it."),
    "a sum": ("    dx = padded[p:-p + n]", EMPTY, "Mend it."),
    "in a comment": ("    dx = padded  # [p:-p]", EMPTY, "Mend it."),
    "another shape": ("    dx = padded[p:-p]", "`dx` has shape (2, 10), where (2, 12) is due.", "Mend it."),
    "hidden, where it raised": ("    dx[:] = padded[p:-p]", HIDDEN_ERROR, "Mend it. `p:-p` in cell 2, line 2 leaves"),
    "hidden, elsewhere": ("    dx = y\n    dx[:] = padded[p:-p]", HIDDEN_ERROR, "Mend it."),
    "beside another fault": (
        "    dx = padded[p:-p]",
        "`dx` is off. In 'b' it gave shape (0, 2).",
        "Mend it. `p:-p` in",
    ),
    "another error": ("    dx[:] = padded[p:-p]", HIDDEN_ERROR.replace("Value", "Type"), "Mend it."),
}


@pytest.mark.parametrize(("body", "headline", "step"), SLICES.values(), ids=SLICES.keys())
def test_a_slice_that_ends_at_minus_nothing_is_named(body: str, headline: str, step: str) -> None:
    """Where nothing is left of the result: without padding, `x[pad:-pad]` is `x[0:0]`."""
    cells = [CellRecord(2, "code", f"def f(x):\n{body}")]
    assert is_step(told_by_slice(told("partly", headline, trouble=2), cells, PLACE), step)


KEYS = {"rate": frozenset({0}), "eps": frozenset({0})}
NOTHING_READS = "Nothing reads `config['rate']`, which it is called with"
UNREAD = {
    "none of that name": ("    return config['lr'] + config['eps']", f"{NOTHING_READS}."),
    "misspelt": ("    return config['rates'] + config['eps']", f"{NOTHING_READS}: is `'rates'` meant for it?"),
    "in a comment": ("    # rate\n    return config['eps'] ** 2", f"{NOTHING_READS}."),
    "all are read": ("    return config[\"rate\"] + config['eps']", ""),
    "by a helper": ("    return step(config, 'eps')\ndef step(c, e):\n    return c['rate']", ""),
    "by name": ("    return step(**config)", ""),
    "one by one": ("    return sum(v for v in config.values())", ""),
    "each": ("    return sum(config[k] for k in config)", ""),
    "each that it meets": ("    return [config[c] for c in 'ab']", ""),
    "each by a method": ("    return [*map(config.get, 'ab')]", ""),
    "by a method": ("    return config.get('lr') + config[ 'eps']", f"{NOTHING_READS}."),
    "handed on": ("    return sum(map(int, config))", ""),
    "kept": ("    self.config = config", ""),
    "nothing at all": ("    return 1.0", f"{NOTHING_READS}."),
    "what cannot be read": ("    return config['lr'", ""),
}


@pytest.mark.parametrize(("body", "note"), UNREAD.values(), ids=UNREAD.keys())
def test_a_setting_that_nothing_reads_is_noted(body: str, note: str) -> None:
    """Beside what is off; of what is right, and where a mistake is known, nobody needs it."""
    cells = [CellRecord(2, "code", f"def f(config):\n{body}")]
    off = told("wrong", "All entries are off.")
    assert told_by_keys(off, KEYS, cells).notes == ((note,) if note else ())
    for other in (replace(off, verdict="correct"), replace(off, mistake="known"), replace(off, cell=0)):
        assert told_by_keys(other, KEYS, cells) == other


def test_a_parameter_goes_by_its_place_and_not_by_the_name_of_the_call() -> None:
    """A second step's gradients are called `grads2` in the call, and `g` in the hand-in, which may go through them."""
    off, both = replace(told("wrong", "All entries are off."), name="C.f"), {"w": frozenset({0, 1})}
    each = "def f(self, p, g):\n    for k in p:\n        p[k] = p[k] - g[k]"
    assert told_by_keys(off, both, [CellRecord(2, "code", each)]) == off
    other = "def f(self, p, g):\n    p['v'] = p['v'] - g['v']"
    assert told_by_keys(off, both, [CellRecord(2, "code", other)]).notes == (
        "Nothing reads `g['w']`, which it is called with.",
    )


UNCALLED = {
    "another one": ("(w, loss=squares):\n    return squares(w)", "loss"),
    "under a name of its own": ("(w, f):\n    return squares(w)", "f"),
    "a head of many lines": ("(\n    w,\n    loss,\n):\n    return squares(w)", "loss"),
    "and the end of it": ("(\n    w, loss\n) -> float:\n    return loss(w)", ""),
    "it is called": ("(w, loss):\n    return loss(w)", ""),
    "it is handed on": ("(w, loss):\n    return by(w, loss)", ""),
    "in a function within": ("(w, loss):\n    def one(x):\n        return loss(x)\n    return one(w)", ""),
    "by its name": ("(w, loss):\n    return locals()['loss'](w)", ""),
    "in a comment": ("(w, loss):\n    # loss(w)\n    return squares(w)", "loss"),
    "what takes all": ("(*given):\n    return given[1](given[0])", ""),
    "what cannot be read": ("(w, loss):\n    return squares(w", ""),
}


@pytest.mark.parametrize(("text", "name"), UNCALLED.values(), ids=UNCALLED.keys())
def test_a_function_that_nothing_calls_is_noted(text: str, name: str) -> None:
    """By the name that the hand-in has for it; not where all is right, or a mistake is known, or it cannot be read."""
    cells, off = [CellRecord(2, "code", f"def f{text}")], told("wrong", "All entries are off.")
    note = f"Nothing in it reads `{name}`, a function that it is called with."
    assert told_by_functions(off, frozenset({1}), cells).notes == ((note,) if name else ())
    assert told_by_functions(off, frozenset(), cells) == off
    for other in (replace(off, verdict="correct"), replace(off, mistake="known"), replace(off, cell=0)):
        assert told_by_functions(other, frozenset({1}), cells) == other


UNREAD_ARGUMENTS = {
    "a bias": ("(x, w, b):\n    return x @ w", "`b`"),
    "two of them": ("(x, w, b):\n    return 2 * x", "`w` and `b`"),
    "under a name of its own": ("(x, w, bias):\n    return x @ w", "`bias`"),
    "in a comment": ("(x, w, b):\n    return x @ w  # + b", "`b`"),
    "all are read": ("(x, w, b):\n    return x @ w - b", ""),
    "it is added to": ("(x, w, b):\n    b += x @ w\n    return b", ""),
    "in a function within": ("(x, w, b):\n    f = lambda z: z - b\n    return f(x @ w)", ""),
    "by its name": ("(x, w, b):\n    return eval('x @ w + b')", ""),
    "what takes all": ("(*given):\n    return given[0]", ""),
    "what cannot be read": ("(x, w, b):\n    return x @ w +", ""),
}


@pytest.mark.parametrize(("text", "names"), UNREAD_ARGUMENTS.values(), ids=UNREAD_ARGUMENTS.keys())
def test_an_argument_that_nothing_reads_is_noted(text: str, names: str) -> None:
    """Where the numbers are off nobody sees by them that a bias does not come in, or a rate."""
    cells, off = [CellRecord(2, "code", f"def f{text}")], told("wrong", "All entries are off.")
    note = f"Nothing in it reads {names}, which it is called with."
    every = frozenset({0, 1, 2})
    assert told_by_others(off, every, cells).notes == ((note,) if names else ())
    for other in (replace(off, verdict="correct"), replace(off, mistake="known"), replace(off, cell=0)):
        assert told_by_others(other, every, cells) == other


def test_what_an_earlier_call_has_kept_may_be_found_elsewhere() -> None:
    """A backward may work on what is on its object, and never look at the cache that it is handed."""
    given = others_given(KEY)
    assert {name: given[name] for name in ("ahead", "back")} == {"ahead": frozenset({0, 1}), "back": frozenset({0})}


def test_what_the_reference_never_reads_nobody_need_read() -> None:
    """A data set that only another loss draws from, an input that the gradient does not depend on."""
    given = others_given(replace(KEY, rubric=replace(KEY.rubric, unread={"ahead": (1,)})))
    assert {name: given[name] for name in ("ahead", "back")} == {"ahead": frozenset({0}), "back": frozenset({0})}


BUILDS_ON = "It builds on kl, which is not right yet. What is wrong may come from there: mend that first."
UNCALLED_ALL = {
    "it is not there": ("def f(x):\n    return x.sum()", "f is to build on kl, and does not call it."),
    "in a comment": ("def f(x):\n    return x.sum()  # + kl(x)", "f is to build on kl, and does not call it."),
    "elsewhere alone": ("def f(x):\n    return x\nprint(kl(2))", "f is to build on kl, and does not call it."),
    "it is called": ("def f(x):\n    return x.sum() + kl(x)", BUILDS_ON),
    "by a helper": ("def f(x):\n    return g(x)\ndef g(x):\n    return h(x)\ndef h(x):\n    return kl(x)", BUILDS_ON),
    "as a default": ("def f(x, by=kl):\n    return by(x)", BUILDS_ON),
    "by a method": ("def f(self):\n    return self.g()\ndef g(self):\n    return kl(self)", BUILDS_ON),
    "in a loop of its own": ("def f(x):\n    return f(x - 1)", "f is to build on kl, and does not call it."),
}


@pytest.mark.parametrize(("text", "note"), UNCALLED_ALL.values(), ids=UNCALLED_ALL.keys())
def test_nothing_comes_from_what_is_never_called(text: str, note: str) -> None:
    """Who leaves a term out is not sent to mend the function that gives it."""
    cells = [CellRecord(2, "code", text), CellRecord(3, "code", "def kl(x):\n    return x")]
    off = replace(told("wrong", "`loss` is off."), notes=("Another.", BUILDS_ON))
    assert told_by_uncalled(off, cells).notes == ("Another.", note)
    assert told_by_uncalled(replace(off, notes=("Another.",)), cells).notes == ("Another.",)
    assert told_by_uncalled(replace(off, cell=0), cells) == replace(off, cell=0)
    lent = "It was tried with right results in the place of what kl gives, since that is not right yet."
    due = lent if note == BUILDS_ON else note
    assert told_by_uncalled(replace(off, notes=(lent,)), cells).notes == (due,)


CALLED_TOO = {
    # the text of a wrong `slope`, the verdict on `double`, and whether it is told that it calls that
    "it is called": ("    return double(x) / 2", "wrong", True),
    "what is called is right": ("    return double(x) / 2", "correct", False),
    "what is called is not there": ("    return double(x) / 2", "missing", False),
    "it is the name of a method": ("    return self.double(x)", "wrong", False),
    "in a comment": ("    return x  # double(x)", "wrong", False),
    "behind the function": ("    return x\nprint(double(3))", "wrong", False),
    "behind the line where it fails": ("    y = x.shape()\n\n\n    return double(y)", "wrong", False),
    "on the line where it fails": ("    y = 2\n    return double(y).shape()", "wrong", True),
}


@pytest.mark.parametrize(("text", "verdict", "is_told"), CALLED_TOO.values(), ids=CALLED_TOO.keys())
def test_what_is_wrong_may_come_from_what_only_the_hand_in_calls(text: str, verdict: str, is_told: bool) -> None:
    """Nothing is lent where the reference makes no such call, so a right function loses by a wrong one, and is told."""
    cells = [CellRecord(2, "code", f"def slope(x):\n{text}")]
    cases = (CaseRecord("small", "public", "values", "raised" if ".shape" in text else "returned", False, ""),)
    one = replace(told("wrong", "`y` is off.", trouble=3), name="slope", notes=("Another.",), cases=cases)
    other = replace(told(verdict, ""), name="double", cell=3)
    note = "It calls double, which is not right yet. What is wrong may come from there: mend that first."
    assert told_by_called_too([one, other], cells, KEY) == [
        replace(one, notes=("Another.", note)) if is_told else one, other,
    ]  # fmt: skip
    rules = tuple(replace(rule, calls=("double",)) for rule in KEY.rubric.criteria)
    known = replace(KEY, rubric=replace(KEY.rubric, criteria=rules))
    assert told_by_called_too([one, other], cells, known) == [one, other]


def test_what_is_wrong_may_come_from_what_changes_its_input_in_place() -> None:
    """That costs nothing where it is done, and may cost whoever calls it, who is told so."""
    cells = [CellRecord(2, "code", "def slope(x):\n    return double(x) / x")]
    one = replace(told("wrong", "`y` is off."), name="slope")
    other = replace(told("correct", ""), name="double", cell=3)
    said = "It changes its input in place (x). That alone costs nothing, but whoever needs it has lost it."
    due = "It calls double, which changes its input in place (x). If that is needed afterwards here, double is to "
    changing = replace(other, notes=(said,))
    assert told_by_called_too([one, changing], cells, KEY) == [replace(one, notes=(f"{due}work on a copy.",)), changing]
    assert told_by_called_too([one, other], cells, KEY) == [one, other]
    right = replace(one, verdict="correct")
    assert told_by_called_too([right, changing], cells, KEY) == [right, changing]


FAILS = {
    "before": ("    y = x.shape()\n    return kl(y)", 2, True),
    "behind": ("    y = kl(x)\n    return y.shape()", 3, False),
    "there": ("    return kl(x).shape()", 2, False),
    "behind a helper": ("    y = g(x)\n    y()\n    return kl(y)\ndef g(x):\n    return kl(x)", 3, False),
    "in a loop": ("    for y in x:\n        y()\n        x = kl(y)", 3, False),
}


@pytest.mark.parametrize(("text", "line", "silent"), FAILS.values(), ids=FAILS.keys())
def test_nothing_comes_from_what_would_be_called_later(text: str, line: int, silent: bool) -> None:
    """Where all cases stop at one line, what stands behind it was never called."""
    cells = [CellRecord(2, "code", f"def f(x):\n{text}"), CellRecord(3, "code", "def kl(x):\n    return x")]
    stopped = CaseRecord("a", "public", "b", "raised", False, f"It raised TypeError: no (cell 2, line {line}).")
    off = replace(told("crashed", "It raised TypeError.", trouble=line), notes=(BUILDS_ON,), cases=(stopped,))
    assert told_by_uncalled(off, cells).notes == (() if silent else (BUILDS_ON,))
    returned = replace(stopped, outcome="returned")
    assert told_by_uncalled(replace(off, cases=(stopped, returned)), cells).notes == (BUILDS_ON,)


def test_what_was_lent_to_a_forward_is_told_at_its_backward() -> None:
    """The backward itself is not to call it."""
    lent = "It was tried with right results in the place of what kl gives, since that is not right yet."
    off = replace(told("wrong", "`dx` is off."), name="back", notes=(lent,))
    cells = [
        CellRecord(2, "code", "def back(dout, cache):\n    return dout"),
        CellRecord(3, "code", "def ahead(x):\n    kl(x)"),
    ]
    assert told_by_uncalled(off, cells, KEY).notes == (lent,)
    assert told_by_uncalled(off, cells[:1], KEY).notes == ()


def test_of_several_that_are_never_called_all_are_named() -> None:
    """A method by its last name, as it is called on an object."""
    both = BUILDS_ON.replace("kl, which is", "kl, Net.forward, which are")
    off = replace(told("wrong", "`loss` is off."), notes=(both,))
    for body, notes in (
        ("x", ("f is to build on kl, Net.forward, and does not call them.",)),
        ("net.forward(x)", (both,)),
    ):
        assert told_by_uncalled(off, [CellRecord(2, "code", f"def f(net, x):\n    return {body}")]).notes == notes


SIGNED = {
    "by its sign": ("__add__", "return self + other", True),
    "by another sign": ("__mul__", "return Value(self.data / other.data)", False),
    "on a number": ("__neg__", "return self + -other", True),
    "by another one": ("__add__", "return self - other", True),
    "by a sum": ("__radd__", "return sum(other)", True),
    "by a function": ("__len__", "return len(self)", True),
    "by no function": ("__len__", "return self.data", False),
}


@pytest.mark.parametrize(("name", "line", "called"), SIGNED.values(), ids=SIGNED.keys())
def test_an_operator_is_called_by_its_sign(name: str, line: str, called: bool) -> None:
    """Its name is written nowhere, and who calls it all the same is not told otherwise."""
    note = BUILDS_ON.replace("kl", f"Value.{name}")
    cells = [
        CellRecord(2, "code", f"def f(self, other):\n    {line}"),
        CellRecord(3, "code", "def __sub__(self, other):\n    return self + other * -1"),
    ]
    said = told_by_uncalled(replace(told("wrong", "`value` is off."), notes=(note,)), cells)
    due = note if called else f"f is to build on Value.{name}, and does not call it."
    assert said.notes == (due,)


def test_what_the_check_calls_before_is_not_to_be_called_once_more() -> None:
    """A backward works on what its forward has left: that may be wrong, and so is what comes of it."""
    note = BUILDS_ON.replace("kl", "ahead")
    off = replace(told("wrong", "`dx` is off."), name="back", notes=(note,))
    cells = [CellRecord(2, "code", "def back(dout, cache):\n    return dout")]
    assert told_by_uncalled(off, cells, KEY).notes == (note,)
    assert told_by_uncalled(off, cells).notes == ("back is to build on ahead, and does not call it.",)


NO_OPERAND = "It raised TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'"
NONES = {
    "in an error": (NO_OPERAND, "    a = None\n    return x * a", "`a` is set to None in cell 2, line 2: put"),
    "on the object": (NO_OPERAND, "    self.n = None\n    return x / self.n", "`self.n` is set to None in cell 2"),
    "given more before": (NO_OPERAND, "    a = x\n    a = None\n    return a", "Mend it."),
    "given more with another": (NO_OPERAND, "    a = None\n    a, b = x\n    return x * a", "Mend it."),
    "further in": (NO_OPERAND, "    a = None\n    for i in x:\n        i * a", "`a` is set to None in cell 2, line 2"),
    "read elsewhere": (NO_OPERAND, "    a = None\n    return x * b", "Mend it."),
    "a parameter": (NO_OPERAND, "\n    return x * y", "Mend it."),
    "no such error": ("It raised ValueError: no", "    a = None\n    return x * a", "Mend it."),
    "left": ("Nothing is left in `self.m`, where", "    self.m = None", "`self.m` is set to None in cell 2, line 2"),
    "left in part": ("Nothing is left in `net.w`, where", "    a.w = x\n    a.w = None", "what it is to be. Mend it."),
    "left in a dict": ("Nothing is left in `g['w']`, where", "    g['w'] = None", "`g['w']` is set to None in cell"),
    "another is left": ("Nothing is left in `self.m`, where", "    self.am = None", "Mend it."),
    "returned": ("`y` is None.", "    y = None\n    return y", "`y` is set to None in cell 2, line 2"),
}  # fmt: skip


@pytest.mark.parametrize(("headline", "body", "step"), NONES.values(), ids=NONES.keys())
def test_the_line_that_sets_something_to_none_is_named(headline: str, body: str, step: str) -> None:
    """As hand-outs leave it; what another line gives a value may have that."""
    cells = [CellRecord(2, "code", f"def f(self, x, y=None):\n{body}")]
    one = told("crashed", headline, trouble=body.count("\n") + 2)
    assert is_step(told_by_none(one, cells, PLACE), step)
    assert told_by_none(replace(one, cell=0), cells, PLACE) == replace(one, cell=0)


def test_what_stands_further_in_is_no_part_of_a_loops_first_line() -> None:
    """`for i in range(n)` raises by n, whatever the loop itself sets."""
    text = "def f(x):\n    n = None\n    y = None\n    for i in range(n):\n        y + i"
    one = told("crashed", "It raised TypeError: 'NoneType' object cannot be interpreted as an integer.", trouble=4)
    assert told_by_none(one, [CellRecord(2, "code", text)], PLACE).next_step.startswith("`n` is set")
    text = text.replace("n = None", "n = len(x)")
    assert told_by_none(one, [CellRecord(2, "code", text)], PLACE) == one


UNKEPT = "class Conv:\n    def __init__(self):\n        self.cache = None  # filled by forward\n"
BACK = "    def backward(self, dout):\n        x, w = self.cache\n        return x\n"
KEPT = {
    "nothing": (UNKEPT + BACK, "`self.cache` is set to None in cell 2, line 3, and nothing else in the class puts"),
    "nothing, in the class above another": (
        UNKEPT + BACK + "class Pool:\n    def f(self):\n        self.cache = 3\n",
        "`self.cache`",
    ),
    "by forward": (UNKEPT + "    def forward(self, x):\n        self.cache = x, 2\n" + BACK, "Mend it."),
    "with another": (UNKEPT + "    def forward(self, x):\n        self.y, self.cache = x\n" + BACK, "Mend it."),
    "under a name": (UNKEPT + "    def forward(self, x):\n        setattr(self, 'cache', x)\n" + BACK, "Mend it."),
    "never named": (UNKEPT.replace("cache", "kept") + BACK, "Mend it."),
}


@pytest.mark.parametrize(("source", "step"), KEPT.values(), ids=KEPT.keys())
def test_what_no_method_keeps_on_the_object_is_named(source: str, step: str) -> None:
    """Backward takes None apart where forward has kept nothing, and the line that is told is right."""
    first = source.split("\n").index("    def backward(self, dout):") + 1
    headline = f"It raised TypeError: cannot unpack non-iterable NoneType object (line {first + 1})."
    one = told("crashed", headline, line=first, trouble=first + 1)
    assert is_step(told_by_none(one, [CellRecord(2, "code", source)], PLACE), step)


LITTLE = "Work the entry that is most off out by hand."
ASIDES = {
    "another is returned": ("    b = x\n    b = x + 1\n    y = b * x\n    return b", "`y` from cell 2, line 4 is not"),
    "made of it": ("    y = x + 1\n    b = y * x\n    return b", LITTLE),
    "several are returned": (
        "    b = x + 1\n    y = b * x\n    if b:\n        return x\n    return b", "`y` from cell 2, line 3 is used",
    ),
    "used nowhere": ("    d = -(x + 1)\n    return x", "`d` from cell 2, line 2 is used nowhere: should it be? Work"),
    "two are": ("    d = x + 1\n    e = x + 2\n    return x", LITTLE),
    "a size": ("    m = x.shape[1]\n    return x", LITTLE),
    "outside": ("    global d\n    d = x + 1\n    return x", LITTLE),
    "it is used": ("    y = x + 1\n    return y", LITTLE),
}  # fmt: skip


@pytest.mark.parametrize(("body", "step"), ASIDES.values(), ids=ASIDES.keys())
def test_what_a_wrong_function_makes_and_leaves_is_named(body: str, step: str) -> None:
    """Where nothing more is known: a step that tells more stays as it is."""
    cells = [CellRecord(2, "code", f"def f(x):\n{body}")]
    one = replace(told("wrong", "All 6 entries of `y` are off."), next_step=LITTLE)
    found = told_by_left_aside(one, cells, PLACE)
    assert found.next_step.startswith(step)
    assert found.next_step.endswith(LITTLE)
    assert told_by_left_aside(replace(one, next_step="Mend it."), cells, PLACE).next_step == "Mend it."


WITHIN = {
    "within": ("    return np.ones((n, n * 0.01))", "`* 0.01` stands within the brackets"),
    "behind": ("    return np.ones((n, n)) * 0.01", "Mend it."),
    "divided": ("    return np.ones((n / 2, n * 0.5))", "Mend it."),
}


@pytest.mark.parametrize(("body", "step"), WITHIN.values(), ids=WITHIN.keys())
def test_a_factor_within_the_brackets_of_a_size_is_named(body: str, step: str) -> None:
    """To make a whole number of it would be no help."""
    one = told("crashed", "It raised TypeError: 'float' object cannot be interpreted as an integer.", trouble=2)
    assert is_step(told_by_line(one, [CellRecord(2, "code", f"def f(n):\n{body}")]), step)


def test_of_several_calls_the_one_that_takes_axes_of_one_away_is_named() -> None:
    """Where these are all that is missing in the shape."""
    cells = [CellRecord(2, "code", "def f(x):\n    y = x.T @ x.T\n    return np.squeeze(y)")]
    one = told("wrong", f"`y` has shape (2,), where (1, 2) is due. The values are right, {ONLY_ITS_SHAPE}.")
    assert is_step(told_by_call(one, cells, PLACE), "`squeeze(...)` in cell 2, line 3 takes each axis of size one away")
    assert told_by_call(one, cells, PLACE).next_step.endswith("the shape that is due at the end.")
    before = replace(one, headline=f"{one.headline} {NOT_EITHER}`loss` is 2, where 1 is right.")
    assert told_by_call(before, cells, PLACE).next_step.endswith("due before more is worked out of it.")
    other = replace(one, headline=one.headline.replace("(2,)", "(2, 1)"))
    assert told_by_call(other, cells, PLACE) == other


SUMS = {
    # the lines of a function whose result `db` is due with another axis of one, and what is said of them
    "summed": (
        "    db = np.sum(d.T @ d, axis=1)",
        "`sum(...)` in cell 2, line 2 takes away the axis that it goes over",
    ),
    "by place": ("    return d.T.mean(0)", "`mean(...)` in cell 2, line 2 takes away"),
    "of several": ("    dx = d.sum(1)\n    self.db = np.sum(d, 1)", "`sum(...)` in cell 2, line 3 takes away"),
    "of several without a name": ("    dx = d.sum(1)\n    return np.sum(d, 1)", "Mend it."),
    "kept": ("    db = np.sum(d.T, axis=1, keepdims=True)", "Mend it."),
    "over all": ("    db = np.sum(d.T)", "Mend it."),
    "of Python": ("    db = max(d.T, 0)", "Mend it."),
    "turned alone": ("    db = d.T @ d", "Mend it."),
    "flattened": ("    db = np.sum(d, axis=1).ravel()", "`ravel(...)` in cell 2, line 2 makes one long row"),
}


@pytest.mark.parametrize(("body", "step"), SUMS.values(), ids=SUMS.keys())
def test_the_sum_that_takes_an_axis_of_one_away_is_named(body: str, step: str) -> None:
    """And no `.T`, which takes none away: it was to be left out, though the product needs it."""
    cells = [CellRecord(2, "code", f"def f(d):\n{body}")]
    one = told("wrong", f"`db` has shape (3,), where (3, 1) is due. The values of `db` are right, {ONLY_ITS_SHAPE}.")
    assert is_step(told_by_call(one, cells, PLACE), step)


def test_a_shape_that_is_told_beside_another_fault_takes_no_step_away_from_that() -> None:
    """The next step is about what is told first."""
    cells = [CellRecord(2, "code", "def f(x):\n    return x.ravel()")]
    beside = f"{NOT_EITHER}`db` has shape (3,), where (3, 1) is due ({ONLY_ITS_SHAPE})."
    one = told("wrong", f"All entries of `dw` are off. {beside}")
    assert told_by_call(one, cells, PLACE) == one


PUT_THERE = {
    "read": ('        return self.W @ x + self.params["b"]', False),
    "one of two": ("        return self.W @ x", True),
    "by another name": ("        return self.Wx @ x + self.params['b']", True),
    "in a comment": ("        return x + self.params['b']  # self.W @ x", True),
    "made anew": ("        self.W = np.ones((2, 2))\n        return x + self.params['b']", True),
}


@pytest.mark.parametrize(("body", "is_told"), PUT_THERE.values(), ids=PUT_THERE.keys())
def test_who_reads_what_the_check_puts_there_is_not_told_to_see_that_they_do(body: str, is_told: bool) -> None:
    """What is wrong is something else then, and the step about that stands alone."""
    rule = replace(RULE, put=("self.W", "self.params['b']"))
    cells = [CellRecord(2, "code", f"class A:\n    def f(self, x):\n{body}")]
    for of_values in (True, False):
        one = told("wrong", "All entries are off.", line=2)
        one = replace(one, next_step=f"{say_put(rule.put, of_values)}Mend it.")
        found = told_by_places(one, rule, cells)
        assert found == (one if is_told else replace(one, next_step="Mend it."))


ALONE = {
    "its arguments alone": ("        return -y / x  # not self.x", False),
    "what forward has kept": ("        return -y / self.x", True),
    "a helper of its class": ("        return self.slope(x, y)", True),
}


@pytest.mark.parametrize(("line", "is_behind"), ALONE.values(), ids=ALONE.keys())
def test_who_reads_nothing_of_the_object_is_not_sent_to_mend_forward_first(line: str, is_behind: bool) -> None:
    """Nothing that forward keeps can be what is wrong there, nor where a backward is handed its cache."""
    cells = [CellRecord(2, "code", f"class A:\n    def f(self, x, y):\n{line}")]
    first = BEHIND.format("A.g", "is off")
    one = replace(told("wrong", "All entries are off.", line=2), next_step=f"{first}Work it out.")
    rule = CriterionRule(
        "A.f", "(self, x, y) -> dx", ("dx",), (), Tolerance(), drawn=("x", "y"),
        follow_through=FollowThroughRule("A.g", ("loss",), (), {"dx": "x"}, Fraction(1, 2)),
    )  # fmt: skip
    assert told_by_itself(one, rule, cells).next_step == (first if is_behind else "") + "Work it out."
    assert told_by_itself(one, replace(rule, drawn=()), cells) == one


OFF_BY = "All 6 entries of `out` are off."
RULE = CriterionRule("A.f", "(self, x) -> y", ("y",), (), Tolerance())
ATTRIBUTES = {
    "a method": ("    def square(self, x): pass", "squar", "Is `self.square` meant?"),
    "what is set": ("        self.out = x", "outt", "Is `self.out` meant?"),
    "what is compared": ("        self.out == x", "outt", "Mend it."),
    "set by a line that was not reached": ("        self.weight1 = x\n        self.weight0 = 1", "weight1", "Mend it."),
    "nothing alike": ("    def square(self, x): pass", "weights", "Mend it."),
    "a slot that holds nothing yet": (
        "    __slots__ = ('x', 'out')\n    def f(self):\n        self.out = self.out",
        "out",
        "Mend it.",
    ),
    "what says that it has no slots": ("    # no __slots__\n    def f(self):\n        self.out = 1", "out", "Mend it."),
    "slots, and all else": (
        "    __slots__ = ('x', '__dict__')\n    def f(self):\n        self.out = self.out",
        "out",
        "Mend it.",
    ),
    "what has no slot": (
        "    __slots__ = ('x',)\n    def f(self):\n        self.out = 1",
        "out",
        "has no `out`: name it",
    ),
}


@pytest.mark.parametrize(("line", "asked", "step"), ATTRIBUTES.values(), ids=ATTRIBUTES.keys())
def test_an_attribute_that_is_misspelt_is_told_as_the_one_that_is_there(line: str, asked: str, step: str) -> None:
    """Of its own class: what another has is none of it."""
    cells = [CellRecord(2, "code", f"class A:\n{line}")]
    one = told("crashed", f"It raised AttributeError: 'A' object has no attribute '{asked}' (cell 2, line 2).")
    assert is_step(told_by_attribute(one, RULE, cells), step)
    assert told_by_attribute(one, replace(RULE, name="B.f"), cells) == one


LEFT = {
    "of other case": ("        self.dw0 = x", "Is `self.dw0` meant for it? Mend it."),
    "of another class": ("        pass\n\nclass B:\n    def g(self):\n        self.dw0 = x", "Mend it."),
    "of what is due": ("        self.dW = x", "Mend it."),
    "nothing alike": ("        self.weights = x", "Mend it."),
}


@pytest.mark.parametrize(("line", "step"), LEFT.values(), ids=LEFT.keys())
def test_where_nothing_is_left_a_name_that_is_nearly_the_one_is_told(line: str, step: str) -> None:
    """Of its own class, and not one that is due itself."""
    rule = replace(RULE, left={"dW": "self.dW", "dW0": "self.dW0"})
    cells = [CellRecord(2, "code", f"class A:\n    def f(self, x):\n{line}\n")]
    one = told("partly", "Nothing is left in `self.dW0`, where `dW0` is due.")
    assert told_by_attribute(one, rule, cells).next_step == step


NO_NAME = "It raised NameError: name 'mask' is not defined (cell 2, line 3)."
UNBOUND = (
    "It raised UnboundLocalError: cannot access local variable 'mask' where it is not associated (cell 2, line 3)."
)
NAMES = {
    "a letter for another": (NO_NAME, "    musk = x > 0\n    return x * mask", "Is `musk` from cell 2, line 2 meant?"),
    "another spelling": (NO_NAME, "    mask_ = x > 0\n    return x * mask", "Is `mask_` from cell 2, line 2 meant?"),
    "on self": (NO_NAME, "    self.mask = x > 0\n    return x * mask", "`self.mask` is set there, and no `mask`"),
    "set too late": (UNBOUND, "    y = x\n    y = x * mask\n    mask = x > 0", "in cell 2, line 4, which comes after"),
    "set in a branch": (UNBOUND, "    if x: mask = 1\n    mask = 2\n    return mask", "Mend it."),
    "alike on self": (
        NO_NAME,
        "    self.mask_ = x > 0\n    return x * mask",
        "Is `self.mask_` from cell 2, line 2 meant?",
    ),
    "a number, where a function is called": (NO_NAME, "    mask_ = 1\n    return mask(x, mask_)", "Mend it."),
    "a function that is called": (
        NO_NAME,
        "    mask_ = lambda x: mask_(x) if x else 0\n    return mask(x)",
        "Is `mask_` from cell 2, line 2 meant?",
    ),
    "compared": (NO_NAME, "    mask_ == x > 0\n    return x * mask", "Mend it."),
    "nothing alike": (NO_NAME, "    other = x > 0\n    return x * mask", "Mend it."),
    "in the next function": (NO_NAME, "    y = x\n    return x * mask\ndef g(x):\n    mask = 1", "Mend it."),
    "another error": (OFF_BY, "    mask_ = x > 0\n    return x", "Mend it."),
}


@pytest.mark.parametrize(("headline", "lines", "step"), NAMES.values(), ids=NAMES.keys())
def test_a_name_that_is_not_there_is_told_as_what_the_function_sets(headline: str, lines: str, step: str) -> None:
    """Under another spelling, on the object, or further below; where the error came from another cell nothing is."""
    cells = [CellRecord(2, "code", f"def f(x):\n{lines}")]
    one = told("crashed", headline, trouble=3)
    assert is_step(told_by_name(one, cells, PLACE), step)
    elsewhere = replace(one, trouble_cell=1)
    assert told_by_name(elsewhere, cells, PLACE) == elsewhere


OTHER_CASE = {
    "of what it is called with": (
        "def f(Mask):\n    y = 1\n    return mask",
        "It is called with `Mask`, and `mask` is",
    ),
    "by name alone": ("def f(x, *, MASK=1):\n    y = 1\n    return mask", "It is called with `MASK`"),
    "another word": ("def f(masks):\n    y = 1\n    return mask", "Mend it."),
    "in another function of the cell": ("def f(Mask): return g(Mask)\ndef g(x):\n    return mask", "Mend it."),
}


@pytest.mark.parametrize(("source", "step"), OTHER_CASE.values(), ids=OTHER_CASE.keys())
def test_a_parameter_in_capitals_is_another_name(source: str, step: str) -> None:
    """It is told by the name that the first line has, where the line that raised is of the same function."""
    found = told_by_name(told("crashed", NO_NAME, trouble=3), [CellRecord(2, "code", source)], PLACE)
    assert is_step(found, step)


def test_nobody_means_the_class_whose_method_is_written() -> None:
    """`sigmoid` in a method of `Sigmoid` is a function that is not there, and no slip of the pen for the class."""
    trouble = Trouble("NameError", "name 'sigmoid' is not defined", 1, 1)
    assert after_slip(trouble, {"Sigmoid"}, "Sigmoid.forward") == ""
    assert "Is `Sigmoid` meant?" in after_slip(trouble, {"Sigmoid"}, "Network.forward")


BESIDE = {
    "with self": ("    def mask(self, x):\n        return x", "write `self.mask(...)`.", "staticmethod"),
    "without": ("    def mask(x):\n        return x", "write `self.mask(...)`. Its first parameter is `self`", "Mend"),
    "of nothing": ("    def mask():\n        return 1", "Its first parameter is `self` then", "Mend"),
    "within another": ("    def g(self):\n        def mask(x): pass", "Mend it.", "self"),
    "of another class": ("class B:\n    def mask(self, x):\n        return x", "Mend it.", "self"),
    "of no class": ("def mask(x):\n    return x", "Mend it.", "self"),
    "alike": ("    def masks(self, x):\n        return x", "Mend it.", "self"),
}


@pytest.mark.parametrize(("lines", "step", "no_step"), BESIDE.values(), ids=BESIDE.keys())
def test_a_method_that_is_called_without_its_object_is_told_so(lines: str, step: str, no_step: str) -> None:
    """It is there for the eye, and yet nothing is called so: one beside it in the class alone."""
    cells = [CellRecord(2, "code", f"class A:\n    def f(self, x):\n        return mask(x)\n\n# here\n{lines}")]
    one = replace(told("crashed", NO_NAME, trouble=3), line=2)
    assert is_step(told_by_name(one, cells, PLACE), step)
    assert no_step not in told_by_name(one, cells, PLACE).next_step
    alone = [CellRecord(2, "code", "def f(x):\n    x = 1\n    return mask(x)\n\n    def mask(x): pass")]
    assert told_by_name(told("crashed", NO_NAME, trouble=3), alone, PLACE).next_step == "Mend it."


LINES = {
    "and": ("    if a && b:", "Write `and` in the place of `&&`"),
    "or": ("    if a || b:", "Write `or` in the place of `||`"),
    "one more": ("    i++", "Write `+= 1`"),
    "one less": ("    i--", "Write `-= 1`"),
    "else if": ("    elseif a:", "Write `elif`"),
    "greater or equal": ("    if a => b:", "Write `<=` or `>=`"),
    "not": ("    if !a:", "Write `not` in the place of `!`"),
    "not equal": ("    if a != b c:", "Mend it."),
    "a function": ("function f(x)", "A function begins with `def`"),
    "a type": ("    double y = 2", "A name needs no type"),
    "a brace": ("    if (a) {", "Write a colon in the place of the brace"),
    "a condition": ("    y = a ? 1 : 2", "Write `a if condition else b`"),
    "a capital": ("    Def f(self, x):", "Write `def` in small letters"),
    "capitals": ("RETURN x", "Write `return` in small letters"),
    "a slip in a keyword": ("    retrun x", "Write `return`, if that is what `retrun` is to be"),
    "another slip": ("clas A:", "Write `class`, if that is what `clas` is to be"),
    "a keyword as it is": ("    return x y", "Mend it."),
    "no keyword": ("    now the rest", "Mend it."),
    "in a text": ("    print('a && b' c)", "Mend it."),
    "in a comment": ("    a b  # && c", "Mend it."),
}


@pytest.mark.parametrize(("line", "step"), LINES.values(), ids=LINES.keys())
def test_what_another_language_would_have_is_told(line: str, step: str) -> None:
    """Python says that the syntax is invalid, and no more."""
    cells = [CellRecord(2, "code", f"x = 1\n{line}")]
    one = told("missing", "f could not be read: SyntaxError: invalid syntax (cell 2, line 2).", trouble=2)
    assert is_step(told_by_line(one, cells), step)
    other = told("missing", "f could not be read: SyntaxError: unmatched ')'.", trouble=2)
    assert told_by_line(other, cells) == other


@pytest.mark.parametrize(
    ("line", "step"),
    [("    dx *= dout", "write `dx = dx * ...`"), ("    self.n //= 2", "`self.n //= ...` changes"),
     ("    dx = dx * dout", "Mend it."), ("    # dx *= dout", "Mend it.")],
)  # fmt: skip
def test_what_changes_an_array_in_place_is_told_where_an_exception_has_no_name(line: str, step: str) -> None:
    """In a hidden case, of numpy's own: whole numbers that are to become others, or another shape."""
    cells = [CellRecord(2, "code", f"x = 1\n{line}")]
    assert is_step(told_by_line(told("partly", "It raised an exception (cell 2, line 2).", trouble=2), cells), step)
    named = told("partly", "It raised ValueError (cell 2, line 2).", trouble=2)
    assert told_by_line(named, cells) == named


@pytest.mark.parametrize("message", ["", ": Incompatible shape for in-place modification."])
@pytest.mark.parametrize(
    ("line", "step"),
    [("    x.shape = (2, -1)", "write `x.reshape(...)`"), ("    self.x.shape = 6", "`x.reshape(...)`"),
     ("    x.shape == 6", "Mend it."), ("    self.shape = x.shap", "Mend it."), ("    y = x.shap", "Mend it.")],
)  # fmt: skip
def test_a_shape_that_cannot_be_set_in_place_is_told(message: str, line: str, step: str) -> None:
    """Numbers of a transposed array lie in another order; that of a hidden case has its type alone."""
    cells = [CellRecord(2, "code", f"x = 1\n{line}")]
    assert is_step(told_by_line(told("partly", f"It raised AttributeError{message} (cell 2).", trouble=2), cells), step)
    other = told("partly", "It raised AttributeError: 'A' object has no attribute 'x' (cell 2).", trouble=2)
    assert told_by_line(other, cells) == other


def test_a_long_line_is_looked_through_in_time() -> None:
    """A text of escaped quotes begins in it, and has no end there: each of them could begin one."""
    cells = [CellRecord(2, "code", "y = x $ '''" + "\\'" * 40_000 + "\n'''")]
    began = time.process_time()
    told_by_line(told("missing", "f could not be read: SyntaxError: invalid syntax.", trouble=1), cells)
    assert time.process_time() - began < 8.0


ZERO, NONE, OFF = "`out` is zero everywhere.", "`out` is None.", "All 6 entries of `out` are off."
LOST = "is used nowhere: is it what `out` is to be?"
UNUSED = {
    "compared": (OFF, "    out = 0\n    out == x + 1\n    return out", "`out == ...` in cell 2, line 3 compares"),
    "compared on self": (OFF, "    self.c == x\n    return x", "`self.c == ...` in cell 2, line 2 compares"),
    "only looked at": (OFF, "    x.shape == (3, 4)\n    return x", "Mend it."),
    "kept nowhere": (ZERO, "    x @ x + 1\n    return 0 * x", "What cell 2, line 2 computes is kept nowhere"),
    "kept nowhere, and yet something came": (OFF, "    x @ x + 1\n    return x", "Mend it."),
    "in a name that nobody reads": (
        ZERO,
        "    out = 0 * x\n    y = x + 1\n    return out",
        f"`y` from cell 2, line 3 {LOST}",
    ),
    "the same with one number": (
        "`loss` is 0, where 2 is right. `loss` is 0 in each case that fails.",
        "    loss = 0\n    y = x + 1\n    return loss",
        "`y` from cell 2, line 3 is used nowhere: is it what `loss` is to be?",
    ),
    "in one of two that nobody reads": (ZERO, "    d = len(x) + 1\n    y = x + 1\n    return 0 * x", "Mend it."),
    "the same with None": (NONE, "    out = None\n    y = f(x)\n    return out", f"`y` from cell 2, line 3 {LOST}"),
    "its own result": (NONE, "    out = x @ x\n    return", "is never returned: write it behind the `return` at"),
    "its own result, and no return": (NONE, "    out = x @ x", "is never returned: write `return out` at the end"),
    "its own result, which is to be left": (
        "All 6 entries of `out` (`self.grads[0]`) are off. `out` is zero everywhere.",
        "    out = x @ x\n    return x",
        "`out` from cell 2, line 2 goes nowhere: put it into `self.grads[0]`.",
    ),
    "in a name that is read": (ZERO, "    y = x + 1\n    return 0 * y", "Mend it."),
    "in a function within": (
        ZERO,
        "    def g():\n        return x\n    return 0 * x",
        "`g` in cell 2, line 2 is never called",
    ),
    "in one that is called": (ZERO, "    def g():\n        return x\n    return 0 * g()", "Mend it."),
    "behind the end": (
        NONE,
        "    return None\n    out = x + 1\n    return out",
        "behind the `return` in cell 2, line 2 is never",
    ),
    "nothing behind the end": (NONE, "    return None\n    return out", "Mend it."),
    "returned nothing": (
        "It returned nothing (None), where y is due.",
        "    y = x + 1",
        "is it what is to be returned?",
    ),
    "a line that only shows": (ZERO, "    x.shape\n    return 0 * x", "Mend it."),
    "what cannot be read": (ZERO, "    x +\n    x == 1", "Mend it."),
    "in a comment": (
        NONE,
        "    n = len(x)\n    out = None\n    # out = x + 1\n    return out, x",
        "`out = ...` in cell 2, line 4 is a comment",
    ),
    "in a comment at the left edge": (
        NONE,
        "    n = len(x)\n    out = None\n#     out = x + 1\n\n    return out, x",
        "`out = ...` in cell 2, line 4 is a comment",
    ),
    "in a comment at the left edge below it": (NONE, "    out = None\n    return out\n\n# out = x + 1", "Mend it."),
    "in a comment to something else": (ZERO, "    out = 0 * x\n    ## y = x + 1\n    return out", "Mend it."),
    "in a comment that computes nothing": (ZERO, "    out = 0 * x\n    # out = None\n    return out", "Mend it."),
    "in a comment that is prose": (ZERO, "    out = 0 * x\n    # the out = x + 1\n    return out", "Mend it."),
    "a comment beside what comes out": (OFF, "    # out = x + 1\n    out = x\n    return out", "Mend it."),
    "between quotes": (
        ZERO,
        "    out = 0 * x\n    '''\n    n = 1\n    out = x + 1\n    '''\n    return out",
        "`out = ...` in cell 2, line 3 is a text",
    ),
    "in what it says of itself": (ZERO, "    '''out = x + 1'''\n    out = 0 * x\n    return out", "Mend it."),
    "quotes with prose": (ZERO, "    out = 0 * x\n    'the out = x'\n    return out", "Mend it."),
    "behind the first round": (
        OFF,
        "    for r in x:\n        y = r\n        return y",
        "The `return` in cell 2, line 4 ends the loop in its first round",
    ),
    "behind the first round of while": (OFF, "    while x:\n        return x", "ends the loop"),
    "a return in some rounds": (OFF, "    for r in x:\n        if r:\n            return r\n    return 0", "Mend it."),
    "a return behind rounds left out": (
        OFF,
        "    for r in x:\n        if r:\n            continue\n        return r",
        "Mend it.",
    ),
    "an error passed over": (
        ZERO,
        "    out = 0 * x\n    try:\n        out = g(x)\n    except Exception as e:\n        print(e)\n    return out",
        "The `except` in cell 2, line 5 passes over errors",
    ),
    "an error that something is done about": (
        ZERO,
        "    out = [0]\n    try:\n        out = g(x)\n    except ValueError:\n        out.append(x)\n    return out",
        "Mend it.",
    ),
    "an error that is met": (
        ZERO,
        "    try:\n        out = g(x)\n    except ValueError:\n        out = 0 * x\n    return out",
        "Mend it.",
    ),
    "an error passed over, and yet something came": (
        OFF,
        "    try:\n        out = g(x)\n    except ValueError:\n        pass\n    return x",
        "Mend it.",
    ),
}


@pytest.mark.parametrize(("headline", "lines", "step"), UNUSED.values(), ids=UNUSED.keys())
def test_work_that_reaches_no_result_is_named(headline: str, lines: str, step: str) -> None:
    """The line, and what becomes of it; of a function that is right, or of another one, nothing is said."""
    cells = [CellRecord(2, "code", f"def f(x):\n{lines}\n\ny == 2")]
    assert is_step(told_by_unused(told("wrong", headline), cells, PLACE), step)
    right = told("correct", headline)
    assert told_by_unused(right, cells, PLACE) == right
    nowhere = told("wrong", headline, cell=3)
    assert told_by_unused(nowhere, cells, PLACE) == nowhere


def test_of_a_function_that_is_not_attempted_comments_alone_are_named() -> None:
    """Work that was put into comments and forgotten there; nothing else of an untouched function is work."""
    comment, text = "`out = ...` in cell 2, line 3 is a comment", "`out = ...` in cell 2, line 3 is a text"
    for line, step in (("# out = x + 1", comment), ("'out = x + 1'", text), ("x == 1", "Mend it.")):
        cells = [CellRecord(2, "code", f"def f(x):\n    out = None\n    {line}\n    return out")]
        told_so = told("not attempted", "Not attempted: the function is empty, or as the hand-out left it.")
        assert is_step(told_by_unused(told_so, cells, PLACE), step)


def test_work_that_reaches_no_result_tells_more_than_a_line_of_the_hand_out() -> None:
    """That sets the result to None; so does what a decorator does with a result that is there."""
    cells = [CellRecord(2, "code", "def f(x):\n    out = None\n    y = x + 1\n    return out")]
    one, rule = told("wrong", NONE), KEY.rubric.criteria[0]
    assert is_step(told_by_text(one, rule, cells, PLACE), f"`y` from cell 2, line 3 {LOST}")
    cells = [CellRecord(2, "code", "def f(x):\n    out = None\n    return out")]
    assert is_step(told_by_text(one, rule, cells, PLACE), "`out` is set to None in cell 2, line 2")


@pytest.mark.parametrize(("above", "end", "step"), [
    ("@timed\n", "return x", "See what `@timed` in cell 2, line 1 gives"), ("@timed\n", "return", "Mend it."),
    ("# timed\n", "return x", "Mend it."), ("\n", "return x", "Mend it."),
    ("@staticmethod\n", "if x: return x", "Mend it."), ("@right\n", "if x: return x", "Mend it."),
])  # fmt: skip
def test_a_decorator_that_hands_nothing_on_is_named(above: str, end: str, step: str) -> None:
    """The function returns something, and None comes of a call."""
    made = "def {}(f):\n    def called(x):\n        {}f(x)\n    return called\n"
    decorators = CellRecord(1, "code", made.format("timed", "") + made.format("right", "return "))
    cells = [decorators, CellRecord(2, "code", f"{above}def f(x):\n    {end}")]
    one = told("wrong", "It returned nothing (None), where y is due.", line=2)
    assert is_step(told_by_decorator(one, cells, PLACE), step)
    assert told_by_decorator(replace(one, cell=3), cells, PLACE) == replace(one, cell=3)


def test_a_method_is_read_as_one() -> None:
    """It stands further in."""
    cells = [CellRecord(2, "code", "class A:\n    def f(self, x):\n        out == x\n        return out")]
    assert "`out == ...` in cell 2, line 3" in told_by_unused(told("wrong", OFF, line=2), cells, PLACE).next_step


MISSES = {
    "another case": ("SoftMax.forward", ("Softmax.forward",), "Softmax.forward"),
    "another method of a long class": ("Sequential.sgd", ("Sequential.step",), ""),
    "a part of the method": ("Linear.sgd_step", ("Linear.forward", "Linear.step"), "Linear.step"),
    "another class": ("NLL.forward", ("ReLU.forward",), ""),
    "a slip in the method": ("Linear.backward", ("Linear.bckward",), "Linear.bckward"),
    "no class": ("softmax_forward", ("softmaxforward",), "softmaxforward"),
    "in a class": ("forward", ("Z.forward",), "Z.forward"),
}


@pytest.mark.parametrize(("name", "there", "found"), MISSES.values(), ids=MISSES.keys())
def test_a_name_that_may_be_meant_is_alike_in_its_class_and_in_its_method(
    name: str, there: tuple[str, ...], found: str
) -> None:
    """A class that both are of makes no two methods alike."""
    assert near_miss(name, there, ()) == found


FROM_OUTSIDE = "`x` in cell 2, line 2 is none of its parameters"
OUTSIDE = {
    "an array": ("x = np.ones((3, 4))", "def f(z):\n    return x + z", FROM_OUTSIDE),
    "drawn at random": ("x = np.random.randn(3, 4)", "def f(z):\n    return x", FROM_OUTSIDE),
    "an array of another shape": ("x = np.arange(6).reshape(2, 3)", "def f(z):\n    return x", FROM_OUTSIDE),
    "from a file": ("x = np.load('x.npy').reshape(2, 3)", "def f(z):\n    return x", "Mend it."),
    "a parameter": ("x = np.ones(3)", "def f(x):\n    return x", "Mend it."),
    "made there": ("x = np.ones(3)", "def f(z):\n    x = z\n    return x", "Mend it."),
    "a function in it": ("x = np.ones(3)", "def f(z):\n    def x(y):\n        return y\n    return x(z)", "Mend it."),
    "imported there": ("ones = np.ones(3)", "def f(z):\n    from numpy import ones\n    return ones(z)", "Mend it."),
    "in a loop": ("x = np.ones(3)", "def f(z):\n    return [x for x in z]", "Mend it."),
    "one for all on purpose": ("x = np.ones(3)", "def f(z):\n    global x\n    return x", "Mend it."),
    "a number": ("x = 3", "def f(z):\n    return x + z", "Mend it."),
    "a generator": ("x = np.random.default_rng(3)", "def f(z):\n    return x.normal()", "Mend it."),
    "within a function": ("def g():\n    x = np.ones(3)", "def f(z):\n    return x", "Mend it."),
    "a cell that cannot be read": ("x = np.ones(3\n", "def f(z):\n    return x", "Mend it."),
    "a function that cannot be read": ("x = np.ones(3)", "def f(z):\n    return x +", "Mend it."),
}


@pytest.mark.parametrize(("cell", "text", "step"), OUTSIDE.values(), ids=OUTSIDE.keys())
def test_an_array_of_the_notebook_that_is_read_is_named(cell: str, text: str, step: str) -> None:
    """Where what is right, or never found a name, is told as before."""
    cells = [CellRecord(1, "code", cell), CellRecord(2, "code", text)]
    found = told_by_outside(told("wrong", "All entries are off."), cells, PLACE)
    assert is_step(found, step)
    assert found.next_step.endswith("Mend it.")
    twice = f"`f` reads `x` from the notebook (cell 1, line 1), where it is {SAME_IN_EACH_CALL}."
    crashed = told("crashed", "It raised NameError: name 'x' is not defined.")
    for other in (told("correct", "Right."), crashed, replace(told("wrong", "All entries are off."), notes=(twice,))):
        assert told_by_outside(other, cells, PLACE) == other


@pytest.mark.parametrize(("cell", "text", "step"), [
    ("M, N = 2, 3", "return x / N", "(cell 1, line 1 gives it a value). Take `x.shape[0]`. Mend it."),
    ("x = 2\nN = len(x)", "return x / N", "(cell 1, line 2 gives it a value). Take `x.shape[0]`. Mend it."),
    ("N == 3", "return x / N", "Mend it."), ("def g():\n    N = 3", "return x / N", "Mend it."),
    ("N = 3", "N = len(x)\n    return x / N", "Mend it."), ("K = 3", "return x / K", "Mend it."),
])  # fmt: skip
def test_a_size_that_is_read_from_the_notebook_is_named(cell: str, text: str, step: str) -> None:
    """One of those that the author names: any other number may be a setting for all calls."""
    cells = [CellRecord(1, "code", cell), CellRecord(2, "code", f"def f(x):\n    {text}")]
    assert is_step(told_by_outside(told("wrong", "All entries are off."), cells, PLACE, {"N": ("x", 0)}), step)
    assert told_by_outside(told("wrong", "All entries are off."), cells, PLACE).next_step == "Mend it."
    wrong, sizes = told("wrong", "All entries are off."), {"N": ("x", 0)}
    handed = [cells[0], CellRecord(2, "code", cells[1].source.replace("(x):", "(cache):\n    x = cache"))]
    assert is_step(told_by_outside(wrong, handed, PLACE, sizes), step)
    renamed = [cells[0], CellRecord(2, "code", cells[1].source.replace("x", "z"))]
    step = step.replace("`x.shape[0]`", "it from the shape of what it works with")
    assert is_step(told_by_outside(wrong, renamed, PLACE, sizes), step)


def test_where_an_array_is_made_is_told() -> None:
    """Of what makes it, the first line: which of several was run last nobody sees."""
    cells = [
        CellRecord(1, "code", "\nx = np.ones(3)\nx = np.zeros(3)"),
        CellRecord(2, "code", "def f(z):\n    return x"),
    ]
    step = told_by_outside(told("wrong", "All entries are off."), cells, PLACE).next_step
    assert "(cell 1, line 2 gives it a value)" in step


LAYER = "    def forward(self, x):\n        return 0.01 * x\n"
MAKING = "    def __init__(self, slope):\n        self.slope = slope\n"
WITHOUT = "An object of Leaky is made as `Leaky(slope)`, and the class has no `__init__`"
CLASSES = {
    "none": ([f"class Leaky:\n{LAYER}"], WITHOUT),
    "below a base that has none": ([f"class Layer(object):\n    pass\nclass Leaky(Layer):\n{LAYER}"], WITHOUT),
    "beside another class that has one": ([f"class Relu:\n{MAKING}class Leaky:\n{LAYER}"], WITHOUT),
    "one of its own": ([f"class Leaky:\n{MAKING}{LAYER}"], "Mend it."),
    "one of a base": ([f"class Layer:\n{MAKING}", f"class Leaky(Layer):\n{LAYER}"], "Mend it."),
    "a base from elsewhere": ([f"class Leaky(Layer):\n{LAYER}"], "Mend it."),
    "a decorator that may make one": ([f"@dataclass\nclass Leaky:\n{LAYER}"], "Mend it."),
    "no such class": ([f"class Relu:\n{LAYER}"], "Mend it."),
}


@pytest.mark.parametrize(("sources", "step"), CLASSES.values(), ids=CLASSES.keys())
def test_a_class_that_takes_nothing_of_what_it_is_made_with_is_told_so(sources: list[str], step: str) -> None:
    """Its objects are made without, and a slope of its own is no slip in the formula."""
    cells = [CellRecord(n, "code", source) for n, source in enumerate(sources, start=1)]
    rule = replace(KEY.rubric.criteria[0], name="Leaky.forward", made="Leaky(slope)")
    assert is_step(told_by_no_constructor(told("wrong", "3 entries are off."), rule, cells), step)
    for other in (replace(rule, made=""), rule):
        untold = told("wrong" if not other.made else "correct", "Right.")
        assert told_by_no_constructor(untold, other, cells) == untold


MORE_ONES = {
    "keepdims": (
        "    y = x.T\n    return y.sum(axis=1, keepdims=True)",
        "`keepdims=True` in cell 2, line 3 keeps the axis",
    ),
    "reshape": ("    y = x.T\n    return y.reshape(1, -1)", "`reshape(...)` in cell 2, line 3 changes the shape"),
    "a transpose alone": ("    return x.T[None]", "Mend it."),
    "two that may have": ("    y = x.sum(0, keepdims=True)\n    return y.sum(1, keepdims=1)", "Mend it."),
    "keepdims that is off": ("    return x.sum(0, keepdims=False)[None]", "Mend it."),
}


@pytest.mark.parametrize(("text", "step"), MORE_ONES.values(), ids=MORE_ONES.keys())
def test_an_axis_of_one_too_many_comes_from_no_transpose(text: str, step: str) -> None:
    """A `.T` elsewhere in the function was named for it, and told to be left out."""
    cells = [CellRecord(2, "code", f"def f(x):\n{text}")]
    sizes = "`db` has shape (1, 3), where (3,) is due. The values of `db` are right, "
    assert is_step(told_by_call(told("wrong", f"{sizes}{ONLY_ITS_SHAPE}."), cells, PLACE), step)
    turned = told("wrong", f"`dw` has shape (4, 3), where (3, 4) is due. The values are right, {ONLY_ITS_SHAPE}.")
    assert "keepdims" not in told_by_call(turned, cells, PLACE).next_step


FEWER = "It raised TypeError: Leaky.bend() takes 1 positional argument but 2 were given (line 3)."
CALLER = "    def forward(self, x):\n        return self.bend(x)\n"
BENDS = {
    "none": ("class Leaky:\n    def bend(z):\n        return z\n", FEWER, "Write `def bend(self, z)`."),
    "none, in another order": (
        f"class Leaky:\n{CALLER}    def bend( z ):\n        return z\n", FEWER, "`def bend(z)` in cell 2, line 4",
    ),
    "none in two, of which one is called": (
        "class Relu:\n    def bend(self, z):\n        pass\nclass Leaky:\n    def bend(x): pass\n",
        FEWER,
        "line 5 has no `self`",
    ),
    "one": ("class Leaky:\n    def bend(self):\n        pass\n", FEWER, "Mend it."),
    "one of a class, by a decorator": ("class Leaky:\n    @staticmethod\n    def bend(z): pass\n", FEWER, "Mend it."),
    "two more": ("class Leaky:\n    def bend(z): pass\n", FEWER.replace("but 2", "but 3"), "Mend it."),
    "no such method": ("class Leaky:\n    pass\n", FEWER, "Mend it."),
}  # fmt: skip


@pytest.mark.parametrize(("source", "headline", "step"), BENDS.values(), ids=BENDS.keys())
def test_a_helper_without_self_is_told_so(source: str, headline: str, step: str) -> None:
    """It is handed its object first; Python's words count that, and nobody sees it on the line that calls."""
    assert is_step(told_by_self(told("crashed", headline), [CellRecord(2, "code", source)], PLACE), step)


# the body of a function of which `db` is off, and what is named of it, if anything
LOOPS = {
    "the result": ("    db = np.zeros(3)\n    for r in x:\n        db = r\n    return db", "`db` in cell 2, line 4"),
    "from 0": ("    db = 0\n    for row in x:\n        db = row * 2\n    return db", "`db` in cell 2, line 4"),
    "a place in it": (
        "    for i in range(2):\n        for k in range(3):\n            db[i] = x[i, k] * w[k]\n    return db",
        "`db[i]` in cell 2, line 4",
    ),
    "while": (
        "    db, k = np.zeros(3), 0\n    while k < 3:\n        db[0] = x[k]\n        k = k + 1\n    return db",
        "`db[0]` in cell 2, line 4",
    ),
    "added up": ("    db = 0\n    for row in x:\n        db += row\n    return db", "Mend it."),
    "added up in full": ("    db = 0\n    for row in x:\n        db = db + row\n    return db", "Mend it."),
    "a row in each round": ("    for i in range(3):\n        db[i] = x[i]\n    return db", "Mend it."),
    "a place that is worked out": ("    for i in x:\n        j = 2 - i\n        db[j] = i\n    return db", "Mend it."),
    "a row of what is filled": ("    for r, v in zip(db, x):\n        r[:] = v\n    return db", "Mend it."),
    "a row by its name": ("    for i in x:\n        r = db[i]\n        r[0] = i\n    return db", "Mend it."),
    "a place that is counted on an object": (
        "    for k in x:\n        db[self.t] = k\n        self.t += 1\n    return db",
        "Mend it.",
    ),
    "a place that is asked for": ("    for k in x:\n        db[next(at)] = k\n    return db", "Mend it."),
    "a place that is counted in a list": (
        "    for k in x:\n        db[n[0]] = k\n        n[0] += 1\n    return db",
        "Mend it.",
    ),
    "read in the same round": (
        "    db, all = 0, []\n    for row in x:\n        db = row\n        all.append(db)\n    return db",
        "Mend it.",
    ),
    "a place that is read": ("    for k in x:\n        db[0] = k\n        print(db[0])\n    return db", "Mend it."),
    "a place that is given the same": ("    for _ in x:\n        db[0] = x.sum()\n    return db", "Mend it."),
    "the same in each round": ("    db = 0\n    for _ in x:\n        db = x.sum()\n    return db", "Mend it."),
    "a name of its own for each round": ("    for row in x:\n        db = row\n    return db", "Mend it."),
    "the one that is looked for": (
        "    db = 0\n    for row in x:\n        db = row\n        break\n    return db",
        "Mend it.",
    ),
    "in some rounds": (
        "    db = 0\n    for row in x:\n        if row:\n            db = row\n    return db",
        "Mend it.",
    ),
}


@pytest.mark.parametrize(("text", "step"), LOOPS.values(), ids=LOOPS.keys())
def test_a_loop_that_forgets_all_rounds_but_the_last_is_told_so(text: str, step: str) -> None:
    """`=` for `+=`: the results are those of the last round, and how these look is no help."""
    cells = [CellRecord(2, "code", f"def f(x):\n{text}")]
    off = told("partly", "All 3 entries of `db` are off, most at [0]: 1, where 2 is right.")
    assert is_step(told_by_overwritten(off, cells, PLACE), step)
    if step != "Mend it.":
        assert step in told_by_text(off, KEY.rubric.criteria[0], cells, PLACE).next_step, "one of all that is read"
    other = replace(off, headline=off.headline.replace("db", "dw"))
    assert told_by_overwritten(other, cells, PLACE) == other, "another result is off, and a step is known for it"
    for little in ("Print the shape at each step.", "See where a loop begins and ends."):
        found = told_by_overwritten(replace(other, next_step=little), cells, PLACE)
        assert (found.next_step == little) if step == "Mend it." else (step in found.next_step)


def test_of_what_is_nested_too_deep_to_be_written_nothing_is_told() -> None:
    """It is judged all the same: a place of a thousand summands is no reason to have no page."""
    cells = [CellRecord(2, "code", f"def f(x):\n    x[0{' + 0' * 1_000}] == 1")]
    wrong = told("wrong", "All entries are off.")
    assert told_by_text(wrong, KEY.rubric.criteria[0], cells, PLACE) == wrong
