"""The calls that the exam makes.

takes: nothing.
gives: a call of each function, and the same with other inputs.
must not know: cases.
"""

from grader.assignment import Call, Own, own


def unary_calls(name: str) -> tuple[Call, Call]:
    """Forward and backward of a non-linearity."""
    forward = Call(f"{name}.forward", ("x",), gives=("out", own("cache")))
    backward = Call(f"{name}.backward", ("dout", own("cache")), gives=("dx",))
    return forward, backward


def other(call: Call, instance: str = "first") -> Call:
    """The same call with other inputs, whose results nobody asks for."""
    takes = tuple(own(f"other {name.name}") if isinstance(name, Own) else f"other_{name}" for name in call.takes)
    gives = tuple(own(f"other {name.name if isinstance(name, Own) else name}") for name in call.gives)
    return Call(call.function, takes, gives, instance)


SIGMOID_FORWARD, SIGMOID_BACKWARD = unary_calls("Sigmoid")
RELU_FORWARD, RELU_BACKWARD = unary_calls("Relu")
AFFINE_FORWARD = Call("affine_forward", ("x", "w", "b"), gives=("out", own("cache")))
AFFINE_BACKWARD = Call("affine_backward", ("dout", own("cache")), gives=("dx", "dw", "db"))
