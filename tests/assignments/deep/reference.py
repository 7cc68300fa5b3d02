"""The right functions. Examples are columns; `parameters` holds W1, b1, W2, b2, …"""

import numpy as np


def linear_forward(A, W, b):
    """W A + b, and what backward needs."""
    return W @ A + b, (A, W, b)


def linear_activation_forward(A_prev, W, b, activation):
    """A linear layer and its activation, "relu" or "sigmoid"; the cache is the layer's and Z."""
    Z, linear_cache = linear_forward(A_prev, W, b)
    A = np.maximum(Z, 0) if activation == "relu" else 1 / (1 + np.exp(-Z))
    return A, (linear_cache, Z)


def model_forward(X, parameters, train=True):
    """All layers. In training every second hidden unit is dropped; else all are kept at half."""
    A, caches, L = X, [], len(parameters) // 2
    for k in range(1, L):
        A, cache = linear_activation_forward(A, parameters[f"W{k}"], parameters[f"b{k}"], "relu")
        caches.append(cache)
        A = A * (np.arange(len(A)) % 2 == 0)[:, np.newaxis] if train else A / 2
    AL, cache = linear_activation_forward(A, parameters[f"W{L}"], parameters[f"b{L}"], "sigmoid")
    return AL, [*caches, cache]


def compute_cost(AL, Y):
    """The mean cross-entropy."""
    return -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / Y.shape[1]


def linear_backward(dZ, cache):
    """The gradients of a linear layer, those of W and b averaged over the examples."""
    A_prev, W, _ = cache
    m = A_prev.shape[1]
    return W.T @ dZ, dZ @ A_prev.T / m, np.sum(dZ, axis=1, keepdims=True) / m


def linear_activation_backward(dA, cache, activation):
    """The gradients of a layer with its activation."""
    linear_cache, Z = cache
    s = 1 / (1 + np.exp(-Z))
    return linear_backward(dA * (Z > 0) if activation == "relu" else dA * s * (1 - s), linear_cache)


def model_backward(AL, Y, caches):
    """The gradients of all layers: dA0, dW1, db1, …"""
    grads, L = {}, len(caches)
    dA = (AL - Y) / (AL * (1 - AL))
    for k in range(L, 0, -1):
        if k < L:
            dA = dA * (np.arange(len(dA)) % 2 == 0)[:, np.newaxis]
        activation = "sigmoid" if k == L else "relu"
        dA, grads[f"dW{k}"], grads[f"db{k}"] = linear_activation_backward(dA, caches[k - 1], activation)
    return {**grads, "dA0": dA}


def update_parameters(parameters, grads, learning_rate):
    """One step of gradient descent."""
    return {name: value - learning_rate * grads[f"d{name}"] for name, value in parameters.items()}


def model(X, Y, parameters, learning_rate=0.1, num_iterations=100, print_cost=False):
    """Train: the last parameters, and the cost before each step."""
    costs = []
    for i in range(num_iterations):
        AL, caches = model_forward(X, parameters)
        costs.append(compute_cost(AL, Y))
        parameters = update_parameters(parameters, model_backward(AL, Y, caches), learning_rate)
        if print_cost:
            print(i, costs[-1])
    return parameters, costs


def predict(X, parameters):
    """Labels 0 and 1, with all units."""
    AL, _ = model_forward(X, parameters, train=False)
    return (AL > 0.5).astype(float)
