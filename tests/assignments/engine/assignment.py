"""Engine: methods that are called on what other calls gave, and what these have left on others' objects.

takes: the reference beside this file.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.
"""

from dataclasses import replace

from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion, own

from . import passes


def two(rng):
    """Two numbers of few digits, one of them negative."""
    x, y = (round(float(number), 2) for number in rng.uniform(0.5, 2.0, 2))
    return {"x": x, "y": -y}


A = Call("Value.__init__", ("x",), (own("a"),), instance="a")
B = Call("Value.__init__", ("y",), (own("b"),), instance="b")
SUM = Call("Value.__add__", (own("b"),), (own("c"),), instance=own("a"), leaves={"sum": "c.data"})
PRODUCT = Call("Value.__mul__", (own("b"),), (own("c"),), instance=own("a"), leaves={"product": "c.data"})
BY_ITSELF = Call("Value.__mul__", (own("a"),), (own("c"),), instance=own("a"))


def of(operation, left, right, gives="d"):
    """One more operation, on numbers that are there."""
    return Call(f"Value.__{operation}__", (own(right),), (own(gives),), instance=own(left))


LEFT = {"da": "a.grad", "db": "b.grad"}
OF_C = Call("Value.backward", (), (own("nothing"),), instance=own("c"), leaves=LEFT)
OF_D = Call("Value.backward", (), (own("nothing"),), instance=own("d"), leaves=LEFT)
OF_F = Call("Value.backward", (), (own("nothing"),), instance=own("f"), leaves=LEFT)
BRANCHES = (A, B, PRODUCT, of("mul", "c", "a"), of("mul", "c", "b", "e"), of("add", "d", "e", "f"), OF_F)
DEPTHS = (A, B, PRODUCT, of("mul", "c", "b"), of("mul", "d", "a", "e"), of("add", "e", "c", "f"), OF_F)

ONE = "of one operation"
AGAIN = "of a number that is used twice"
CHAIN = "of several operations"
ECHO = "the gradient of a product is the other factor"


def of_values(name, result, call):
    """One operation, by the number that it gives."""
    before = replace(call, gives=(own("before"),), leaves={})
    cases = (
        Case("two numbers", two, "its value", feedback="shown to students"),
        Case("other numbers", two, "its value", HIDDEN, calls=(A, B, before, call)),
    )
    return Criterion(name, (A, B, call), (result,), (Behaviour("its value", 1),), cases)


CRITERIA = (
    of_values("Value.__add__", "sum", SUM),
    of_values("Value.__mul__", "product", PRODUCT),
    Criterion(
        "Value.backward",
        (A, B, SUM, OF_C),
        grade=("da", "db"),
        behaviours=(Behaviour(ONE, 2), Behaviour(AGAIN, 2), Behaviour(CHAIN, 2)),
        cases=(
            Case("a + b", two, ONE),
            Case("a * b", two, ONE, calls=(A, B, PRODUCT, OF_C), echo=ECHO, feedback="shown to students"),
            Case("a * a", two, AGAIN, grade=("da",), calls=(A, B, BY_ITSELF, OF_C), feedback="shown to students"),
            Case("(a + b) * (a + b)", two, AGAIN, HIDDEN, calls=(A, B, SUM, of("mul", "c", "c"), OF_D)),
            Case("c * a + c * b, c = a * b", two, AGAIN, calls=BRANCHES, feedback="wrong without an order of all"),
            Case("c * b * a + c, c = a * b", two, AGAIN, HIDDEN, calls=DEPTHS, feedback="wrong level by level"),
            Case("a * b + b", two, CHAIN, calls=(A, B, PRODUCT, of("add", "c", "b"), OF_D)),
            Case("b + a * b", two, CHAIN, HIDDEN, calls=(A, B, PRODUCT, of("add", "b", "c"), OF_D)),
            Case("(a + b) * b", two, CHAIN, HIDDEN, calls=(A, B, SUM, of("mul", "c", "b"), OF_D)),
            Case("b * (a + b)", two, CHAIN, HIDDEN, calls=(A, B, SUM, of("mul", "b", "c"), OF_D)),
        ),
        builds_on=("Value.__add__", "Value.__mul__"),
    ),
)

ASSIGNMENT = Assignment(
    "engine",
    "Engine",
    "engine.ipynb",
    5,
    passes,
    CRITERIA,
    equivalents={
        "*: (self, other) -> (other, self)": "parts are visited in any order",
        "Value.__init__: parts -> parts * 2": "a part that was visited is not visited again",
        "Value.backward: order -> order * 2": "what is not in a list is not in it twice",
    },
)
