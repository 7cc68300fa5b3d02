"""Ten functions that call each other, ten points each."""

from functools import partial
from itertools import pairwise

from grader.assignment import PUBLIC, Assignment, Case, Criterion, Given, Question, Settings
from grader.assignment.cases import arrays, binary, changed, plus, together, with_cache

from . import questions, reference

VALUES = "right values"


def only(draw, names):
    """Some of the inputs."""
    return lambda rng: {name: value for name, value in draw(rng).items() if name in names}


def cases(draws, *names):
    """The first is public; all others are hidden. Where inputs are named, only these are kept."""
    first, *others = (only(draw, names) if names else draw for draw in draws)
    hidden = (Case(f"hidden {n}", draw, VALUES) for n, draw in enumerate(others, start=1))
    return (Case("public", first, VALUES, PUBLIC), *hidden)


def layer(n, width, m, upstream="dA", **more):
    """A layer from n units to `width`, for m examples, and the gradient of what it gives."""
    return plus(arrays(A=(n, m), W=(width, n), b=(width, 1), **{upstream: (width, m)}), **more)


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


def after_layer(n, width, m, activation):
    """The reference's cache in the place of what a layer's forward takes."""
    forward = partial(reference.linear_activation_forward, activation=activation)
    return plus(with_cache(layer(n, width, m), forward, ("A", "W", "b")), activation=activation)


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
LINEAR = [layer(3, 2, 4, "dZ"), layer(4, 5, 3, "dZ")]
AFTER_LINEAR = [
    with_cache(layer(*size, "dZ"), reference.linear_forward, ("A", "W", "b")) for size in ((2, 3, 4), (3, 4, 5))
]
LAYERS = [(*size, activation) for size in ((3, 2, 4), (2, 4, 3)) for activation in ("relu", "sigmoid")]
DRAWN = [layer(*size, activation=activation) for *size, activation in LAYERS]
NETWORKS = (network(3, 4), network(2, 5, 4))
EXAMPLES = ("X", "parameters")
AFTER_A_LAYER, AFTER_A_NETWORK = (*FORWARD[:2], *BACKWARD[:1]), (*FORWARD, *BACKWARD[:2])
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
        Question(questions.linear, cases(LINEAR)),
        Question(questions.layer, cases(DRAWN)),
        Question(questions.network, cases(NETWORKS)),
        Question(questions.cost, cases([costs(4), costs(7)])),
        Question(questions.update, cases([step(2, 3), step(4, 2, 1)])),
        Question(questions.model, cases(NETWORKS)),
        Question(questions.predict, cases([*NETWORKS, network(3, 3, m=30)], *EXAMPLES)),
        Given(questions.linear_given, cases(AFTER_LINEAR)),
        Given(questions.layer_forward, cases(DRAWN, "A", "W", "b", "activation"), stubs=FORWARD[:1]),
        Given(questions.layer_given, cases([after_layer(*one) for one in LAYERS]), AFTER_A_LAYER, BACKWARD[:1]),
        Given(questions.network_forward, cases(STUBBED, *EXAMPLES), stubs=FORWARD[:2]),
        Given(questions.network_given, cases(map(after_network, STUBBED)), AFTER_A_NETWORK, BACKWARD[:2]),
        Given(questions.model, cases(STUBBED), stubs=(*FORWARD, *BACKWARD, "compute_cost", "update_parameters")),
        Given(questions.predict, cases(STUBBED, *EXAMPLES), stubs=FORWARD),
    ),
    settings=Settings(seed=7),
)
