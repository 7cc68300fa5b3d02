"""The right functions. X holds one example a column: (n, m); Y holds their labels: (1, m)."""

import numpy as np


def sigmoid(z):
    """1 / (1 + e^-z), entry by entry."""
    return 1 / (1 + np.exp(-z))


def propagate(w, b, X, Y):
    """The gradients of the cross-entropy, averaged over the examples, and its value."""
    A = sigmoid(w.T @ X + b)
    cost = -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    grads = {"dw": X @ (A - Y).T / X.shape[1], "db": np.mean(A - Y)}
    return grads, cost


def optimize(w, b, X, Y, num_iterations=100, learning_rate=0.01, print_cost=False):
    """Gradient descent: the last parameters, the last gradients, and the cost before each step."""
    costs = []
    for i in range(num_iterations):
        grads, cost = propagate(w, b, X, Y)
        costs.append(cost)
        w = w - learning_rate * grads["dw"]
        b = b - learning_rate * grads["db"]
        if print_cost:
            print(i, cost)
    return {"w": w, "b": b}, grads, costs


def model(X_train, Y_train, X_test, num_iterations=100, learning_rate=0.5, print_cost=False):
    """Train from zeros, and predict labels 0 and 1."""
    params, _, costs = optimize(
        np.zeros((X_train.shape[0], 1)), 0.0, X_train, Y_train, num_iterations, learning_rate, print_cost
    )
    labels = sigmoid(params["w"].T @ X_test + params["b"]) > 0.5
    return {"costs": costs, "labels": labels.astype(float), **params}
