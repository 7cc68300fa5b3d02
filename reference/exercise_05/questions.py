"""What is asked: each driver calls a student's functions and yields their results. It knows no answer.

These functions are sent into the sandbox as source, so they need nothing but numpy.
"""


def sigmoid(student, x, dout):
    """Forward, then backward with the student's own cache."""
    layer = student.Sigmoid()
    out, cache = layer.forward(x)
    yield "Sigmoid.forward", {"out": out}
    dx = layer.backward(dout, cache)
    yield "Sigmoid.backward", {"dx": dx}


def sigmoid_again(student, x, dout, other_x, other_dout):
    """The same with other calls before, and in between a call of another object: the cache may be kept on self."""
    layer = student.Sigmoid()
    layer.forward(other_x.copy())
    out, cache = layer.forward(x.copy())
    yield "Sigmoid.forward", {"out": out}
    layer.backward(other_dout, cache)
    out, cache = layer.forward(x)
    student.Sigmoid().forward(other_x)
    dx = layer.backward(dout, cache)
    yield "Sigmoid.backward", {"dx": dx}


def sigmoid_backward(student, dout, cache):
    """Backward alone, with the reference's cache."""
    dx = student.Sigmoid().backward(dout, cache)
    yield "Sigmoid.backward", {"dx": dx}


def sigmoid_backward_again(student, dout, cache, other_dout, other_cache):
    """The same after another call of the same object."""
    layer = student.Sigmoid()
    layer.backward(other_dout, other_cache)
    dx = layer.backward(dout, cache)
    yield "Sigmoid.backward", {"dx": dx}


def relu(student, x, dout):
    """Forward, then backward with the student's own cache."""
    layer = student.Relu()
    out, cache = layer.forward(x)
    yield "Relu.forward", {"out": out}
    dx = layer.backward(dout, cache)
    yield "Relu.backward", {"dx": dx}


def relu_again(student, x, dout, other_x, other_dout):
    """The same with other calls before and in between, as for the sigmoid."""
    layer = student.Relu()
    layer.forward(other_x.copy())
    out, cache = layer.forward(x.copy())
    yield "Relu.forward", {"out": out}
    layer.backward(other_dout, cache)
    out, cache = layer.forward(x)
    student.Relu().forward(other_x)
    dx = layer.backward(dout, cache)
    yield "Relu.backward", {"dx": dx}


def relu_backward(student, dout, cache):
    """Backward alone, with the reference's cache."""
    dx = student.Relu().backward(dout, cache)
    yield "Relu.backward", {"dx": dx}


def relu_backward_again(student, dout, cache, other_dout, other_cache):
    """The same after another call of the same object."""
    layer = student.Relu()
    layer.backward(other_dout, other_cache)
    dx = layer.backward(dout, cache)
    yield "Relu.backward", {"dx": dx}


def affine(student, x, w, b, dout):
    """Forward, then backward with the student's own cache."""
    out, cache = student.affine_forward(x, w, b)
    yield "affine_forward", {"out": out}
    dx, dw, db = student.affine_backward(dout, cache)
    yield "affine_backward", {"dx": dx, "dw": dw, "db": db}


def affine_again(student, x, w, b, dout, other_x, other_w, other_b, other_dout):
    """Two layers: the second one's output, then the gradients of both; the first one's are graded."""
    _, cache = student.affine_forward(x, w, b)
    out, other_cache = student.affine_forward(other_x, other_w, other_b)
    yield "affine_forward", {"out": out}
    student.affine_backward(other_dout, other_cache)
    dx, dw, db = student.affine_backward(dout, cache)
    yield "affine_backward", {"dx": dx, "dw": dw, "db": db}


def affine_backward(student, dout, cache):
    """Backward alone, with the reference's cache."""
    dx, dw, db = student.affine_backward(dout, cache)
    yield "affine_backward", {"dx": dx, "dw": dw, "db": db}


def affine_backward_again(student, dout, cache, other_dout, other_cache):
    """The same after another call."""
    student.affine_backward(other_dout, other_cache)
    dx, dw, db = student.affine_backward(dout, cache)
    yield "affine_backward", {"dx": dx, "dw": dw, "db": db}
