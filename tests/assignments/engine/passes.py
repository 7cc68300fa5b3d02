"""The reference: a number that knows what it was made of, and hands gradients back to that.

takes: plain numbers.
gives: what the assignment asks for.
must not know: the grader. This file is run in the sandbox as source, so it stands alone with numpy.
"""


class Value:
    """A number in a sum, a product, or what is made of these."""

    def __init__(self, data, parts=()):
        self.data, self.grad = data, 0.0
        self.parts = parts
        self.hand_back = lambda: None

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other))

        def hand_back():
            self.grad += out.grad
            other.grad += out.grad

        out.hand_back = hand_back
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def hand_back():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.hand_back = hand_back
        return out

    def backward(self):
        """Give each number that this one was made of the gradient of this one."""
        order = []

        def visit(value):
            if value not in order:
                for part in value.parts:
                    visit(part)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            value.hand_back()
