"""What is asked; the same drivers serve with the reference's results in the place of what is called."""


def sigmoid(student, z):
    """Entry by entry."""
    s = student.sigmoid(z)
    yield "sigmoid", {"s": s}


def propagate(student, w, b, X, Y):
    """One step forward and back."""
    grads, cost = student.propagate(w, b, X, Y)
    yield "propagate", {"dw": grads["dw"], "db": grads["db"], "cost": cost}


def optimize(student, w, b, X, Y, num_iterations, learning_rate):
    """A few steps; `costs` is a list."""
    params, grads, costs = student.optimize(w, b, X, Y, num_iterations, learning_rate)
    yield "optimize", {"w": params["w"], "b": params["b"], "dw": grads["dw"], "costs": costs}


def model(student, X_train, Y_train, X_test, num_iterations):
    """All of it; parameters have defaults."""
    d = student.model(X_train, Y_train, X_test, num_iterations=num_iterations)
    yield "model", {"w": d["w"], "b": d["b"], "costs": d["costs"], "labels": d["labels"]}
