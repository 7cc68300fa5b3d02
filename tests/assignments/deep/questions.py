"""What is asked; those with `_given` are handed a cache of the reference."""


def linear(student, A, W, b, dZ):
    """One linear layer, forward and back."""
    Z, cache = student.linear_forward(A, W, b)
    yield "linear_forward", {"Z": Z}
    yield from linear_given(student, dZ, cache)


def linear_given(student, dZ, cache):
    """Back alone."""
    dA_prev, dW, db = student.linear_backward(dZ, cache)
    yield "linear_backward", {"dA_prev": dA_prev, "dW": dW, "db": db}


def layer(student, A, W, b, activation, dA):
    """One layer with its activation, forward and back."""
    A, cache = student.linear_activation_forward(A, W, b, activation)
    yield "linear_activation_forward", {"A": A}
    yield from layer_given(student, dA, cache, activation)


def layer_forward(student, A, W, b, activation):
    """Forward alone."""
    A, cache = student.linear_activation_forward(A, W, b, activation)  # noqa: RUF059
    yield "linear_activation_forward", {"A": A}


def layer_given(student, dA, cache, activation):
    """Back alone."""
    dA_prev, dW, db = student.linear_activation_backward(dA, cache, activation)
    yield "linear_activation_backward", {"dA_prev": dA_prev, "dW": dW, "db": db}


def network(student, X, Y, parameters):
    """All layers, forward and back."""
    AL, caches = student.model_forward(X, parameters)
    yield "model_forward", {"AL": AL}
    yield from network_given(student, AL, Y, caches)


def network_forward(student, X, parameters):
    """Forward alone."""
    AL, caches = student.model_forward(X, parameters)  # noqa: RUF059
    yield "model_forward", {"AL": AL}


def network_given(student, AL, Y, caches):
    """Back alone."""
    grads = student.model_backward(AL, Y, caches)
    names = ["dA0", *(f"d{name}{k}" for name in "Wb" for k in range(1, len(caches) + 1))]
    yield "model_backward", {"grads": {name: grads[name] for name in names}}


def cost(student, AL, Y):
    """The cost."""
    cost = student.compute_cost(AL, Y)
    yield "compute_cost", {"cost": cost}


def update(student, parameters, grads):
    """One step."""
    parameters = student.update_parameters(parameters, grads, 0.1)
    yield "update_parameters", {"parameters": parameters}


def model(student, X, Y, parameters):
    """Three steps."""
    parameters, costs = student.model(X, Y, parameters, num_iterations=3)
    yield "model", {"parameters": parameters, "costs": costs}


def predict(student, X, parameters):
    """The labels."""
    labels = student.predict(X, parameters)
    yield "predict", {"labels": labels}
