"""Ten functions that call each other, ten points each."""

from itertools import pairwise

from grader.assignment import PUBLIC, Assignment, Case, Criterion, Given, Question, Settings
from grader.assignment.cases import arrays, binary, changed, plus, together, with_cache

from . import questions, reference

VALUES = "right values"


def cases(*draws):
    """The first is public; all others are hidden."""
    first, *others = draws
    hidden = (Case(f"hidden {n}", draw, VALUES) for n, draw in enumerate(others, start=1))
    return (Case("public", first, VALUES, PUBLIC), *hidden)


def linear(n, width, m):
    """A linear layer from n units to `width`, for m examples."""
    return arrays(A=(n, m), W=(width, n), b=(width, 1), dZ=(width, m))


def layer(activation, n, width, m):
    """The same with an activation, and no `dZ` but `dA`."""
    return plus(arrays(A=(n, m), W=(width, n), b=(width, 1), dA=(width, m)), activation=activation)


def parameters(*sizes):
    """Shapes of W1, b1, … for layers of these sizes."""
    steps = list(enumerate(pairwise(sizes), start=1))
    return {f"W{k}": (width, n) for k, (n, width) in steps} | {f"b{k}": (width, 1) for k, (_, width) in steps}


def network(*sizes, m=8):
    """Examples, labels and parameters of a network."""
    shapes = parameters(*sizes, 1)
    draw, weights = together(arrays(X=(sizes[0], m)), binary(Y=(1, m))), arrays(low=0.1, high=1.0, **shapes)
    return lambda rng: {**draw(rng), "parameters": weights(rng)}


def step(*sizes):
    """Parameters, and a gradient of each."""
    shapes = parameters(*sizes)
    return lambda rng: {
        "parameters": arrays(**shapes)(rng),
        "grads": arrays(**{f"d{name}": shape for name, shape in shapes.items()})(rng),
    }


def only(draw, *names):
    """Some of the inputs."""
    return lambda rng: {name: value for name, value in draw(rng).items() if name in names}


def after_layer(draw):
    """The reference's cache in the place of what a layer's forward takes."""

    def drawn(rng):
        found = draw(rng)
        activation = found["activation"]
        _, cache = reference.linear_activation_forward(found["A"], found["W"], found["b"], activation)
        return {"dA": found["dA"], "cache": cache, "activation": activation}

    return drawn


def after_network(draw):
    """The reference's output and caches in the place of the examples."""

    def drawn(rng):
        found = draw(rng)
        AL, caches = reference.model_forward(found["X"], found["parameters"])
        return {"AL": AL, "Y": found["Y"], "caches": caches}

    return drawn


def costs(m):
    """Outputs between 0 and 1, and labels."""
    return together(changed(arrays(AL=(1, m), low=0.1, high=0.9), abs, "AL"), binary(Y=(1, m)))


FORWARD = ("linear_forward", "linear_activation_forward", "model_forward")
BACKWARD = ("linear_backward", "linear_activation_backward", "model_backward")
LINEAR = cases(linear(3, 2, 4), linear(4, 5, 3))
AFTER_LINEAR = cases(
    *(with_cache(draw, reference.linear_forward, ("A", "W", "b")) for draw in (linear(2, 3, 4), linear(3, 4, 5)))
)
LAYERS = tuple(layer(activation, *size) for size in ((3, 2, 4), (2, 4, 3)) for activation in ("relu", "sigmoid"))
NETWORKS = (network(3, 4), network(2, 5, 4))
STUBBED = (network(4, 3), network(3, 4, 5), network(2, 3, m=30))

RESULTS = {
    "linear_forward": ("Z",),
    "linear_activation_forward": ("A",),
    "model_forward": ("AL",),
    "compute_cost": ("cost",),
    "linear_backward": ("dA_prev", "dW", "db"),
    "linear_activation_backward": ("dA_prev", "dW", "db"),
    "model_backward": ("grads",),
    "update_parameters": ("parameters",),
    "model": ("parameters", "costs"),
    "predict": ("labels",),
}

ASSIGNMENT = Assignment(
    name="deep",
    title="A network of any depth",
    handout="deep.ipynb",
    reference=reference,
    criteria=tuple(Criterion(name, 10, results, {VALUES: 10}) for name, results in RESULTS.items()),
    questions=(
        Question(questions.linear, LINEAR),
        Question(questions.layer, cases(*LAYERS)),
        Question(questions.network, cases(*NETWORKS)),
        Question(questions.cost, cases(costs(4), costs(7))),
        Question(questions.update, cases(step(2, 3), step(4, 2, 1))),
        Question(questions.model, cases(*NETWORKS)),
        Question(
            questions.predict, cases(*(only(draw, "X", "parameters") for draw in (*NETWORKS, network(3, 3, m=30))))
        ),
        Given(questions.linear_given, AFTER_LINEAR),
        Given(
            questions.layer_forward,
            cases(*(only(draw, "A", "W", "b", "activation") for draw in LAYERS)),
            stubs=FORWARD[:1],
        ),
        Given(
            questions.layer_given,
            cases(*map(after_layer, LAYERS)),
            needs=(*FORWARD[:2], *BACKWARD[:1]),
            stubs=BACKWARD[:1],
        ),
        Given(
            questions.network_forward, cases(*(only(draw, "X", "parameters") for draw in STUBBED)), stubs=FORWARD[:2]
        ),
        Given(
            questions.network_given,
            cases(*map(after_network, STUBBED)),
            needs=(*FORWARD, *BACKWARD[:2]),
            stubs=BACKWARD[:2],
        ),
        Given(questions.model, cases(*STUBBED), stubs=(*FORWARD, *BACKWARD, "compute_cost", "update_parameters")),
        Given(questions.predict, cases(*(only(draw, "X", "parameters") for draw in STUBBED)), stubs=FORWARD),
    ),
    settings=Settings(seed=7),
)
