"""Four functions that call each other, ten points each."""

from grader.assignment import PUBLIC, Assignment, Case, Criterion, Given, Question, Settings
from grader.assignment.cases import arrays, binary, plus, together

from . import questions, reference

VALUES = "right values"


def examples(n, m, **others):
    """Parameters, m examples of n numbers, and their labels."""
    return plus(together(arrays(w=(n, 1), X=(n, m), low=0.1), binary(Y=(1, m))), b=0.25, **others)


def sets(n, m):
    """A set to train on, and one to predict."""
    return plus(together(arrays(X_train=(n, m), X_test=(n, m + 1)), binary(Y_train=(1, m))), num_iterations=4)


def twice(draw, size, **others):
    """A public case, and a hidden one of another size."""
    n, m = size
    return (
        Case("a few examples", draw(n, m, **others), VALUES, PUBLIC),
        Case("some more", draw(n + 1, m + 3, **others), VALUES),
    )


def scores(n, m):
    """Numbers of either sign."""
    return arrays(z=(n, m), high=4.0)


STEPS = {"num_iterations": 3, "learning_rate": 0.1}
BELOW = ("optimize", "propagate", "sigmoid")

ASSIGNMENT = Assignment(
    name="logistic",
    title="Logistic regression",
    handout="logistic.ipynb",
    reference=reference,
    criteria=(
        Criterion("sigmoid", 10, ("s",), {VALUES: 10}, elementwise=True),
        Criterion("propagate", 10, ("dw", "db", "cost"), {VALUES: 10}),
        Criterion("optimize", 10, ("w", "b", "dw", "costs"), {VALUES: 10}),
        Criterion("model", 10, ("w", "b", "costs", "labels"), {VALUES: 10}),
    ),
    questions=(
        Question(questions.sigmoid, twice(scores, (2, 3))),
        Question(questions.propagate, twice(examples, (2, 3))),
        Question(questions.optimize, twice(examples, (2, 4), **STEPS)),
        Question(questions.model, twice(sets, (2, 5))),
        Given(questions.propagate, twice(examples, (3, 3)), stubs=BELOW[2:]),
        Given(questions.optimize, twice(examples, (3, 4), **STEPS), stubs=BELOW[1:]),
        Given(questions.model, twice(sets, (3, 5)), stubs=BELOW),
    ),
    settings=Settings(seed=3),
)
